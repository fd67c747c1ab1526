"""Text and rule held together: no number without an owner, and what a new text no longer bears is not computed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from handlers.parse import Asked, from_json
from knowledge.answer import Answer, Family
from knowledge.clauses import Document
from knowledge.coverage import applying, as_json, declared, faults, gone, quantities, refusing, sentences, understood
from knowledge.library import Added, Library, read
from knowledge.refused import Refused
from knowledge.rules import compute, rules
from knowledge.rules.time_and_cost import BASES
from knowledge.termfiles import tables
from tests.knowledge.asking import LIBRARY, NOW
from tests.knowledge.test_rules_cases import cases

ROOT = Path(__file__).parent.parent.parent
ITQ, ITAF = LIBRARY.document("itq"), LIBRARY.document("itaf")


def version(text: str, slug: str = "itq", label: str = "2030") -> Document:
    """A version of a document with another text."""
    return read(Added(slug, label, date(1990, 1, 1), "", "", "a test", text))


def with_words(old: str, new: str, of: Document = ITQ) -> Document:
    """A version in which some words are others; the words must be there."""
    assert old in of.source
    return version(of.source.replace(old, new), of.slug)


def unowned(document: Document) -> list[tuple[str, str]]:
    return [(sentence.ref, words) for sentence in sentences(document) for words in sentence.unowned]


# Nothing is nobody's, and nothing is owned in vain.


def test_every_sentence_with_a_quantity_has_an_owner() -> None:
    assert faults(LIBRARY.documents) == ()
    assert [unowned(document) for document in LIBRARY.documents] == [[] for _ in LIBRARY.documents]
    assert {document.slug: len(list(sentences(document))) for document in (ITQ, ITAF)} == {"itq": 99, "itaf": 9}


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda document: document.slug)
def test_the_words_of_every_entry_stand_and_hold_a_quantity_that_no_term_holds(document: Document) -> None:
    assert gone(document) == ()
    used = {e for s in sentences(document) for q in s.quantities if not q.terms for e in q.entries}
    assert [entry for entry in declared(document.slug).entries if entry not in used] == []


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda document: document.slug)
def test_a_rule_that_owns_words_quotes_their_clause(document: Document) -> None:
    quoted = {f"{rule.family} {rule.kind}": rule.clauses for rule in rules().values()}
    for entry in declared(document.slug).entries:
        assert not entry.rule or f"{document.ref} {entry.clause}" in quoted[entry.rule], entry


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda document: document.slug)
def test_every_term_stands_in_a_sentence_of_the_report_and_is_read_by_some_kind(document: Document) -> None:
    reported = {name for sentence in sentences(document) for name in sentence.terms}
    terms = {term.name for term, _ in applying(document)}
    assert terms == reported == set(tables()[document.slug])
    assert all(declared(document.slug).readers(name) for name in terms)


def test_reports_name_sentence_quantities_and_owners() -> None:
    late = next(s for s in as_json(ITQ)["sentences"] if s["words"].startswith("If the Client cancels"))
    assert late["owned"] is True
    assert late["terms"] == {"cancellation.full": ["fee cancellation"]}
    band, fee = late["quantities"]
    assert (band["words"], band["terms"], band["entries"][0]["rule"]) == (
        "two (2) Working Days",
        [],
        "fee cancellation",
    )
    assert fee == {"words": "fee", "terms": ["cancellation.full"], "entries": []}


# Facts of the two texts, clause by clause, and the term that must own each; without one, an entry does.

FACTS = """
ITQ 1.24 | Monday | working_days
ITQ 2.5 | at all times |
ITQ 5.2 | Monday – Friday 08:00 – 18:00 | surcharge.standard
ITQ 5.3 | 80% | price.cap
ITQ 6.1 | thirty (30) days | payment.term
ITQ 6.3 | €250 | late.minimum_costs
ITQ 7.3 | five (5) days | cancellation.free_until
ITQ 7.3 | five (5) | cancellation.half_from
ITQ 7.3 | fifty (50) percent | cancellation.half
ITQ 15.2 | €50,000 per Agreement | liability.agreement
ITQ 43.1 | without undue delay |
ITQ 46.2 | once a calendar year | audit.per_year
ITAF 2.2 | periodically |
ITAF 3.1 | second |
ITAF 4.4 | immediately |
ITAF 4.5 | rates | time_and_cost.ITAF 4.5
"""


@pytest.mark.parametrize("fact", FACTS.strip().splitlines())
def test_a_number_of_the_contract_is_owned(fact: str) -> None:
    ref, words, term = (part.strip() for part in fact.split("|"))
    found = [q for s in sentences(LIBRARY.quoting(ref)) if s.ref == ref for q in s.quantities if words in q.words]
    assert any(term in q.terms if term else q.entries and not q.terms for q in found), found


# What is a quantity, and what only looks like one.


def named(sentence: str) -> list[str]:
    return [sentence[start:end] for start, end in quantities(sentence)]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("A notice of 45 days is needed.", ["45 days"]),
        ("A notice of forty-five days is needed.", ["forty-five days"]),
        ("It costs € 1,250.50, EUR 40, €5 or 40 euros.", ["€ 1,250.50", "EUR 40", "€5", "40 euros"]),
        ("a share of 12.5 % and fifty percent", ["12.5 %", "fifty percent"]),
        ("half of it, or twice", ["half", "twice"]),
        ("no more than once a calendar year", ["no more than once a calendar year"]),
        ("on the 30th, at 17:00", ["30th", "17:00"]),
        ("support is there 24/7", ["24", "7"]),
        ("on Saturdays and weekends", ["Saturdays", "weekends"]),
        ("ITQ informs the Client without undue delay.", ["without undue delay"]),
        ("ITQ acts immediately, and as soon as possible.", ["immediately", "as soon as possible"]),
        ("at the hourly rates applicable", ["rates"]),
        ("more than one claim", ["more than one"]),
        ("Changes can be made at all times, without notice.", ["at all times"]),
        ("under Article 10.1 and 45 days later", ["45 days"]),
        ("under Article 6, within 14 days", ["14 days"]),
        ("Article 30 days", ["30 days"]),
        ("45\u00a0days, as\u00a0soon\u00a0as\u00a0possible", ["45\u00a0days", "as\u00a0soon\u00a0as\u00a0possible"]),
    ],
)
def test_a_quantity_is_found(sentence: str, found: list[str]) -> None:
    assert named(sentence) == found


@pytest.mark.parametrize(
    "sentence",
    [
        "within the meaning of Article 4(7) of the GDPR",
        "pursuant to Articles 32 through 36 of the GDPR",
        "In the circumstances referred to in Article 10.1 and 10.2, the Client is not entitled to compensation.",
        "as set out in clause 7.3, section 5 and Annex 2",
        "GDPR: the General Data Protection Regulation (Regulation 2016/679 of 27 April 2016).",
        "set by the 2 August 2002 Belgian law on combating",
        "registered in Leuven under number 0689.960.109, or others",
        "having its registered office at Interleuvenlaan 62, 3001 Leuven (Belgium)",
        "data centres follow ISO 27000 standards.",
        "Working Days:",
        "within the meaning of Article\u00a04(7)",
        "a third party or third parties",
        "one of the Parties fails to comply with one or more obligations",
        "to keep the software up to date",
        "ITQ will at all times retain the employer’s control.",
        "At present the monetary offices attend to it.",
    ],
)
def test_references_registers_addresses_and_numbering_are_no_quantities(sentence: str) -> None:
    assert named(sentence) == []


@pytest.mark.parametrize("number", ["1.4", "1.11", "1.19", "1.21", "1.22", "1.23", "10.3", "14.4", "36.1", "36.4"])
def test_clauses_that_only_refer_are_not_in_the_report(number: str) -> None:
    assert number in ITQ.clauses
    assert number not in {sentence.clause for sentence in sentences(ITQ)}


# A text that gains a number.

PLACES = {
    "a sentence of its own": ("18.1. The Agreement is", "18.1. It ends on notice of 45 days. The Agreement is", "18.1"),
    "the end of an owned sentence": ("(30) days after the invoice date.", "(30) days after the invoice date, with a "
    "notice of 45 days.", "6.1"),
    "a new clause": ("18.2. Any disputes", "18.2. There is a notice of 45 days.\n18.3. Any disputes", "18.2"),
    "the entry of a list": ("c) reasonable costs", "c) notice of 45 days and reasonable costs", "15.3"),
    "an article's opening": ("Article 18. Applicable law\n", "Article 18. Applicable law\nA notice of 45 days.\n", "18"),
    "a module's opening": ("This Rental of Hardware Module applies", "A notice of 45 days. This Rental of Hardware "
    "Module applies", "module:hardware-rental"),
    "a labelled part": ("Purpose of the processing\n", "Purpose of the processing\nA notice of 45 days.\n", "48"),
    "after an abbreviation": ("harmful software);", "harmful software, e.g. A notice of 45 days);", "21.2"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "clause"), PLACES.values(), ids=PLACES.keys())
def test_a_number_added_to_the_text_is_found_unowned(old: str, new: str, clause: str) -> None:
    changed = with_words(old, new)
    assert unowned(changed) == [(f"ITQ {clause}", "45 days")]
    assert [f"ITQ {clause} (2030) holds “45 days”, which nothing owns" in fault for fault in faults([changed])] == [
        True
    ]


def test_a_number_added_to_the_other_document_is_found_unowned() -> None:
    changed = with_words("resold to the customer", "resold with a notice of 45 days to the customer", ITAF)
    assert unowned(changed) == [("ITAF 1.3", "45 days")]


def test_a_number_that_only_begins_as_the_words_of_a_term_do_is_not_the_term_s() -> None:
    assert unowned(with_words("a minimum of €250", "a minimum of €250,000")) == [("ITQ 6.3", "€250,000")]


def test_words_of_an_entry_that_stand_in_no_version_are_a_fault_and_in_one_are_none() -> None:
    changed = with_words("22.2. ITQ will give", "22.2. ITQ gives").source.replace("In urgent cases, ITQ can intervene "
    "immediately, without warning the Client.", "In urgent cases, ITQ can intervene.")  # fmt: skip
    assert [entry.words for entry in gone(version(changed))] == ["intervene immediately"]
    (fault,) = faults([version(changed)])
    assert fault == "knowledge/documents/itq/coverage.toml: no version holds “intervene immediately” in clause 22.2"
    assert faults([ITQ, version(changed)]) == ()


def test_a_document_without_terms_is_not_computed_and_needs_no_owners() -> None:
    other = version("Article 1. Parking\n1.1. Bicycles may stay for 45 days.\n", "acme")
    assert faults([other]) == ()
    assert as_json(other)["computed"] is False


ROW = '[[sentence]]\nclause = "1"\nwords = "w"\nbecause = "b"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reads = ", "is not TOML"),
        ("[wishes]", "unknown part 'wishes'"),
        ('[reads]\n"fee moon" = []', "no kind 'fee moon'"),
        ('[may_read]\n"fee moon" = []', "no kind 'fee moon'"),
        (ROW.replace('"b"', '" "'), "lacks because"),
        (ROW.replace('words = "w"\n', ""), "lacks words"),
        (ROW + "since = 3", "unknown key 'since'"),
        (ROW + 'rule = "fee moon"', "rule 'fee moon', which does not exist"),
    ],
)
def test_a_wrong_coverage_file_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        understood(text, "itq")
    assert str(refused.value).startswith("knowledge/documents/itq/coverage.toml")
    assert said in str(refused.value)


# A text that loses words: what is declared to be read is what is read, and what is said to refuse refuses.


@dataclass(frozen=True)
class Sample:
    """A worked example: its kind, its question, and the terms and clauses on which its answer rests."""

    said: str
    asked: Asked
    rests_on: frozenset[str]


def ask(asked: Asked, library: Library) -> Answer:
    return compute(asked.rule, asked.question, library, asked.overrides, id="an-id")


@cache
def samples() -> tuple[Sample, ...]:
    """A worked example for each set of terms and clauses on which an answer rests, on every clause that has a price."""
    given = [(param.values[0]["kind"], param.values[0]["in"]) for param in cases() if "refused" not in param.values[0]]
    given += [("time-and-cost", {"basis": basis, "hours": 1, "rate": 100}) for basis in BASES]
    found = {}
    for kind, inputs in given:
        family: Family = "fee" if ("fee", kind) in rules() else "deadline"
        asked = from_json(family, kind, inputs, now=NOW, agreements=lambda _: None)
        answer = ask(asked, LIBRARY)
        rests_on = {term.name for term in answer.terms} | {cite.ref for cite in answer.citations}
        found[kind, frozenset(rests_on)] = Sample(f"{family} {kind}", asked, frozenset(rests_on))
    return tuple(found.values())


@pytest.mark.parametrize("document", [ITQ, ITAF], ids=lambda document: document.slug)
def test_what_is_declared_to_be_read_is_what_is_read(document: Document) -> None:
    names = set(tables()[document.slug])
    read: dict[str, list[set[str]]] = {}
    for sample in samples():
        read.setdefault(sample.said, []).append(set(sample.rests_on & names))
    always = {kind: set.intersection(*each) for kind, each in read.items()}
    sometimes = {kind: set.union(*each) - always[kind] for kind, each in read.items()}
    known = declared(document.slug)
    assert {kind: set(given) for kind, given in known.reads.items()} == {k: v for k, v in always.items() if v}
    may_read = {kind: set(given) & names for kind, given in known.may_read.items()}
    assert may_read == {k: v for k, v in sometimes.items() if v}


def refuses_as_said(changed: Document) -> set[str]:
    """The kinds that refuse under a version, having held each sample to what the report says of it."""
    others = [document for document in LIBRARY.documents if document.slug != changed.slug]
    library = Library((changed, *others))
    said = {refusing.kind: refusing for refusing in refusing(changed)}
    really = set()
    for sample in samples():
        missing = set(said[sample.said].why) & sample.rests_on if sample.said in said else set()
        try:
            ask(sample.asked, library)
        except Refused:
            really.add(sample.said)
            assert missing, (sample, "refuses, and the report does not say so")
        else:
            assert not missing, (sample, "does not refuse", missing)
    assert set(said) == really
    assert [one.always for one in said.values()] == [one.kind != "fee time-and-cost" for one in said.values()]
    return really


@pytest.mark.parametrize("name", [name for slug in ("itq", "itaf") for name in tables()[slug]])
def test_a_kind_refuses_where_its_words_are_gone_and_no_other_does(name: str) -> None:
    slug = next(slug for slug in ("itq", "itaf") if name in tables()[slug])
    (term,) = tables()[slug][name]
    first, _, rest = term.words.partition(" ")
    changed = with_words(term.words, f"{first} amended {rest}", LIBRARY.document(slug))
    assert name in {one.name for one, stands in applying(changed) if not stands}
    assert refuses_as_said(changed) >= set(declared(slug).readers(name))


@pytest.mark.parametrize(
    ("start", "kinds"),
    [
        ("14.4. ", {"fee cancellation"}),
        ("15.8. ", {"deadline loss-report"}),
        ("1.25. ", {"fee surcharge", "fee time-and-cost"}),
        ("5.4. ", {"fee price-revision"}),
        ("16.2. ", set()),
    ],
)
def test_a_kind_refuses_where_a_clause_that_it_quotes_is_gone(start: str, kinds: set[str]) -> None:
    lines = ITQ.source.split("\n")
    (at,) = (at for at, line in enumerate(lines) if line.startswith(start))
    assert refuses_as_said(version("\n".join(lines[:at] + lines[at + 1 :]))) == kinds


def test_the_same_words_elsewhere_change_nothing() -> None:
    assert refusing(ITQ) == refusing(ITAF) == ()
    moved = with_words("18.1. The Agreement is", "18.1. As in 6.1, within thirty (30) days. The Agreement is")
    assert refusing(moved) == ()
    assert refuses_as_said(moved) == set()


# On the command line.


def run(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``clausekeeper`` with a database of its own."""
    env = os.environ | {"PYTHONPATH": str(ROOT), "CLAUSEKEEPER_DATABASE": str(database)}
    command = [sys.executable, "-P", "-m", "bot", *words]
    return subprocess.run(command, cwd=database.parent, env=env, capture_output=True, text=True, check=False)


def test_check_prints_a_line_per_sentence_and_passes(tmp_path: Path) -> None:
    done = run(tmp_path / "bot.db", "documents", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n  ITQ ") == 99
    assert done.stdout.count("\n  ITAF ") == 9
    assert "payment.term (fee late-payment, deadline payment-due)" in done.stdout
    assert "“in the near future”, not computed, because no figure says how near" in done.stdout
    assert done.stdout.endswith("Every number, period and amount in them has its owner.\n")
    told = json.loads(run(tmp_path / "bot.db", "documents", "check", "--json").stdout)
    assert told["problems"] == []
    counts = {document["document"]: len(document["sentences"]) for document in told["documents"]}
    assert (counts["itq"], counts["itaf"]) == (99, 9)


def test_a_new_version_is_told_term_by_term_and_check_refuses_until_it_is_owned(tmp_path: Path) -> None:
    text = ITQ.source.replace("is thirty (30) days.", "is sixty (60) days.").replace("fifty (50)", "forty (40)")
    (tmp_path / "new.txt").write_text(text, encoding="utf-8")
    added = run(tmp_path / "bot.db", *"documents add new.txt --slug itq --effective 2030-01-01".split())
    assert added.returncode == 0, added.stderr
    assert added.stdout.count("\n  stands  ITQ ") == len(tables()["itq"]) - 2
    assert "\n  gone    ITQ 7.3  cancellation.half: “fifty (50) percent of the fee”\n" in added.stdout
    refuses = [line for line in added.stdout.splitlines() if line.startswith("  refuses ")]
    assert refuses == [
        "  refuses deadline quotation-expiry, which rests on quotation.validity",
        "  refuses fee cancellation, which rests on cancellation.half",
    ]
    assert "\n  unowned ITQ 3.3 “Subject to revocation," in added.stdout
    done = run(tmp_path / "bot.db", "documents", "check")
    assert done.returncode == 1
    assert done.stderr.startswith("ITQ 3.3 (2030-01-01) holds “term”, “sixty (60) days”, which nothing owns;")
    assert done.stderr.count("\n") == 1
    as_data = run(tmp_path / "bot.db", "documents", "check", "--json")
    assert as_data.returncode == 1
    assert len(json.loads(as_data.stdout)["problems"]) == 2
