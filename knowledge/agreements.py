"""An agreement with a client: where and until when it is performed, at what rate, under which text and conditions.

It is written down as TOML, the special conditions with their own words, and kept as that text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

import tomli_w

from knowledge import days, inputs, money
from knowledge.library import Library
from knowledge.refused import Refused
from knowledge.rules import rules
from knowledge.termfiles import Amendment, Settled, Term, amendment
from knowledge.terms import Overrides

_PERIOD = re.compile(r"([1-9]\d{0,3}) ?(day|week|month)s?")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KNOWN = tuple(
    "slug client manager country zone concluded ends renewal notice notice_opens rate versions amendments".split()
)


class Period(NamedTuple):
    """A length of time as an agreement says it: "3 months"."""

    length: int
    unit: str

    def __str__(self) -> str:
        return days.counted(self.length, self.unit)


@dataclass(frozen=True)
class Agreement:
    """What is known of one agreement. ``rate`` is EUR an hour; ``versions`` names, by document slug, the text that governs.

    It renews itself by ``renewal`` months, unless notice is given ``notice`` before its end at the latest and ``notice_opens``
    before it at the earliest. ``manager`` is a Slack user id; ``text`` the TOML it was read from.
    """

    slug: str
    client: str
    manager: str
    country: str
    zone: str
    concluded: date | None
    ends: date | None
    rate: Decimal | None
    renewal: int | None = None
    notice: Period | None = None
    notice_opens: Period | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    @cached_property
    def overrides(self) -> Overrides:
        """What the rules need to know of it."""
        return Overrides(self.slug, self.country, self.zone, self.concluded, self.rate, self.versions, self.amendments)


def term_end(agreement: Agreement, today: date) -> date | None:
    """The last day of the term that runs on a day: that of the agreement, or, where it renews itself, of a later term."""
    end, times = agreement.ends, 0
    while agreement.ends and agreement.renewal and end and end < today:
        times += 1
        end = days.months_later(agreement.ends, agreement.renewal * times)
    return end


def read(text: str, library: Library) -> Agreement:
    """The agreement in a TOML text; Refused, naming the key, for whatever is wrong with it."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"The agreement is not TOML: {error}.") from None
    return from_data(data, library)


def from_data(data: Mapping[str, Any], library: Library) -> Agreement:
    """The agreement in a table of values; Refused, naming the key, for whatever is wrong with it."""
    if unknown := [key for key in data if key not in _KNOWN]:
        raise Refused(f"An agreement has no {unknown[0]!r}; known are {', '.join(_KNOWN)}.", field=unknown[0])
    slug = _text(data, "slug").lower()
    if not _SLUG.fullmatch(slug):
        raise Refused(f"slug is {slug!r}; use small letters, digits and dashes, as in 'acme'.", field="slug")
    client = _text(data, "client")
    if not client:
        raise Refused("An agreement needs a client.", field="client")
    concluded, ends = _day(data, "concluded"), _day(data, "ends")
    if concluded and ends and ends < concluded:
        raise Refused(f"The agreement ends on {ends}, before it was concluded ({concluded}).", field="ends")
    agreement = Agreement(
        slug=slug,
        client=client,
        manager=_text(data, "manager"),
        country=days.country(_text(data, "country") or days.BELGIUM),
        zone=days.zone(_text(data, "zone") or days.BRUSSELS).key,
        concluded=concluded,
        ends=ends,
        rate=_rate(data),
        renewal=_months(data),
        notice=_period(data, "notice"),
        notice_opens=_period(data, "notice_opens"),
        versions=_versions(data.get("versions", {}), library),
        amendments=tuple(amendment(entry, f"agreement {slug}") for entry in _list(data, "amendments")),
        text=tomli_w.dumps({key: value for key, value in data.items() if value not in (None, "")}),
    )
    _ = agreement.overrides
    _renews(agreement)
    for special in agreement.amendments:
        for settled in special.settles:
            _disputed(settled)
        dated: list[Settled | Term] = [*special.settles, *(term for held in special.terms.values() for term in held)]
        for one in dated:
            for key, day in (("from", one.since), ("until", one.until)):
                _counted(f"{special.name} {one.clause}: {key}", day)
    return agreement


def with_amendment(agreement: Agreement, condition: Mapping[str, Any], library: Library) -> Agreement:
    """The agreement with one more special condition; Refused as ``read`` refuses."""
    data = tomllib.loads(agreement.text, parse_float=Decimal)
    return from_data(data | {"amendments": [*data.get("amendments", ()), dict(condition)]}, library)


def disputes() -> dict[str, tuple[str, ...]]:
    """The readings of every kind of fee or deadline whose words can be read in more than one way."""
    return {rule.kind: rule.readings for rule in rules().values() if len(rule.readings) > 1}


def _disputed(settled: Settled) -> None:
    readings = disputes().get(settled.kind)
    if readings is None:
        raise Refused(f"{settled.kind!r} has no disputed reading to settle; these have: {', '.join(disputes())}.")
    if settled.reading not in readings:
        raise Refused(f"{settled.kind} has no reading {settled.reading!r}; it has: {', '.join(readings)}.")


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key) or ""
    if not isinstance(value, str):
        raise Refused(f"{key} must be text, not {value!r}.", field=key)
    return value.strip()


def _day(data: Mapping[str, Any], key: str) -> date | None:
    value = data.get(key)
    if value is None or type(value) is date:
        return _counted(key, value, field=key)
    raise Refused(f"{key} is {value!r}; write a date, such as 2026-01-15.", field=key)


def _counted(name: str, day: date | None, field: str | None = None) -> date | None:
    """The day, where it lies in the years for which days are counted; else Refused."""
    if day and not days.FIRST <= day <= days.LAST:
        raise Refused(f"{name} is {day}; give a date from {days.FIRST.year} to {days.LAST.year}.", field=field)
    return day


def _months(data: Mapping[str, Any]) -> int | None:
    value = data.get("renewal")
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 600):
        return value
    raise Refused(f"renewal is {value!r}; give the months by which it renews itself, such as 12.", field="renewal")


def _period(data: Mapping[str, Any], key: str) -> Period | None:
    value = _text(data, key).lower()
    found = _PERIOD.fullmatch(value)
    if value and not found:
        raise Refused(f"{key} is {value!r}; give days, weeks or months, such as '3 months'.", field=key)
    return Period(int(found[1]), f"{found[2]}s") if found else None


def _renews(agreement: Agreement) -> None:
    """Refused where what is said of the renewal does not hold together."""
    if agreement.renewal is None:
        if agreement.notice or agreement.notice_opens:
            raise Refused(
                "A period of notice needs a renewal; give the months by which it renews itself.", field="renewal"
            )
        return
    if agreement.ends is None:
        raise Refused("What renews itself has an end; give the last day of its term.", field="ends")
    if agreement.notice is None:
        raise Refused("What renews itself has a period of notice; give it, such as '3 months'.", field="notice")
    if agreement.notice_opens:
        calendar = days.calendar(agreement.country)
        opens, closes = (
            days.later(agreement.ends, -count, unit, calendar)[0]
            for count, unit in (agreement.notice_opens, agreement.notice)
        )
        if opens > closes:
            raise Refused(
                f"Notice could be given from {days.spoken(opens)}, after the last day for it, {days.spoken(closes)}; give a "
                "longer period.",
                field="notice_opens",
            )


def _rate(data: Mapping[str, Any]) -> Decimal | None:
    value = data.get("rate")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or (rate := inputs.number(value, "rate")) < 0:
        raise Refused(f"rate is {value!r}; give EUR an hour, zero or more, such as 150.00.", field="rate")
    return money.cents(rate)


def _list(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise Refused(f"{key} must be a list of tables, written [[{key}]].", field=key)
    return value


def _versions(value: Any, library: Library) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise Refused('versions must be a table, such as itq = "undated".', field="versions")
    return {str(slug): library.document(str(slug), version=str(version)).version for slug, version in value.items()}
