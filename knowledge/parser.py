"""From the plain text of a contract to its tree: two layouts, numbered articles and numbered blocks without headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.clauses import Article, Clause, Item, Labelled, Listing, Module, Paragraph, Part, Table
from knowledge.refused import Refused

MOST_BYTES = 2_000_000
MOST_CHARACTERS_IN_A_LINE = 20_000

_ARTICLE = re.compile(r"Article (\d+)\.\s+(\S.*)")
_MODULE = re.compile(r"MODULE\s+[–-]\s+(\S.*)")
_NUMBERED = re.compile(r"(\d+)\.(\d+)\.(?:\s+(.*))?")
# Numbers of clauses as other texts print them: read as running text they would be quoted under a wrong number.
_UNREAD = re.compile(r"(\d+)\.(\d+)\.?\s+[A-ZÀ-Þ].*")
_BLOCK_PARAGRAPH = re.compile(r"(\d+)\.\s+(\S.*)")
_LETTERED = re.compile(r"([a-z][.)])\s+(\S.*)")
_BULLETED = re.compile(r"([o•*–-])\s+(\S.*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class TableLayout:
    """Where a table stands and how a line of it falls into columns (one group each)."""

    clause: str
    columns: tuple[str, ...]
    row: re.Pattern[str]


@dataclass(frozen=True)
class Layout:
    """What ``document.toml`` says about a text that the text itself no longer shows.

    ``modules`` maps a printed heading to its slug, ``labels`` an article number to the labels of its parts, ``blocks``
    are titles for blocks without headings, ``outside`` are lines that belong to the web page and not to the contract.
    """

    modules: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[TableLayout, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    blocks: tuple[str, ...] = ()
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


@dataclass(frozen=True)
class Parsed:
    """The tree, and the lines that are part of no clause and no heading (with their numbers), for people to check."""

    modules: tuple[Module, ...]
    outside: tuple[tuple[int, str], ...]


def decode(raw: bytes) -> str:
    """The text of a document file; Refused where it is too long, empty or not UTF-8."""
    if len(raw) > MOST_BYTES:
        raise Refused(
            f"The file has {len(raw):,} bytes; a contract text may have at most {MOST_BYTES:,}. Is it the right file?"
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused(
            f"Line {line}: the file is not UTF-8 text (byte {raw[error.start]:#04x}). Save it as UTF-8 plain text."
        ) from None
    if not text.strip():
        raise Refused("The file is empty; it should hold the text of a contract.")
    return text


def parse(text: str, ref: str, layout: Layout) -> Parsed:
    """The tree of a document's text; Refused with the line number where the numbering does not hold together.

    ``ref`` is the name under which the document's clauses are quoted, such as ``ITQ``.
    """
    lines = list(_lines(text))
    if any(_ARTICLE.fullmatch(line.text) for line in lines):
        parsed = _articles(lines, ref, layout)
    elif any(_BLOCK_PARAGRAPH.fullmatch(line.text) for line in lines):
        parsed = _blocks(lines, ref, layout)
    else:
        raise Refused(
            "No clause was found: expected headings like 'Article 1. Definitions' with paragraphs like '1.1. Text', "
            "or blocks of paragraphs numbered '1. Text'."
        )
    if not any(article.clauses for module in parsed.modules for article in module.articles):
        raise Refused("No clause was found: there are headings, but no text under any of them.")
    return parsed


def _lines(text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if control := _CONTROL.search(raw.rstrip("\r")):
            raise Refused(
                f"Line {number} holds the control character U+{ord(control[0]):04X}; a contract is plain text."
            )
        if len(raw) > MOST_CHARACTERS_IN_A_LINE:
            raise Refused(
                f"Line {number} has {len(raw):,} characters; at most {MOST_CHARACTERS_IN_A_LINE:,} make a paragraph."
            )
        if stripped := raw.strip():
            yield _Line(number, stripped)


def _articles(lines: list[_Line], ref: str, layout: Layout) -> Parsed:
    """Texts with modules, articles and clauses numbered 'article.paragraph'."""
    modules: list[_OpenModule] = [_OpenModule("", "", [], [])]
    outside: list[tuple[int, str]] = []
    for line in lines:
        module = modules[-1]
        if line.text in layout.outside:
            outside.append((line.number, line.text))
        elif heading := _ARTICLE.fullmatch(line.text):
            last = next((m.articles[-1].number for m in reversed(modules) if m.articles), 0)
            _expect(line, "Article", int(heading[1]), last)
            module.articles.append(_OpenArticle(int(heading[1]), heading[2], line.number))
        elif _MODULE.fullmatch(line.text):
            slug = layout.modules.get(line.text) or _slug(line.text)
            modules.append(_OpenModule(slug, line.text, [], []))
        elif module.articles:
            module.articles[-1].take(line)
        elif module.heading:
            module.opening.append(line)
        else:
            outside.append((line.number, line.text))
    return Parsed(tuple(module.close(ref, layout) for module in modules), tuple(outside))


def _blocks(lines: list[_Line], ref: str, layout: Layout) -> Parsed:
    """Texts whose paragraphs are numbered from 1 in each block; a block's number is its place in the text."""
    blocks: list[_OpenArticle] = []
    outside: list[tuple[int, str]] = []
    for line in lines:
        paragraph = _BLOCK_PARAGRAPH.fullmatch(line.text)
        if line.text in layout.outside:
            outside.append((line.number, line.text))
        elif paragraph and paragraph[1] == "1":
            number = len(blocks) + 1
            title = layout.blocks[number - 1] if number <= len(layout.blocks) else f"Block {number}"
            blocks.append(_OpenArticle(number, title, line.number))
            blocks[-1].start(1, _Line(line.number, paragraph[2]))
        elif paragraph and blocks:
            _expect(line, f"Block {len(blocks)}, paragraph", int(paragraph[1]), blocks[-1].clauses[-1].number)
            blocks[-1].start(int(paragraph[1]), _Line(line.number, paragraph[2]))
        elif paragraph:
            raise Refused(f"Line {line.number}: the first paragraph is numbered {paragraph[1]}; it should be 1.")
        elif unread := _UNREAD.fullmatch(line.text):
            raise _unread(line, unread)
        elif blocks:
            blocks[-1].clauses[-1].lines.append(line)
        else:
            outside.append((line.number, line.text))
    general = _OpenModule("", "", [], blocks).close(ref, layout)
    return Parsed((general,), tuple(outside))


def _expect(line: _Line, what: str, number: int, last: int) -> None:
    if number == last + 1:
        return
    if number <= last:
        raise Refused(f"Line {line.number}: {what} {number} comes a second time, or after {last}.")
    missing = f"{last + 1} is" if number == last + 2 else f"{last + 1} to {number - 1} are"
    raise Refused(f"Line {line.number}: {what} {number} follows {last or 'the start'}; {missing} missing.")


def _unread(line: _Line, found: re.Match[str]) -> Refused:
    number = f"{found[1]}.{found[2]}"
    return Refused(
        f"Line {line.number}: {number} looks like the number of a clause; print it as '{number}.' below a heading like "
        f"'Article {found[1]}. Title'."
    )


@dataclass
class _OpenClause:
    number: int
    lines: list[_Line]
    line: int


@dataclass
class _OpenArticle:
    number: int
    title: str
    line: int
    opening: list[_Line] = field(default_factory=list)
    clauses: list[_OpenClause] = field(default_factory=list)

    def take(self, line: _Line) -> None:
        numbered = _NUMBERED.fullmatch(line.text)
        if numbered and int(numbered[1]) != self.number:
            raise Refused(f"Line {line.number}: clause {numbered[1]}.{numbered[2]} stands in article {self.number}.")
        if numbered:
            last = self.clauses[-1].number if self.clauses else 0
            _expect(line, f"Clause {self.number}, paragraph", int(numbered[2]), last)
            self.start(int(numbered[2]), _Line(line.number, numbered[3] or ""))
        elif unread := _UNREAD.fullmatch(line.text):
            raise _unread(line, unread)
        elif self.clauses:
            self.clauses[-1].lines.append(line)
        else:
            self.opening.append(line)

    def start(self, number: int, line: _Line) -> None:
        self.clauses.append(_OpenClause(number, [line] if line.text else [], line.number))

    def close(self, ref: str, module: str, layout: Layout) -> Article:
        if not self.clauses:
            whole = _clause(ref, str(self.number), self.title, module, self.opening, self.line, layout)
            return Article(str(self.number), self.title, "", (whole,), self.line)
        clauses = tuple(
            _clause(ref, f"{self.number}.{c.number}", self.title, module, c.lines, c.line, layout) for c in self.clauses
        )
        opening = "\n".join(line.text for line in self.opening)
        return Article(str(self.number), self.title, opening, clauses, self.line)


@dataclass
class _OpenModule:
    slug: str
    heading: str
    opening: list[_Line]
    articles: list[_OpenArticle]

    def close(self, ref: str, layout: Layout) -> Module:
        articles = tuple(article.close(ref, self.slug, layout) for article in self.articles)
        if not self.opening:
            return Module(self.slug, self.heading, None, articles)
        number, line = f"module:{self.slug}", self.opening[0].number
        opening = _clause(ref, number, self.heading, self.slug, self.opening, line, layout)
        return Module(self.slug, self.heading, opening, articles)


def _clause(ref: str, number: str, title: str, module: str, lines: list[_Line], line: int, layout: Layout) -> Clause:
    if not lines:
        raise Refused(f"Line {line}: clause {number} has a number but no text.")
    table = next((t for t in layout.tables if t.clause == number), None)
    parts = tuple(_parts([entry.text for entry in lines], table, layout.labels.get(number, ())))
    return Clause(ref, number, title, module, parts, line)


def _parts(lines: list[str], table: TableLayout | None, labels: tuple[str, ...]) -> Iterator[Part]:
    """Lines of one clause as paragraphs, lists, the clause's table and its labelled parts, in the order of the text."""
    at = 0
    while at < len(lines):
        part, used = _part(lines[at:], table, labels)
        yield part
        at += used


def _part(lines: list[str], table: TableLayout | None, labels: tuple[str, ...]) -> tuple[Part, int]:
    first = lines[0]
    if table and first == " ".join(table.columns):
        rows = list(_while(table.row, lines[1:]))
        return Table(table.columns, tuple(tuple(row.groups()) for row in rows)), 1 + len(rows)
    if first in labels:
        body = _until(labels, lines[1:])
        return Labelled(first, "\n".join(body)), 1 + len(body)
    if (lettered := list(_while(_LETTERED, lines))) and lettered[0][1].startswith("a"):
        items = list(_in_order(lettered))
        return Listing("lettered", tuple(Item(item[1], item[2]) for item in items)), len(items)
    if bulleted := list(_while(_BULLETED, lines)):
        return Listing("bulleted", tuple(Item(item[1], item[2]) for item in bulleted)), len(bulleted)
    return Paragraph(first), 1


def _while(pattern: re.Pattern[str], lines: list[str]) -> Iterator[re.Match[str]]:
    for line in lines:
        if not (match := pattern.fullmatch(line)):
            return
        yield match


def _until(stops: tuple[str, ...], lines: list[str]) -> list[str]:
    end = next((at for at, line in enumerate(lines) if line in stops), len(lines))
    return lines[:end]


def _in_order(items: list[re.Match[str]]) -> Iterator[re.Match[str]]:
    for at, item in enumerate(items):
        if item[1][0] != chr(ord("a") + at):
            return
        yield item


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
