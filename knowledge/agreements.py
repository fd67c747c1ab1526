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
from typing import Any

import tomli_w

from knowledge import days, inputs, money
from knowledge.library import Library
from knowledge.refused import Refused
from knowledge.rules import rules
from knowledge.termfiles import Amendment, Settled, amendment
from knowledge.terms import Overrides

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KNOWN = ("slug", "client", "manager", "country", "zone", "concluded", "ends", "rate", "versions", "amendments")


@dataclass(frozen=True)
class Agreement:
    """What is known of one agreement. ``rate`` is EUR an hour; ``versions`` names, by document slug, the text that governs.

    ``manager`` is a Slack user id; ``text`` the TOML it was read from.
    """

    slug: str
    client: str
    manager: str
    country: str
    zone: str
    concluded: date | None
    ends: date | None
    rate: Decimal | None
    versions: Mapping[str, str] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()
    text: str = field(default="", repr=False, compare=False)

    @property
    def overrides(self) -> Overrides:
        """What the rules need to know of it."""
        return Overrides(self.slug, self.country, self.zone, self.concluded, self.rate, self.versions, self.amendments)


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
        versions=_versions(data.get("versions", {}), library),
        amendments=tuple(amendment(entry, f"agreement {slug}") for entry in _list(data, "amendments")),
        text=tomli_w.dumps({key: value for key, value in data.items() if value not in (None, "")}),
    )
    _ = agreement.overrides
    for special in agreement.amendments:
        for settled in special.settles:
            _disputed(settled)
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
        return value
    raise Refused(f"{key} is {value!r}; write a date, such as 2026-01-15.", field=key)


def _rate(data: Mapping[str, Any]) -> Decimal | None:
    value = data.get("rate")
    if value is None:
        return None
    if isinstance(value, str) or (rate := inputs.number(value, "rate")) < 0:
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
