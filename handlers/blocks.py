"""Values as Block Kit; the only place that escapes for mrkdwn and knows Slack's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from knowledge import days
from knowledge.clauses import Labelled, Listing, Paragraph, Part, Table
from knowledge.diff import Run
from knowledge.lookup import Passage, printed
from knowledge.refused import Refused

Block = dict[str, Any]

# https://docs.slack.dev/reference/block-kit: section text 3,000, button text 75, blocks a message 50; a rich text
# element has no stated limit, so long paragraphs are laid in pieces of a section's size.
SECTION = 3_000
# What a button's value holds at most.
CARRIED = 2_000
PIECE = 2_900
BUTTON = 75
ROW = 5
# A message's text is cut at 40,000 characters; a quotation is never cut, so a longer passage is refused.
QUOTATION = 12_000


def escape(text: str) -> str:
    """Text that Slack shows as it is: no mention, link or entity comes out of it (docs.slack.dev, 'Escaping text')."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shorten(text: str, most: int) -> str:
    """Text of at most ``most`` characters, with an ellipsis where something was left out."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def moment(at: datetime, zone: str, *, ago: bool = False) -> str:
    """An instant as mrkdwn: as each reader's own clock shows it, and as the governing zone does.

    With ``ago`` Slack also tells how far off it is, and keeps that true while the message stands
    (https://docs.slack.dev/messaging/formatting-message-text#date-formatting).
    """
    local = days.in_zone(at, days.zone(zone))
    said = f"{days.spoken(local)} {local:%H:%M}"
    far = ", {ago}" if ago else ""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}{far}|{said}> ({said}, {zone})"


def section(mrkdwn: str) -> Block:
    """A paragraph; its mrkdwn must be escaped already."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": shorten(mrkdwn, SECTION)}}


def context(*mrkdwn: str) -> Block:
    """Small print; its mrkdwn must be escaped already."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": shorten(line, SECTION)} for line in mrkdwn],
    }


def button(label: str, action: str, value: str, **more: Any) -> Block:
    """A button; ``action`` is the action id that a listener answers."""
    text = {"type": "plain_text", "text": shorten(label, BUTTON), "emoji": False}
    return {"type": "button", "text": text, "action_id": action, "value": value, **more}


def rows(buttons: Sequence[Block]) -> list[Block]:
    """Buttons in rows that fit a phone."""
    return [{"type": "actions", "elements": list(buttons[at : at + ROW])} for at in range(0, len(buttons), ROW)]


def quotation(passage: Passage) -> list[Block]:
    """A passage verbatim: paragraphs as quotes, lists as lists, tables as tables; Refused where Slack cannot hold it."""
    if len(passage.text) > QUOTATION:
        raise Refused(
            f"{passage.ref} has {len(passage.text):,} characters, more than fit one Slack message; "
            "ask for its clauses one by one."
        )
    if passage.parts:
        return _laid_out(passage.parts)
    blocks: list[Block] = []
    for clause in passage.clauses:
        blocks += [_rich(_quote(_bold(printed(passage.document, clause)))), *_laid_out(clause.parts)]
    return _joined(blocks)


def quoted(blocks: Iterable[Block]) -> list[str]:
    """The words that quotation blocks show, a paragraph, entry or row each, for comparing them with the source."""
    return [words for block in blocks for words in _shown(block) if words]


def quote(label: str, words: str) -> Block:
    """Words under the name of where they stand."""
    return _rich(_quote(_bold(label), {"type": "text", "text": "\n"}, *_pieces(words)))


def table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> Block:
    """A table, its sums to the right; Slack takes one a message, of up to 100 rows and 20 columns."""
    lines = [[{"type": "raw_text", "text": cell} for cell in row] for row in (columns, *cells)]
    settings = [{"align": "right" if column == "EUR" else "left"} for column in columns]
    return {"type": "table", "rows": lines, "column_settings": settings}


def runs(words: Iterable[Run]) -> Block:
    """Reworded text: removed words struck through, added words in bold, both also marked by brackets and plus signs."""
    texts: list[Block] = []
    for run in words:
        match run.kind:
            case "removed":
                texts.append({"type": "text", "text": f"[-{run.words.strip()}-] ", "style": {"strike": True}})
            case "added":
                texts.append({"type": "text", "text": f"{{+{run.words.strip()}+}} ", "style": {"bold": True}})
            case "same":
                texts += _pieces(run.words)
    return _rich({"type": "rich_text_section", "elements": texts})


def _laid_out(parts: Iterable[Part]) -> list[Block]:
    blocks: list[Block] = []
    for part in parts:
        match part:
            case Paragraph(text):
                blocks.append(_rich(_quote(*_pieces(text))))
            case Labelled(label, body):
                blocks.append(_rich(_quote(_bold(label)), _quote(*_pieces(body))))
            case Listing(kind, items):
                lines = [f"{i.marker} {i.text}" if kind == "lettered" else i.text for i in items]
                blocks.append(_rich(_list(lines)))
            case Table(columns, cells):
                blocks.append(table(columns, cells))
    return _joined(blocks)


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Neighbouring rich text as one block, so that a long article stays within Slack's number of blocks."""
    joined: list[Block] = []
    for block in blocks:
        if joined and block["type"] == joined[-1]["type"] == "rich_text":
            joined[-1] = _rich(*joined[-1]["elements"], *block["elements"])
        else:
            joined.append(block)
    return joined


def _rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def _quote(*texts: Block) -> Block:
    return {"type": "rich_text_quote", "elements": list(texts)}


def _bold(text: str) -> Block:
    return {"type": "text", "text": text, "style": {"bold": True}}


def _pieces(text: str) -> list[Block]:
    return [{"type": "text", "text": text[at : at + PIECE]} for at in range(0, len(text), PIECE)]


def _list(lines: Iterable[str]) -> Block:
    sections = [{"type": "rich_text_section", "elements": _pieces(line)} for line in lines]
    return {"type": "rich_text_list", "style": "bullet", "border": 1, "elements": sections}


def _shown(block: Block) -> Iterable[str]:
    if block["type"] == "table":
        return [" ".join(cell["text"] for cell in row) for row in block["rows"]]
    return [
        "".join(text["text"] for text in texts)
        for element in block.get("elements", ())
        for texts in (
            [line["elements"] for line in element["elements"]]
            if element["type"] == "rich_text_list"
            else [element["elements"]]
        )
    ]
