"""What people, forms and programs give as answers, read as values; each error names the field it belongs under."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from knowledge import days, inputs
from knowledge.breach import data
from knowledge.breach.incident import Incident, label
from knowledge.fields import Field, value
from knowledge.inputs import Here
from knowledge.refused import Refused, refuse_all

UNKNOWN = frozenset({"unknown", "not known", "not known yet", "onbekend", "inconnu", "?"})
# A message of Slack's holds 40,000 characters, and is kept whole.
LONGEST = 100_000
Clients = Callable[[str], Sequence[str]]
"""The agreement of a name alone; where there is none, some that there are."""
# The field that says in which zone a time is told; where it is empty, `zone` does, and else the zone of asking.
ZONES = {
    "event_from": "event_zone",
    "event_until": "event_zone",
    "event_on": "event_zone",
    "detected_at": "detected_zone",
    "aware_at": "aware_zone",
    "reported_at": "reported_zone",
}
ZONE_FIELDS = ("zone", *dict.fromkeys(ZONES.values()))
MOMENTS = ("event_from", "event_until", "detected_at", "aware_at")


def read(given: Mapping[str, Any], unknown: Iterable[str], here: Here, clients: Clients) -> dict[str, Any]:
    """Answers by field, JSON values; None is *unknown*, "" takes an optional answer away.

    Times are ISO instants in the zone that was given, or else of asking. ``clients`` is asked for the agreements on record.
    Refused with ``field`` for what is no answer, and for a field that is answered and unknown at once.
    """
    fields = data.fields()
    for name in [*given, *unknown]:
        if name not in fields:
            raise Refused(f"A breach report has no {name!r}; it has: {', '.join(fields)}.", field=name)
    told, found, refusals = zones(given, here), {}, []
    for name, entered in given.items():
        if name in ZONE_FIELDS or entered is None:
            continue
        try:
            found[name] = _read(
                fields[name], entered, Here(here.now, days.zone(told.get(name, here.zone.key))), clients
            )
        except Refused as refused:
            refusals.append(refused)
    for name in unknown:
        if found.get(name) not in (None, ""):
            refusals.append(Refused("This is answered and marked as unknown; take one of the two away.", field=name))
        if name == "happened":
            refusals.append(Refused("A report says at least in a few words what happened.", field=name))
        found[name] = None
    refuse_all(refusals)
    return found


def zones(given: Mapping[str, Any], here: Here) -> dict[str, str]:
    """The zones in which times are told, by the time's field: its own, or else ``zone`` for those that are given now.

    Refused with the field for what is no zone.
    """
    for field in ZONE_FIELDS:
        if told := given.get(field):
            try:
                days.zone(str(told))
            except Refused as refused:
                raise Refused(str(refused), field=field) from None
    found = {}
    for time, own in ZONES.items():
        if zone := given.get(own) or (time in given and given.get("zone")):
            found[time] = str(zone)
    return found


def _read(field: Field, given: Any, here: Here, clients: Clients) -> Any:
    if given in ("", []):
        return ""
    if isinstance(given, str) and given.strip().lower() in UNKNOWN and field.name != "happened":
        return None
    if field.name == "clients":
        return list(dict.fromkeys(_client(clients, str(slug)) for slug in inputs.each(given)))
    try:
        found = value(field, given, here)
    except Refused as refused:
        raise _day_alone(field, given, here) or refused from None
    if isinstance(found, datetime):
        return days.in_zone(found, here.zone).isoformat()
    if isinstance(found, date):
        return found.isoformat()
    if isinstance(found, Decimal):
        if found != found.to_integral_value():
            raise Refused(f"{field.label}: {given} is no number of them; give a whole number.", field=field.name)
        return int(found)
    if isinstance(found, str) and len(found) > LONGEST:
        raise Refused(f"{field.label}: {len(found):,} characters; at most {LONGEST:,} are kept.", field=field.name)
    return list(dict.fromkeys(found)) if isinstance(found, tuple) else found


def _day_alone(field: Field, given: Any, here: Here) -> Refused | None:
    """What to say of a day that was given where a moment is asked, and has a question of its own."""
    if field.name != "event_from" or not isinstance(given, str):
        return None
    try:
        inputs.day(given, here)
    except Refused:
        return None
    return Refused(f"{given} is a day without a time; add the time, or give the day as event_on.", field=field.name)


def _client(clients: Clients, slug: str) -> str:
    known = clients(slug.lower())
    if slug.lower() in known:
        return slug.lower()
    raise Refused(
        f"There is no agreement {slug!r}; there are: {', '.join(known) or 'none yet'}. "
        "/agreement registers one; until then say unknown.",
        field="clients",
    )


def check(incident: Incident, now: datetime, *, changed: Iterable[str]) -> None:
    """Refused where answers do not hold together; the error stands under a field that was just given where one is to blame."""
    touched, refusals = set(changed), []

    def refuse(sentence: str, *names: str) -> None:
        refusals.append(Refused(sentence, field=next((name for name in names if name in touched), names[0])))

    moments = {name: moment for name in (*MOMENTS, "reported_at") if (moment := incident.moment(name))}
    for name, moment in moments.items():
        if moment > now:
            refuse(
                f"{label(name)} {_when(moment)} lies in the future; it is {_when(now.astimezone(moment.tzinfo))} now.",
                name,
            )
    begun, ended, detected, aware = (moments.get(name) for name in MOMENTS)
    day = incident.day("event_on")
    if day and begun:
        refuse("Give the day, or the moment at which it began, not both.", "event_on", "event_from")
    if day and day > now:
        refuse(f"{days.spoken(day)} lies in the future.", "event_on")
    began, occurred = (begun, "event_from") if begun else (day, "event_on")
    if ended and not begun:
        refuse("An end needs a beginning; give when it began, too.", "event_until")
    if begun and ended and ended < begun:
        refuse(f"It ends ({_when(ended)}) before it begins ({_when(begun)}).", "event_until", "event_from")
    if began and detected and detected < began:
        refuse(f"It was detected ({_when(detected)}) before it occurred ({_when(began)}).", "detected_at", occurred)
    if detected and aware and aware < detected:
        refuse(f"Awareness ({_when(aware)}) comes before detection ({_when(detected)}).", "aware_at", "detected_at")
    if began and aware and aware < began:
        refuse(f"Awareness ({_when(aware)}) comes before the event ({_when(began)}).", "aware_at", occurred)
    for name in ("people", "records"):
        exact, least, most = (incident.value(f"{name}{end}") for end in ("", "_min", "_max"))
        if least is not None and most is not None and least > most:
            refuse(f"The minimum ({least:,}) is above the maximum ({most:,}).", f"{name}_min", f"{name}_max")
        if exact is not None and (least is not None or most is not None):
            refuse("Give the exact number, or a minimum and a maximum, not both.", name, f"{name}_min", f"{name}_max")
    refuse_all(refusals)


def _when(moment: datetime) -> str:
    return f"{days.spoken(moment)} {moment:%H:%M %z}"
