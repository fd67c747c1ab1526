"""What people, forms and programs give as answers, read as values; each error names the field it belongs under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from knowledge import days, inputs
from knowledge.breach import data
from knowledge.breach.incident import Incident, label
from knowledge.fields import Field, value
from knowledge.inputs import Here
from knowledge.refused import Refused

UNKNOWN = frozenset({"unknown", "not known", "not known yet", "onbekend", "inconnu", "?"})
LONGEST = 20_000
MOMENTS = ("event_from", "event_until", "detected_at", "aware_at")


def read(given: Mapping[str, Any], unknown: Iterable[str], here: Here, clients: Sequence[str]) -> dict[str, Any]:
    """Answers by field, JSON values; None is *unknown*, "" takes an optional answer away.

    Times are ISO instants in the zone that was given, or else of asking. ``clients`` are the agreements on record.
    Refused with ``field`` for what is no answer, and for a field that is answered and unknown at once.
    """
    fields = data.fields()
    for name in [*given, *unknown]:
        if name not in fields:
            raise Refused(f"A breach report has no {name!r}; it has: {', '.join(fields)}.", field=name)
    zone = str(given.get("zone") or here.zone.key)
    try:
        place = Here(here.now, days.zone(zone))
    except Refused as refused:
        raise Refused(str(refused), field="zone") from None
    found: dict[str, Any] = {}
    for name, entered in given.items():
        if isinstance(entered, str) and entered.strip().lower() in UNKNOWN and name not in ("zone", "happened"):
            found[name] = None
        elif entered is not None:
            found[name] = "" if entered in ("", []) else _read(fields[name], entered, place, clients)
    for name in unknown:
        if found.get(name) not in (None, ""):
            raise Refused("This is answered and marked as unknown; take one of the two away.", field=name)
        if name == "happened":
            raise Refused("A report says at least in a few words what happened.", field=name)
        found[name] = None
    found.pop("zone", None)
    return found


def _read(field: Field, given: Any, here: Here, clients: Sequence[str]) -> Any:
    if field.name == "clients":
        return list(dict.fromkeys(_client(clients, str(slug)) for slug in inputs.each(given)))
    found = value(field, given, here)
    if isinstance(found, datetime):
        return days.in_zone(found, here.zone).isoformat()
    if isinstance(found, Decimal):
        if found != found.to_integral_value():
            raise Refused(f"{field.label}: {given} is no number of them; give a whole number.", field=field.name)
        return int(found)
    if isinstance(found, str) and len(found) > LONGEST:
        raise Refused(f"{field.label}: {len(found):,} characters; at most {LONGEST:,} are kept.", field=field.name)
    return list(dict.fromkeys(found)) if isinstance(found, tuple) else found


def _client(known: Sequence[str], slug: str) -> str:
    if slug.lower() in known:
        return slug.lower()
    raise Refused(
        f"There is no agreement {slug!r}; there are: {', '.join(known[:20]) or 'none yet'}. "
        "/agreement registers one; until then say unknown.",
        field="clients",
    )


def check(incident: Incident, now: datetime, *, changed: Iterable[str]) -> None:
    """Refused where answers do not hold together; the error stands under a field that was just given where one is to blame."""
    touched = set(changed)

    def refuse(sentence: str, *names: str) -> None:
        raise Refused(sentence, field=next((name for name in names if name in touched), names[0]))

    moments = {name: moment for name in (*MOMENTS, "reported_at") if (moment := incident.moment(name))}
    for name, moment in moments.items():
        if moment > now:
            refuse(
                f"{label(name)} {_when(moment)} lies in the future; it is {_when(now.astimezone(moment.tzinfo))} now.",
                name,
            )
    begun, ended, detected, aware = (moments.get(name) for name in MOMENTS)
    if ended and not begun:
        refuse("An end needs a beginning; give when it began, too.", "event_until")
    if begun and ended and ended < begun:
        refuse(f"It ends ({_when(ended)}) before it begins ({_when(begun)}).", "event_until", "event_from")
    if begun and detected and detected < begun:
        refuse(f"It was detected ({_when(detected)}) before it occurred ({_when(begun)}).", "detected_at", "event_from")
    if detected and aware and aware < detected:
        refuse(f"Awareness ({_when(aware)}) comes before detection ({_when(detected)}).", "aware_at", "detected_at")
    if begun and aware and aware < begun:
        refuse(f"Awareness ({_when(aware)}) comes before the event ({_when(begun)}).", "aware_at", "event_from")
    for name in ("people", "records"):
        exact, least, most = (incident.value(f"{name}{end}") for end in ("", "_min", "_max"))
        if least is not None and most is not None and least > most:
            refuse(f"The minimum ({least:,}) is above the maximum ({most:,}).", f"{name}_min", f"{name}_max")
        if exact is not None and (least is not None or most is not None):
            refuse("Give the exact number, or a minimum and a maximum, not both.", name, f"{name}_min", f"{name}_max")


def _when(moment: datetime) -> str:
    return f"{days.spoken(moment)} {moment:%H:%M %z}"
