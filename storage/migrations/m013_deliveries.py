"""Replies to deliveries in the order in which they were given: they are large, and keys by chance scatter them over the file."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m013_deliveries(db: Database) -> None:
    """The same rows, kept in the order of their coming."""
    statements(
        db,
        """
        alter table deliveries rename to deliveries_by_key;

        create table deliveries (
            id integer primary key,
            key text not null unique,
            at text not null,
            reply text not null
        ) strict;

        insert into deliveries(key, at, reply) select key, at, reply from deliveries_by_key order by at;

        drop table deliveries_by_key;

        create index deliveries_by_age on deliveries(at)
        """,
    )
