"""What lists and searches need so that they take as long with years of use as without."""

from __future__ import annotations

from sqlite_utils import Database

from storage.migrations.set import MIGRATIONS, statements


@MIGRATIONS()
def m018_scale(db: Database) -> None:
    """Entries by what is searched in them; incidents by channel and by when they changed; names of clients by their letters;
    what items of Hardware have in common, and the words in which they are sought.

    ``incidents.stamp`` grows with every change of any incident, so that whoever remembers them reads what is new alone.
    """
    statements(
        db,
        """
        create index audit_by_actor on audit(actor);

        create index audit_by_action on audit(action);

        create index audit_by_subject on audit(subject);

        alter table incidents add column stamp integer not null default 0;

        update incidents set stamp = at from
            (select number as counted, row_number() over (order by opened_at, number) as at from incidents)
            where number = counted;

        create unique index incidents_by_stamp on incidents(stamp);

        create index incidents_by_channel on incidents(channel) where channel != '';

        create index incidents_by_number on incidents(drill, number);

        create index incident_events_by_time on incident_events(at) where sealed is not null;

        create virtual table agreement_names using fts5(client, content='agreements', content_rowid='id', tokenize='trigram');

        insert into agreement_names(agreement_names) values ('rebuild');

        create trigger agreements_are_found after insert on agreements
        begin insert into agreement_names(rowid, client) values (new.id, new.client); end;

        create trigger agreements_are_found_no_more after delete on agreements
        begin insert into agreement_names(agreement_names, rowid, client) values ('delete', old.id, old.client); end;

        alter table hardware add column words text generated always as (
            tag || char(10) || client || char(10) || coalesce(json_extract(facts, '$.serial'), '') || char(10)
            || coalesce(json_extract(facts, '$.description'), '') || char(10) || coalesce(json_extract(facts, '$.place'), '')
        ) virtual;

        create index hardware_by_words on hardware(words, agreement, state, holder);

        create index hardware_alike on hardware(
            agreement, client, state, json_extract(facts, '$.ends'), json_extract(facts, '$.fee'), json_extract(facts, '$.per')
        )
        """,
    )
