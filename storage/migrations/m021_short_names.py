"""Clients' names by one and two letters, too, of which every name was looked through."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m021_short_names(db: Database) -> None:
    """Three letters stand together in the index wherever they stand in a name; so do one or two with what follows them, since
    two line feeds follow the last letter. ``agreement_letters`` names all the threes that there are.
    """
    statements(
        db,
        """
        drop trigger agreements_are_found;

        drop trigger agreements_are_found_no_more;

        drop table agreement_names;

        create view agreement_clients as select id, client || char(10, 10) as client from agreements;

        create virtual table agreement_names
            using fts5(client, content='agreement_clients', content_rowid='id', tokenize='trigram');

        create virtual table agreement_letters using fts5vocab(agreement_names, row);

        insert into agreement_names(agreement_names) values ('rebuild');

        create trigger agreements_are_found after insert on agreements
        begin insert into agreement_names(rowid, client) values (new.id, new.client || char(10, 10)); end;

        create trigger agreements_are_found_no_more after delete on agreements
        begin
            insert into agreement_names(agreement_names, rowid, client) values ('delete', old.id, old.client || char(10, 10));
        end
        """,
    )
