"""Where a clause's words point: other clauses, its own module, the GDPR; and which defined terms it uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from knowledge.clauses import Article, Clause, Document, Module, Paragraph, Reference

_NUMBER = r"\d+(?:\.\d+)?(?:\(\d+\))*"
_ARTICLES = re.compile(
    rf"\bArticles? (?P<numbers>{_NUMBER}(?:(?:, (?:and |or )?| and | or | through | to ){_NUMBER})*)"
    r"(?P<outside>,? (?:of the )?GDPR)?"
)
_THROUGH = re.compile(rf"({_NUMBER})(?: (through|to) ({_NUMBER}))?")
_SECTION = re.compile(r"\bsection ‘([^’]+)’")
_NEAR = re.compile(
    r"\bthe (?P<preceding>preceding) paragraph\b"
    r"|\bthe (?P<same>same) paragraph\b"
    r"|\bthis (?P<article>article)\b"
    r"|\b[Tt]h(?:is|e) (?P<module>[Mm]odule)\b"
)


def references(modules: tuple[Module, ...], names: Mapping[str, str], ref: str) -> dict[str, tuple[Reference, ...]]:
    """The references inside every clause, by clause number, in the order of the words.

    ``names`` maps the name by which clauses call a module ("IT Services Module") to its slug.
    """
    found: dict[str, tuple[Reference, ...]] = {}
    for module in modules:
        if module.opening:
            found[module.opening.number] = _of(module.opening, None, names, ref)
        for article in module.articles:
            for clause in article.clauses:
                found[clause.number] = _of(clause, article, names, ref)
    return found


def _of(clause: Clause, article: Article | None, names: Mapping[str, str], ref: str) -> tuple[Reference, ...]:
    text = clause.text
    found = [*_to_articles(text, ref), *_to_modules(text, names, ref)]
    found += [Reference(m[0], m[1], True, m.start(), m.end()) for m in _SECTION.finditer(text)]
    taken = [(reference.start, reference.end) for reference in found]
    for match in _NEAR.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        if target := _near(match, clause, article, found, ref):
            found.append(Reference(match[0], target, False, match.start(), match.end()))
    return tuple(sorted((r for r in found if r.target != clause.ref), key=lambda r: (r.start, r.target)))


def _to_articles(text: str, ref: str) -> Iterator[Reference]:
    for match in _ARTICLES.finditer(text):
        outside = match["outside"] is not None
        for part in _THROUGH.finditer(match["numbers"]):
            words = match[0] if part[0] == match["numbers"] else part[0]
            start = match.start() if words == match[0] else match.start("numbers") + part.start()
            if outside:
                number = f"{part[1]}–{part[3]}" if part[3] else part[1]
                yield Reference(words, f"GDPR {number}", True, start, start + len(words))
                continue
            for number in _range(part[1], part[3]):
                yield Reference(words, f"{ref} {number}", False, start, start + len(words))


def _range(first: str, last: str | None) -> list[str]:
    """Every number of 'first through last'; both ends only, where they are not two articles or two of one article."""
    if last is None:
        return [first]
    stem = first.rpartition(".")[0]
    prefix = f"{stem}." if stem else ""
    low, high = first.removeprefix(prefix), last.removeprefix(prefix)
    if low.isdigit() and high.isdigit() and int(low) < int(high):
        return [f"{prefix}{number}" for number in range(int(low), int(high) + 1)]
    return [first, last]


def _to_modules(text: str, names: Mapping[str, str], ref: str) -> Iterator[Reference]:
    for name, slug in names.items():
        for match in re.finditer(rf"\b{re.escape(name)}\b", text) if name in text else ():
            yield Reference(match[0], f"{ref} module:{slug}", False, match.start(), match.end())


def _near(
    match: re.Match[str], clause: Clause, article: Article | None, so_far: list[Reference], ref: str
) -> str | None:
    """What 'the preceding paragraph', 'the same paragraph', 'this article' or 'this Module' means where it stands."""
    if match["module"]:
        if clause.module:
            return f"{ref} module:{clause.module}"
        named = [r for r in so_far if r.end <= match.start() and r.target.startswith(f"{ref} module:")]
        return named[-1].target if named else None
    if article is None:
        return None
    if match["article"]:
        return f"{ref} {article.number}"
    if match["same"]:
        before = [r for r in so_far if r.end <= match.start() and not r.outside]
        return max(before, key=lambda r: r.end).target if before else None
    numbers = [other.ref for other in article.clauses]
    at = numbers.index(clause.ref)
    return numbers[at - 1] if at else None


def definitions(modules: tuple[Module, ...]) -> dict[str, Clause]:
    """Defined terms and the clauses that define them: articles headed 'Definitions', each clause 'Term: meaning'."""
    return {
        clause.text.partition(":")[0].strip(): clause
        for module in modules
        for article in module.articles
        if "definition" in article.title.lower()
        for clause in article.clauses
        if isinstance(clause.parts[0], Paragraph) and ":" in clause.text
    }


def used_terms(document: Document, clause: Clause) -> dict[str, Clause]:
    """Defined terms that a clause uses, with their definitions, in the order of first use; its own term is left out.

    Terms are matched as the contract writes them (capitalised), singular or plural, the longest term first.
    """
    if not document.definitions:
        return {}
    pattern, terms = _term_pattern(tuple(document.definitions))
    used: dict[str, Clause] = {}
    for match in pattern.finditer(clause.text):
        term = terms[match.lastindex or 0]
        definition = document.definitions[term]
        if definition.number != clause.number:
            used.setdefault(term, definition)
    return used


@lru_cache(maxsize=32)
def _term_pattern(terms: tuple[str, ...]) -> tuple[re.Pattern[str], dict[int, str]]:
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = "|".join(rf"(\b{_inflected(term)}\b)" for term in longest_first)
    return re.compile(pattern), dict(enumerate(longest_first, 1))


def _inflected(term: str) -> str:
    """A pattern for a term's singular and plural; several words may start in lower case within a sentence."""
    if term.endswith("ies"):
        stem, ending = term[:-3], "(?:y|ies)"
    elif term.endswith("y"):
        stem, ending = term[:-1], "(?:y|ies)"
    else:
        stem, ending = term.removesuffix("s"), "s?"
    pattern = re.escape(stem) + ending
    if " " in term and not term.isupper():
        pattern = f"[{stem[0].upper()}{stem[0].lower()}]{re.escape(stem[1:])}{ending}"
    return pattern


def defined_term(document: Document, words: str) -> Clause | None:
    """The clause that defines a term, typed in any case, singular or plural; None where the document defines none such."""
    typed = " ".join(words.split())
    for term, clause in document.definitions.items():
        if re.fullmatch(_inflected(term), typed, re.IGNORECASE):
            return clause
    return None
