"""Days, sums and percentages that stand in a plain sentence, for a form to be opened with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge import dates, inputs
from knowledge.inputs import Here
from knowledge.refused import Refused
from knowledge.rules import Rule, rules

_SUM = re.compile(
    r"(?:€|\beur(?:os?)?\b)\s?(?P<after>\d[\d.,]{0,20})|\b(?P<before>\d[\d.,]{0,20})\s?(?:€|eur(?:os?)?\b)"
    r"|(?<![\d.,/:-])(?P<bare>(?:\d{1,3}(?:[.,]\d{3}){1,3}|\d{3,7})(?:[.,]\d{2})?)\b(?![.,]?\d|[/:%-])",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?)\s?(?:%|percent|procent|pour cent)")
_SOUNDS_LIKE_A_DAY = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?[/-]\d\d?(?:[/-]\d{2,4})?|\d\d? [^\W\d]{3,}\.?(?: \d{4})?|[^\W\d]{3,}"
)
_FROM_TO = re.compile(
    r"(?P<before>(?:\S+\s+){0,3})\b(?P<span>(?:from|van|de|between|tussen|entre)\s+\d\S*\s+"
    r"(?:to|till|until|and|tot|en|à|a|et)\s+\d[^\s,;?!]*|\d{1,2}[:hu]\d\d\s?[-\u2013]\s?\d{1,2}[:hu]\d\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
MOST_WORDS = 60
MOST_READ = 1_000
"""Sums, days and spans stand in the first so many characters of a question, or are typed into the form."""
_NAMES = {
    "BE": "belgium belgië belgique",
    "NL": "netherlands nederland pays-bas",
    "LU": "luxembourg luxemburg",
    "FR": "france frankrijk",
    "DE": "germany duitsland allemagne",
}
_COUNTRIES = {name: code for code, names in _NAMES.items() for name in names.split()}


def facts(rule: Rule, sentence: str, here: Here) -> dict[str, str]:
    """What a sentence says of a rule's inputs, as a form is prefilled: never more than was said, and for a person to check.

    A day after words that belong to one input ("paid on") goes there; a single other day to the last required day of the
    question (the one it is about), several in the order of the calendar; sums and percentages go in order.
    """
    sentence = sentence[:MOST_READ]
    found: dict[str, str] = {}
    if {"start", "end"} <= {field.name for field in rule.fields} and (span := _span(sentence, here)):
        found |= span
    named = dict.fromkeys(_days(sentence, here))
    said = _said(rule, sentence, here)
    wanted = [field.name for field in rule.form if field.type == "date" and field.required and field.name not in said]
    # What a form asks for first comes first: "the session of the 4th was cancelled on the 1st" names them the other way round.
    days = sorted([day for day in named if day not in said.values()][: len(wanted)])
    found |= dict(zip(wanted[len(wanted) - len(days) :], days, strict=True)) | said
    found |= _per(rule, sentence)
    if "country" in rule.uses and (country := _country(sentence)):
        found["country"] = country
    sums = [match["after"] or match["before"] or match["bare"] for match in _SUM.finditer(sentence)]
    sums = [amount.rstrip(".,") for amount in sums if not _YEAR.fullmatch(amount)]
    for type, values in (("money", sums), ("percent", _PERCENT.findall(sentence))):
        names = [field.name for field in rule.form if field.type == type and field.required]
        found |= dict(zip(names, values, strict=False))
    return found


def _days(sentence: str, here: Here) -> Iterator[str]:
    """The days that a sentence names, in order, as ISO dates; the longest words that make one day count once."""
    words = [re.sub(r"['’]s$", "", word.strip(',;:!?()"“”')) for word in sentence.split()][:MOST_WORDS]
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            part = " ".join(words[at : at + length])
            if at + length <= len(words) and _SOUNDS_LIKE_A_DAY.fullmatch(part) and (day := _day(part, here)):
                yield day
                at += length - 1
                break
        at += 1


def _said(rule: Rule, sentence: str, here: Here) -> dict[str, str]:
    """The days that follow the words of one input, by its name."""
    found: dict[str, str] = {}
    for field in rule.form:
        for words in field.said:
            match = re.search(rf"\b(?:{words})\b(?P<rest>(?:\W+\S+){{1,3}})", sentence, re.IGNORECASE)
            first = match and next(_days(match["rest"], here), "")
            if field.type == "date" and first and field.name not in found:
                found[field.name] = first
    return found


def _per(rule: Rule, sentence: str) -> dict[str, str]:
    """What a fee is for: "300 a month"."""
    found = {}
    for field in rule.form:
        each = "|".join(map(re.escape, field.choices))
        if each and (match := re.search(rf"\b(?:a|an|per|each|every)\s+(?P<each>{each})\b", sentence, re.IGNORECASE)):
            found[field.name] = match["each"].lower()
    return found


def _country(sentence: str) -> str:
    """The country in which a sentence says that the work is done; "" where it names none."""
    names = "|".join(_COUNTRIES)
    match = re.search(rf"\b(?:in|en|au|aux|at)\s+(?:the\s+|de\s+|het\s+)?(?P<name>{names})\b", sentence, re.IGNORECASE)
    return _COUNTRIES[match["name"].lower()] if match else ""


def _day(words: str, here: Here) -> str:
    try:
        return dates.day(words, here, "day").isoformat()
    except Refused:
        return ""


def _span(sentence: str, here: Here) -> dict[str, str]:
    """Start and end in "(20 nov) from 22:00 to 02:00", with as many words before it as make its day."""
    match = _FROM_TO.search(sentence)
    if match is None:
        return {}
    before = match["before"].split()
    for first in range(len(before) + 1):
        try:
            found = inputs.span(" ".join([*before[first:], match["span"]]), here)
        except Refused:
            continue
        if found:
            return {"start": found[0].isoformat(), "end": found[1].isoformat()}
    return {}


def rules_about(ref: str) -> tuple[Rule, ...]:
    """The rules that compute what a clause says, fees first: those of that very clause, then those that quote it.

    Definitions (article 1) are quoted by many rules and asked about for their own sake, so they offer none.
    """
    own = [rule for rule in rules().values() if rule.ref == ref]
    quoting = [rule for rule in rules().values() if ref in rule.clauses and not ref.startswith("ITQ 1.")]
    found = dict.fromkeys([*own, *quoting])
    return tuple(sorted(found, key=lambda rule: rule.family == "deadline"))
