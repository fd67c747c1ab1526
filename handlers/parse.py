"""Typed words to a question: ``cancellation performance=2026-12-04 cancelled=today fee=1200``."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from knowledge import days, inputs
from knowledge.answer import Family
from knowledge.dates import goes_on
from knowledge.fields import Field, value
from knowledge.inputs import Here
from knowledge.refused import Refused, refuse_all
from knowledge.rules import Question, Rule, find, of
from knowledge.terms import Overrides

Agreements = Callable[[str], Overrides | None]

_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"', "\u00bb": '"'}
)
# Without any of these, words are what stands between spaces, which is found many times faster.
_MARKS = {"'", '"', "\\", *(chr(code) for code in _QUOTES)}


@dataclass(frozen=True)
class Asked:
    """A question with the rule that answers it and the conditions of the agreement that it names."""

    rule: Rule
    question: Question
    overrides: Overrides | None


def words(family: Family, text: str) -> tuple[str, dict[str, object]]:
    """Typed words as a kind and what was given by name, nothing read yet; what a form is prefilled from."""
    return split(family, parts(text))


def parts(text: str) -> list[str]:
    """Typed words taken apart as a shell does, phones' quotes included; Refused for a quote that is not closed."""
    if not _MARKS & {*text}:
        return re.findall(r"[^ \t\r\n]+", text)
    try:
        return shlex.split(_apostrophes(text.translate(_QUOTES)))
    except ValueError:
        raise Refused(f"A quote was opened and not closed in: {text.strip()}") from None


def pairs(parts: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What was given by name (``from=today``, or a day in several words: ``from=15 may``), and the words that stand alone;
    Refused where a name comes twice.
    """
    given: dict[str, str] = {}
    loose: list[str] = []
    before = ""
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals and before and goes_on(given[before], part):
            given[before] += f" {part}"
            continue
        before = name.strip().lower() if equals else ""
        if not equals:
            loose.append(part)
        elif name.strip().lower() in given:
            raise Refused(f"{name} is given twice; give it once.", field=name)
        else:
            given[name.strip().lower()] = value
    return given, loose


def split(family: Family, parts: Sequence[str]) -> tuple[str, dict[str, object]]:
    """A kind and what was given by name, from words already taken apart (a shell's arguments)."""
    if not parts:
        kinds = ", ".join(rule.kind for rule in of(family))
        raise Refused(f"/{family} needs a kind: {kinds}.", field="kind")
    rule = find(family, parts[0])
    given, loose = pairs(parts[1:])
    if loose and "when" in given:
        raise Refused(f"{' '.join(loose)!r} is not understood beside when=. {usage(rule)}")
    return rule.kind, {**given, **({"when": " ".join(loose)} if loose else {})}


def _apostrophes(text: str) -> str:
    """Apostrophes inside a word (aujourd'hui) are letters, no quotes."""
    return "".join(
        "\\'" if c == "'" and 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha() else c
        for at, c in enumerate(text)
    )


def from_json(family: Family, kind: object, given: object, *, now: datetime, agreements: Agreements) -> Asked:
    """The question in a mapping of names to strings, numbers (exact) or lists, as a batch line or a stored answer
    has it.
    """
    if not isinstance(kind, str):
        raise Refused(f"kind must be one of: {', '.join(rule.kind for rule in of(family))}.", field="kind")
    rule = find(family, kind)
    if not isinstance(given, Mapping):
        raise Refused(f"The inputs of {kind} must be names with values. {usage(rule)}")
    fields = rule.named
    named = {str(name): value for name, value in given.items() if value is not None and value != ""}
    loose = named.pop("when", None)
    if loose is not None and not {"start", "end"} <= fields.keys():
        raise Refused(f"{loose!r} is not understood. {usage(rule)}")
    for name in named:
        if name not in fields:
            near = difflib.get_close_matches(name, fields, 1)
            hint = f"; did you mean {near[0]}?" if near else "."
            raise Refused(
                f"{rule.kind} does not know {name!r}{hint} {usage(rule)}", field=name if name.isprintable() else None
            )
    overrides = _agreement(named.get("agreement"), agreements)
    here, named = _circumstances(named, overrides, now)
    if loose is not None:
        named |= _span(str(loose), here, rule)
    if "rate" in fields and "rate" not in named and overrides and overrides.rate is not None:
        named["rate"] = overrides.rate
    named |= {field.name: here.today.isoformat() for field in rule.fields if field.today and field.name not in named}
    missing = [field for field in rule.fields if field.required and field.name not in named]
    if missing:
        lacking = " and ".join(f"{field.name} ({field.label.lower()})" for field in missing)
        raise Refused(f"{rule.kind} needs {lacking}. {usage(rule)}", field=missing[0].name)
    read, refusals = dict[str, object](), list[Refused]()
    for name, entered in named.items():
        try:
            read[fields[name].attribute] = _read(fields[name], entered, here, named)
        except Refused as refused:
            refusals.append(refused)
    refuse_all(refusals)
    question: Callable[..., Question] = rule.question
    return Asked(rule, question(**read), overrides)


def _agreement(name: object, agreements: Agreements) -> Overrides | None:
    if name is None:
        return None
    found = agreements(inputs.text_of(name, "agreement"))
    if found is None:
        raise Refused(f"There is no agreement {name!r}; leave it out, or register it first.", field="agreement")
    return found


def _circumstances(
    named: dict[str, object], overrides: Overrides | None, now: datetime
) -> tuple[Here, dict[str, object]]:
    """Country and zone as given, else as the agreement says, else as every question has them."""
    if overrides:
        agreed = {"agreement": overrides.agreement, "country": overrides.country, "zone": overrides.zone}
        named = {name: value for name, value in agreed.items() if value} | named | {"agreement": overrides.agreement}
    zone = inputs.text_of(named.get("zone", days.BRUSSELS), "zone")
    return Here(now, days.zone(zone)), named


def _span(text: str, here: Here, rule: Rule) -> dict[str, object]:
    found = inputs.span(text, here)
    if found is None:
        raise Refused(f"{text!r} is not understood. {usage(rule)}")
    return {"start": found[0].isoformat(), "end": found[1].isoformat()}


def _read(field: Field, given: object, here: Here, named: Mapping[str, object]) -> object:
    if field.name == "end" and field.type == "instant":
        start = inputs.instant(inputs.text_of(named["start"], "start"), here, "start") if "start" in named else None
        return inputs.instant(inputs.text_of(given, "end"), here, "end", after=start)
    return value(field, given, here)


def usage(rule: Rule) -> str:
    """How a kind is asked for, in one line: ``/fee cancellation cancelled=DATE performance=DATE fee=EUR
    [country=BE]``.
    """
    shown = " ".join(
        f"{field.name}={placeholder(field)}" if field.required else f"[{field.name}={placeholder(field)}]"
        for field in rule.form
    )
    return f"Usage: /{rule.family} {rule.kind} {shown}"


_PLACEHOLDERS = {
    "date": "DATE",
    "instant": "TIME",
    "money": "EUR",
    "number": "NUMBER",
    "percent": "PERCENT",
    "hours": "HOURS",
    "amounts": "EUR,EUR",
    "numbers": "NUMBER,NUMBER",
    "country": days.BELGIUM,
    "zone": days.BRUSSELS,
    "agreement": "NAME",
}


def placeholder(field: Field) -> str:
    """What stands for a value in a usage line."""
    if field.choices:
        return "|".join(field.choices)
    return _PLACEHOLDERS.get(field.type, field.type.upper())


def overview(family: Family) -> str:
    """Every kind of a family with its help line."""
    listed = list(of(family))
    kinds, refs = max(len(rule.kind) for rule in listed), max(len(rule.ref) for rule in listed)
    return "\n".join(f"{rule.kind:<{kinds}}  {rule.ref:<{refs}}  {rule.help}" for rule in listed)
