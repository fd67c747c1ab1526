"""What a client is told of a breach: the notice, its follow-ups, and the sheet for its authority; each sentence from a field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from knowledge import days
from knowledge.breach import data
from knowledge.breach.clocks import Clock
from knowledge.breach.incident import Fact, Incident, Notice, Said

# The sentences of a notice in their order: the requirement, the fields, the clause.
ORDER = (
    ("fact", ("happened",), "ITQ 43.3 (1)"),
    ("date", ("event_from", "event_until", "event_on"), "ITQ 43.3 (2)"),
    ("cause", ("cause",), "ITQ 43.3 (3)"),
    ("aware", ("aware_at",), "ITQ 43.3 (4)"),
    ("people", ("people", "people_min", "people_max"), "ITQ 43.3 (5)"),
    ("groups", ("groups",), "ITQ 43.3 (6)"),
    ("data_types", ("data_types",), "ITQ 43.3 (6)"),
    ("protected", ("protected",), "ITQ 43.3 (7)"),
    ("measures_taken", ("measures_taken",), "ITQ 43.3 (8)"),
    ("measures_planned", ("measures_planned",), "ITQ 43.3 (8)"),
    ("consequences", ("consequences",), "GDPR 33(3)(c)"),
    ("contact", ("contact",), "ITQ 43.3 (9)"),
)
# How the date is told, from what is known of it: the period, else the moment, else the day.
DATES = {"period": "event_until", "at": "event_from", "on": "event_on"}
OPTIONAL = ("measures_planned", "consequences")
ROWS = (
    ("nature", ("happened",), "33(3)(a)"),
    ("kinds", ("kinds",), "33(3)(a)"),
    ("times", ("event_on", "event_from", "event_until"), "33(3)(a)"),
    ("detected_at", ("detected_at",), ""),
    ("aware_at", ("aware_at",), "ITQ 43.3"),
    ("groups", ("groups",), "33(3)(a)"),
    ("people", ("people", "people_min", "people_max"), "33(3)(a)"),
    ("data_types", ("data_types",), "33(3)(a)"),
    ("records", ("records", "records_min", "records_max"), "33(3)(a)"),
    ("protected", ("protected",), "34(3)(a)"),
    ("dpo", ("dpo",), "33(3)(b)"),
    ("contact", ("contact",), "33(3)(b)"),
    ("consequences", ("consequences",), "33(3)(c)"),
    ("measures_taken", ("measures_taken",), "33(3)(d)"),
    ("measures_planned", ("measures_planned",), "33(3)(d)"),
)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a letter, the field or fields it was made from, and the clause that asks for it.

    ``said`` is what it was made from where that is no field: the reason for a delay.
    """

    text: str
    fields: tuple[str, ...]
    clause: str
    known: bool = True
    said: Said | None = None


@dataclass(frozen=True)
class Letter:
    """A notice to one client. ``at`` is when it was composed; ``phase`` 1 is the first notice, more are follow-ups."""

    number: str
    client: str
    language: str
    phase: int
    title: str
    opening: tuple[str, ...]
    sentences: tuple[Sentence, ...]
    closing: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a client needs for its authority: a title, a note, and rows of item, answer and clause."""

    number: str
    language: str
    title: str
    note: str
    heads: tuple[str, str, str]
    rows: tuple[tuple[str, str, str], ...]


@cache
def language(code: str) -> Mapping[str, Any]:
    """The words of a language: ``en``, ``nl`` or ``fr``."""
    return tomllib.loads((data.FOLDER / "letters" / f"{code}.toml").read_text(encoding="utf-8"))


def compose(incident: Incident, about: str, client: str, code: str, running: tuple[Clock, ...], at: datetime) -> Letter:
    """The next notice to a client: the first in full, a follow-up with what is new and what is still unknown.

    ``about`` is the agreement, ``client`` the client's name, ``at`` the instant of composing (aware).
    """
    words = language(code)
    told = [notice for notice in incident.notices if notice.about == about]
    sentences = tuple(_sentences(incident, about, words, running))
    if told:
        sentences = tuple(s for s in sentences if not s.known or _newer(incident, s, told[-1]))
    zone = incident.facts["aware_at"].zone if "aware_at" in incident.facts else days.BRUSSELS
    if told:
        opening = words["again"].format(
            told=_moment(datetime.fromisoformat(told[-1].told_at), zone, words), number=incident.number
        )
        title = words["follow"].format(phase=len(told))
    else:
        opening, title = words["opening"].format(number=incident.number), words["first"]
    nothing = () if not told or any(s.known for s in sentences) else (words["nothing_new"],)
    drill = (words["drill"],) if incident.drill else ()
    return Letter(
        number=incident.number,
        client=client,
        language=code,
        phase=len(told) + 1,
        title=f"DRILL: {title}" if incident.drill else title,
        opening=(*drill, words["greeting"].format(client=client), opening, *nothing),
        sentences=tuple(sorted(sentences, key=lambda sentence: not sentence.known)) if told else sentences,
        closing=(words["closing"], words["signed"].format(at=_moment(at, zone, words))),
    )


def sheet(incident: Incident, about: str, client: str, code: str) -> Sheet:
    """The fields that a client needs for its notification, each with the clause that asks for it."""
    words = language(code)
    rows = [(words["rows"][name], _cell(incident, fields, words), clause) for name, fields, clause in ROWS]
    for notice in incident.notices:
        if notice.about == about:
            moment = _moment(datetime.fromisoformat(notice.told_at), _zone(incident), words)
            rows.append((words["rows"]["told"], f"{moment}: {notice.to} ({notice.how})", "33(1)"))
    rows += [
        (words["rows"]["delay"], said.words, "33(1)") for said in incident.delays if said.about.endswith(f":{about}")
    ]
    title = f"DRILL: {words['sheet']}" if incident.drill else words["sheet"]
    heads = (words["field"], words["answer"], words["clause"])
    return Sheet(incident.number, code, title, words["sheet_note"].format(client=client), heads, tuple(rows))


def trace(incident: Incident, letter: Letter) -> tuple[tuple[str, str, str], ...]:
    """For each sentence: its words, the fields and clause behind it, and who answered when."""
    rows = []
    for sentence in letter.sentences:
        facts: list[tuple[str, Fact | Said]] = [(n, incident.facts[n]) for n in sentence.fields if n in incident.facts]
        said = [*facts, *([(sentence.said.about, sentence.said)] if sentence.said else [])]
        by = "; ".join(f"{name} by {one.by}, {one.at[:16]}Z" for name, one in said)
        rows.append((sentence.text, f"{sentence.clause}: {', '.join(sentence.fields)}", by))
    return tuple(rows)


def _sentences(
    incident: Incident, about: str, words: Mapping[str, Any], running: tuple[Clock, ...]
) -> Iterator[Sentence]:
    said = words["sentences"]
    for name, fields, clause in ORDER:
        facts = {field: incident.facts[field] for field in fields if field in incident.facts}
        known = {field: _value(field, fact, words) for field, fact in facts.items() if fact.known}
        template = _template(name, known)
        if template and all(f"{{{field}}}" not in said[template] or field in known for field in fields):
            used = tuple(field for field in fields if f"{{{field}}}" in said[template])
            yield Sentence(said[template].format(**known), used, clause)
        elif f"{name}_unknown" in said and (facts or name not in OPTIONAL):
            yield Sentence(said[f"{name}_unknown"], tuple(facts) or fields[:1], clause, known=False)
    for clock in running:
        if clock.client == about and clock.kind == "authority":
            due = _moment(clock.due, clock.zone, words)
            yield Sentence(said["deadline"].format(due=due), ("aware_at",), "GDPR 33(1)")
    late = [one for one in incident.delays if one.about == f"client:{about}"]
    if late:
        yield Sentence(said["delay"].format(reason=late[-1].words), ("delay",), "GDPR 33(1)", said=late[-1])


def _template(name: str, known: Mapping[str, str]) -> str:
    """Which sentence says what is known; empty where it is not enough for any."""
    match name:
        case "date":
            return next((f"date_{way}" for way, field in DATES.items() if field in known), "")
        case "people":
            return "people_exact" if "people" in known else "people_range" if len(known) > 1 else ""
    return name if known else ""


def _newer(incident: Incident, sentence: Sentence, last: Notice) -> bool:
    """Whether what a sentence tells was put on record after the last letter was made, or else after it was sent."""
    sources = [incident.facts[name].at for name in sentence.fields if name in incident.facts]
    sources += [sentence.said.at] if sentence.said else []
    return any(datetime.fromisoformat(at) > last.tells_until for at in sources)


def _cell(incident: Incident, fields: tuple[str, ...], words: Mapping[str, Any]) -> str:
    facts = {name: incident.facts[name] for name in fields if name in incident.facts}
    known = [_value(name, fact, words) for name, fact in facts.items() if fact.known]
    if known:
        return " – ".join(known)
    if facts:
        latest = max(datetime.fromisoformat(fact.at) for fact in facts.values())
        return str(words["not_known"]).format(at=_moment(latest, _zone(incident), words))
    return str(words["not_answered"])


def _value(name: str, fact: Fact, words: Mapping[str, Any]) -> str:
    match data.fields()[name].type:
        case "instant":
            return _moment(datetime.fromisoformat(fact.value), fact.zone, words)
        case "date":
            return f"{format_date(date.fromisoformat(fact.value), words['day'], locale=words['locale'])} ({fact.zone})"
        case "number":
            return str(format_decimal(fact.value, locale=words["locale"]))
        case "several":
            return ", ".join(words["choices"].get(one, one) for one in fact.value)
        case "choice":
            return str(words["choices"].get(fact.value, fact.value))
    return str(fact.value)


def _moment(moment: datetime, zone: str, words: Mapping[str, Any]) -> str:
    local = days.in_zone(moment, days.zone(zone))
    return f"{format_datetime(local, words['moment'], locale=words['locale'])} ({zone})"


def _zone(incident: Incident) -> str:
    return incident.facts["aware_at"].zone if "aware_at" in incident.facts else days.BRUSSELS
