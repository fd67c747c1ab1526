"""Items from a CSV file and back: every line that is wrong is named with its number, and then nothing is taken in."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge import hardware
from knowledge.fields import Field, read
from knowledge.hardware import FIELDS, Item, to_data
from knowledge.inputs import Here
from knowledge.refused import Refused

MOST_LINES = 50_000
MOST_BYTES = 20_000_000
MORE = (
    Field("text", "Client", "as its agreement has it", name="client"),
    Field("date", "Delivered on", clause="29.4", name="delivered"),
    Field("date", "Insurance proved until", clause="33.6", name="insured_until"),
)
"""What a file may say besides the fields of an item."""
_ITEM = ("tag", "serial", "description", "client", "agreement", "place", "fee", "per", "value", "holder", "ends")
COLUMNS = (*_ITEM, "delivered", "insured_until")
EXPORTED = (*COLUMNS, "state", "returned", "written_off", "charged_until", "alarm")
MOST_COMPARED = 500
NEEDED = ("tag", "description", "fee")
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that a spreadsheet would run."""


@dataclass(frozen=True)
class Row:
    """One line of a file, read: an item, with the day of its delivery and of its insurance where they are known, and
    whether it is in use since.
    """

    line: int
    item: Item
    delivered: date | None
    insured_until: date | None
    in_use: bool = False


@dataclass(frozen=True)
class Sheet:
    """A file that was read: its good rows, and what is wrong with the others, a sentence each."""

    rows: tuple[Row, ...]
    wrong: tuple[str, ...]


def sheet(
    content: bytes, here: Here, clients: Mapping[str, str], known: Callable[[str], bool], most: int = MOST_LINES
) -> Sheet:
    """The items in the bytes of a CSV file (UTF-8, with commas or semicolons).

    ``clients`` names the client of every agreement; ``known`` says which tags are taken.
    Refused where the file as a whole cannot be read: another encoding, a column that is missing or unknown, too long.
    """
    first, *records = [(number, cells) for number, cells in _records(content) if any(map(str.strip, cells))] or [
        (1, [])
    ]
    heads = _heads(first[1])
    if len(records) > most:
        raise Refused(
            f"The file has {len(records):,} lines; {most:,} at most can be taken in at once: cut it into several files."
        )
    rows: list[Row] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    for number, cells in records:
        try:
            row = _row(number, heads, cells, here, clients)
            tag = row.item.tag
            if tag in seen:
                raise Refused(f"{tag} is on line {seen[tag]} already; an asset tag names one item", field="tag")
            seen[tag] = number
            if known(tag):
                raise Refused(f"{tag} is registered already; change it with /hardware edit {tag}", field="tag")
            rows.append(row)
        except Refused as refused:
            column = f", {refused.field}" if refused.field else ""
            said = str(refused).rstrip(".")
            wrong.append(f"Line {number}{column}: {said}{'' if said.endswith('?') else '.'}")
    if not rows and not wrong:
        raise Refused("The file has no items: below the heads there is no line.")
    return Sheet(tuple(rows), tuple(wrong))


def _records(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > MOST_BYTES:
        raise Refused(f"The file has {len(content):,} bytes; {MOST_BYTES:,} at most can be taken in at once.")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused("The file is UTF-16 text; save it as 'CSV UTF-8'.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(
            f"Line {line} is not UTF-8 text (byte {error.start + 1}); save the file as 'CSV UTF-8'."
        ) from None
    if "\0" in text:
        raise Refused("The file has bytes that no text has; save the sheet as 'CSV UTF-8'.")
    head = text.split("\n", 1)[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)

    def records() -> Iterator[tuple[int, list[str]]]:
        start = 1
        try:
            for cells in lines:
                yield start, cells
                start = lines.line_num + 1
        except csv.Error as error:
            raise Refused(f"Line {lines.line_num} is no CSV: {error}; mend its quotes.") from None

    return records()


def _heads(cells: list[str]) -> tuple[str, ...]:
    heads = tuple(cell.strip().lower().replace(" ", "_") for cell in cells)
    if missing := [name for name in NEEDED if name not in heads]:
        raise Refused(f"The column {missing[0]} is missing; a file needs {', '.join(NEEDED)}, and agreement or client.")
    if not {"agreement", "client"} & set(heads):
        raise Refused("The column agreement is missing (or client, where a client has one agreement).")
    for at, head in enumerate(heads):
        if head not in EXPORTED:
            near = difflib.get_close_matches(head, COLUMNS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise Refused(f"There is no column {cells[at]!r}.{hint} There are: {', '.join(COLUMNS)}.")
        if head in heads[:at]:
            raise Refused(f"The column {head} is there twice; keep one of them.")
    return heads


def _row(number: int, heads: tuple[str, ...], cells: list[str], here: Here, clients: Mapping[str, str]) -> Row:
    if len(cells) > len(heads):
        raise Refused(f"there are {len(cells)} cells under {len(heads)} heads; put a text with a comma in quotes")
    given = {head: _cell(head, cell) for head, cell in zip(heads, cells, strict=False)}
    slug, client = _agreement(given.get("agreement", "").lower(), given.get("client", ""), clients)
    values = read((*FIELDS, *MORE), given | {"agreement": slug}, here)
    delivered, insured = (_day(values.pop(name, None)) for name in ("delivered", "insured_until"))
    values.pop("client", None)
    if delivered and delivered > here.today:
        raise Refused("this day has not come yet", field="delivered")
    item = hardware.new(values, client)
    if delivered and item.ends and item.ends < delivered:
        raise Refused("the rental cannot end before the delivery", field="ends")
    return Row(number, item, delivered, insured, _in_use(given, delivered))


TAKEN_IN = ("", "ordered", "delivered", "in use", "end of agreement", "return due")
"""Where what a file says of an item can stand: it is ordered, or with its Client; the rest is no line but a history."""


def _in_use(given: Mapping[str, str], delivered: date | None) -> bool:
    """Whether an exported item was in use; Refused where it has a past that a file cannot tell."""
    state = given.get("state", "").lower()
    if state not in TAKEN_IN:
        raise Refused(f"it is {state}; a file takes in what is ordered or with its Client", field="state")
    for name in ("returned", "written_off", "charged_until", "alarm"):
        if given.get(name):
            raise Refused("it has a past that a file cannot tell; restore a backup instead", field=name)
    if state not in ("", "ordered") and not delivered:
        raise Refused(f"it is {state}; say since when it is delivered", field="delivered")
    if state == "ordered" and delivered:
        raise Refused("it is ordered, and so was not delivered yet", field="delivered")
    return state == "in use"


def _agreement(slug: str, client: str, clients: Mapping[str, str]) -> tuple[str, str]:
    """The agreement that a line means, and its client; a client with one agreement is enough."""
    if slug:
        found = clients.get(slug)
        if found is None:
            # Of very many names each would be compared with each wrong line.
            near = difflib.get_close_matches(slug, clients, 1) if len(clients) <= MOST_COMPARED else []
            hint = f"; did you mean {near[0]}?" if near else "; register it with /agreement"
            raise Refused(f"there is no agreement {slug!r}{hint}", field="agreement")
        if client and client.casefold() != found.casefold():
            raise Refused(f"{slug} is an agreement with {found}, not with {client!r}", field="client")
        return slug, found
    if not client:
        raise Refused("name an agreement, or a client with one agreement", field="agreement")
    theirs = [name for name, of in clients.items() if of.casefold() == client.casefold()]
    if not theirs:
        raise Refused(f"there is no client {client!r}; register its agreement with /agreement", field="client")
    if len(theirs) > 1:
        raise Refused(f"{client!r} has several agreements: {', '.join(theirs[:10])}; name one", field="agreement")
    return theirs[0], clients[theirs[0]]


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _cell(head: str, cell: str) -> str:
    """A cell's words; an apostrophe that an export put before a formula is taken off again."""
    words = cell.strip()
    if words[:1] == "'" and words[1:2] in FORMULA:
        return words[1:]
    if words[:1] in FORMULA:
        raise Refused(f"the cell begins with {words[:1]!r}, as a formula does; write the value itself", field=head)
    return words


def rows(items: Iterable[tuple[Item, str]]) -> bytes:
    """Items with where they stand as CSV: UTF-8 with a byte order mark; what a spreadsheet would run is led by an
    apostrophe.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, EXPORTED, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for item, state in items:
        writer.writerow({name: safe(text) for name, text in (_texts(item) | {"state": state}).items()})
    return out.getvalue().encode("utf-8-sig", "replace")


def _texts(item: Item) -> dict[str, str]:
    return {name: text for name, text in to_data(item).items() if isinstance(text, str)}


def safe(text: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text[:1] in FORMULA or text.lstrip()[:1] in FORMULA else text


def tags(content: bytes, most: int) -> tuple[str, ...]:
    """The asset tags in a CSV file: its column ``tag``, or its only column; Refused as ``sheet`` refuses."""
    records = _records(content)
    _, heads = next(records, (1, []))
    named = [head.strip().lower() for head in heads]
    if "tag" not in named and len(named) != 1:
        raise Refused("The column tag is missing.", field="file")
    column = named.index("tag") if "tag" in named else 0
    cells = [cells[column] for _, cells in records if len(cells) > column and cells[column].strip()]
    if "tag" not in named:
        cells = [heads[0], *cells]
    found = tuple(dict.fromkeys(hardware.tag(cell) for cell in cells))
    if not 0 < len(found) <= most:
        raise Refused(f"The file names {len(found):,} items; from 1 to {most:,} can be moved at once.", field="file")
    return found
