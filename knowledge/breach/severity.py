"""Severity of a breach by ENISA's method: DPC x EI + CB, shown with its parts; a person may override it with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from knowledge.breach import data
from knowledge.breach.incident import Incident
from knowledge.refused import Refused


@dataclass(frozen=True)
class Severity:
    """The number with its parts, and its level. ``breach`` are the parts of CB that count for something, by name."""

    dpc: Decimal
    ei: Decimal
    cb: Decimal
    breach: tuple[tuple[str, Decimal], ...] = ()

    @property
    def number(self) -> Decimal:
        """DPC x EI + CB."""
        return self.dpc * self.ei + self.cb

    @property
    def level(self) -> str:
        """Below 2 low, to under 3 medium, to under 4 high, from 4 very high."""
        return [name for least, name in data.levels() if self.number >= least][-1]

    @property
    def told(self) -> str:
        """The number with its parts, in one line."""
        parts = f"DPC {_plain(self.dpc)} x EI {_plain(self.ei)} + CB {_plain(self.cb)}"
        within = ", ".join(f"{name} {_plain(worth)}" for name, worth in self.breach)
        return f"{_plain(self.number)} ({self.level}) = {parts}" + (f" ({within})" if within else "")


def severity(chosen: Mapping[str, str]) -> Severity:
    """The severity of chosen answers; Refused, naming the factor, for one that is missing or none of its answers."""
    parts, breach = {"DPC": Decimal(0), "EI": Decimal(0), "CB": Decimal(0)}, []
    for factor in data.factors():
        answer = chosen.get(factor.name, "")
        if answer not in factor.worth:
            raise Refused(f"{factor.label} Choose one of: {'; '.join(factor.worth)}.", field=factor.name)
        worth = factor.worth[answer]
        parts[factor.part] += worth
        if factor.part == "CB" and worth:
            breach.append((factor.name, worth))
    return Severity(parts["DPC"], parts["EI"], parts["CB"], tuple(breach))


def chosen_words(incident: Incident) -> tuple[str, ...]:
    """The answers behind the number, each with what it counts for, in the order in which they are asked."""
    found = ((factor, incident.factors.get(factor.name, "")) for factor in data.factors())
    return tuple(
        f"{factor.label} {answer} ({factor.part} {_plain(factor.worth[answer])})"
        for factor, answer in found
        if answer in factor.worth
    )


def graded(incident: Incident) -> tuple[str, str]:
    """The level that counts, and how it came about; both empty where nothing was judged yet."""
    number = severity(incident.factors) if incident.factors else None
    if incident.override:
        computed = f"; computed {number.told}" if number else ""
        return incident.override.about, f"set by a person: {incident.override.words}{computed}"
    return (number.level, number.told) if number else ("", "")


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
