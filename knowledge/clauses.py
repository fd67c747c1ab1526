"""A contract document as a tree: modules, articles, clauses and the parts of a clause, all in the document's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from knowledge.refused import Refused


@dataclass(frozen=True)
class Paragraph:
    """Running text, verbatim."""

    text: str


@dataclass(frozen=True)
class Item:
    """One entry of a list: its marker as printed (``a)``, ``o``) and its words."""

    marker: str
    text: str

    @property
    def letter(self) -> str:
        """``a`` for ``a)`` and ``a.``; the bullet itself for a bulleted entry."""
        return self.marker.rstrip(").")


@dataclass(frozen=True)
class Listing:
    """A lettered or bulleted list."""

    kind: Literal["lettered", "bulleted"]
    items: tuple[Item, ...]

    @property
    def text(self) -> str:
        """The list as the source prints it, an entry a line."""
        return "\n".join(f"{item.marker} {item.text}" for item in self.items)


@dataclass(frozen=True)
class Table:
    """A table: column names and rows of cells. ``text`` is how the source prints it, a row a line."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def text(self) -> str:
        return "\n".join(" ".join(row) for row in (self.columns, *self.rows))


@dataclass(frozen=True)
class Labelled:
    """A part under a label of its own, as the four of ITQ article 48."""

    label: str
    body: str

    @property
    def text(self) -> str:
        return f"{self.label}\n{self.body}"


Part = Paragraph | Listing | Table | Labelled


@dataclass(frozen=True)
class Clause:
    """The smallest unit that is quoted: a numbered paragraph, an article without any, or a module's opening sentence.

    ``number`` is "7.3", "48" or "module:it-services"; ``line`` is where it starts in the source, counted from 1.
    """

    document: str
    number: str
    title: str
    module: str
    parts: tuple[Part, ...]
    line: int

    @property
    def ref(self) -> str:
        """How a clause is named outside its document: ``ITQ 7.3``."""
        return f"{self.document} {self.number}"

    @cached_property
    def text(self) -> str:
        """The clause verbatim, without its number; a substring of the source but for white space."""
        return "\n".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Article:
    """A numbered heading and its clauses; ``opening`` is what stands between heading and first clause, often empty.

    The ITAF text lost its headings: its blocks are articles whose title comes from ``document.toml``.
    """

    number: str
    title: str
    opening: str
    clauses: tuple[Clause, ...]
    line: int


@dataclass(frozen=True)
class Module:
    """A part of the document with a heading of its own; the general part has the empty slug and no opening clause."""

    slug: str
    heading: str
    opening: Clause | None
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class Reference:
    """Words inside a clause that point somewhere.

    ``target`` is the ref of a clause, article or module of this document, or, where ``outside``, the name of another
    text such as ``GDPR 28(3)``. ``start`` and ``end`` are offsets in the clause's text.
    """

    words: str
    target: str
    outside: bool
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Document:
    """One version of one contract text.

    ``effective`` is the day from which the version governs, or None where the text does not say. ``sha256`` is that of
    the source's UTF-8 bytes. ``outside`` are the lines, with their numbers, that are part of no clause: what the web page
    had around the contract. ``note`` says what a reader should know about the text itself, ``notes`` about single clauses.
    """

    slug: str
    ref: str
    title: str
    owner: str
    origin: str
    language: str
    version: str
    effective: date | None
    sha256: str
    note: str
    notes: Mapping[str, str]
    source: str = field(repr=False)
    modules: tuple[Module, ...] = field(repr=False)
    outside: tuple[tuple[int, str], ...] = field(repr=False)
    definitions: Mapping[str, Clause] = field(repr=False)
    references: Mapping[str, tuple[Reference, ...]] = field(repr=False)

    @cached_property
    def articles(self) -> Mapping[str, Article]:
        """Articles (or blocks) by number, in the order of the text."""
        return {article.number: article for module in self.modules for article in module.articles}

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """Every clause by number, in the order of the text, module openings included."""
        return {clause.number: clause for clause in self._in_order()}

    def _in_order(self) -> Iterator[Clause]:
        for module in self.modules:
            if module.opening:
                yield module.opening
            for article in module.articles:
                yield from article.clauses

    def clause(self, number: str) -> Clause:
        """The clause with this number; Refused, with the neighbours that exist, where there is none."""
        try:
            return self.clauses[number]
        except KeyError:
            raise Refused(f"{self.ref} has no clause {number}.") from None

    @cached_property
    def _squeezed(self) -> str:
        return squeeze(self.source)

    def holds(self, words: str) -> bool:
        """Whether these words stand in the source, white space aside: the test every quotation passes before it leaves."""
        return bool(words.strip()) and squeeze(words) in self._squeezed


def squeeze(text: str) -> str:
    """Text with every run of white space (no-break spaces included) as one space, for comparing words only."""
    return re.sub(r"\s+", " ", text).strip()
