"""Incidents as tests of the breach rules begin them: a first report, a whole one, a notice."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from knowledge.breach import acts, reading
from knowledge.breach.acts import Act
from knowledge.breach.incident import Incident
from knowledge.inputs import Here
from knowledge.library import load
from knowledge.terms import Overrides

LIBRARY = load()


ZONE = "Europe/Brussels"


NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)


ACT = Act(NOW, "U0RAVI")


FIRST = {"happened": "Mail went astray", "aware_at": "2026-11-24T02:00:00+01:00", "clients": ["acme"]}


WHOLE: Mapping[str, Any] = {
    "event_from": "2026-11-23T18:00:00+01:00",
    "detected_at": "2026-11-24T01:00:00+01:00",
    "cause": "A wrong address",
    "kinds": ["confidentiality"],
    "people": 40,
    "groups": "Employees of the client",
    "data_types": ["contact"],
    "protected": "no",
    "records": 40,
    "consequences": "Unwanted mail",
    "measures_taken": "The recipient deleted it",
    "contact": "The service desk",
    "dpo": "dpo@itq.example",
}


def begun(**more: Any) -> Incident:
    return acts.begin("INC-2026-001", FIRST | more, ZONE, ACT, drill=False)[0]


def answered(incident: Incident, **values: Any) -> Incident:
    return acts.answer(incident, values, ZONE, ACT)[0]


def read(given: Mapping[str, Any], unknown: tuple[str, ...] = ()) -> dict[str, Any]:
    return reading.read(given, unknown, Here(NOW, ZoneInfo(ZONE)), lambda _: ["acme", "tulip"])


def told(incident: Incident, about: str = "acme", at: datetime = NOW) -> Incident:
    return acts.notify(
        incident,
        about,
        language="en",
        to="Jo",
        how="e-mail",
        told_at=at,
        evidence="https://mail.example/1",
        act=Act(at, "U0RAVI"),
    )[0]


def nobody(_: str) -> Overrides | None:
    return None
