"""What a person types in the composer, turned into the text and rich text that Slack stores.

https://docs.slack.dev/messaging/formatting-message-text and
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workspace import emoji
from workspace.errors import Json
from workspace.records import Channel, Group, User

# Mentions that a composer has already resolved, then what it resolves itself: @name, #name, addresses.
TOKEN = re.compile(
    r"<@(?P<user_id>[UW][A-Z0-9]+)(?:\|[^>]*)?>|<#(?P<channel_id>C[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|<!subteam\^(?P<group_id>S[A-Z0-9]+)(?:\|[^>]*)?>"
    r"|(?<![\w@])@(?P<name>[\w.-]*\w)|(?<![\w#])#(?P<channel_name>[\w-]+)|(?P<url>https?://[^\s<>]+)"
)
BROADCASTS = frozenset({"here", "channel", "everyone"})
CODE = re.compile(r"`([^`\n]+)`")
LABELLED = re.compile(r"\[([^\[\]\n]+)\]\((https?://[^\s()]+)\)")
EMOJI = re.compile(r":([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:")
STYLES = {
    style: re.compile(rf"(?<!\w)[{mark}](?=\S)([^{mark}\n]*[^{mark}\s])[{mark}](?!\w)")
    for style, mark in (("bold", "*"), ("italic", "_"), ("strike", "~"))
}
MARKS = {"bold": "*", "italic": "_", "strike": "~"}
FENCE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
ITEM = re.compile(r"(?P<margin> *)(?:(?P<bullet>[-*•])|(?P<number>\d{1,9})\.) +(?P<rest>.+)")
QUOTED = re.compile(r"> ?(.*)")
DEEPEST = 8


@dataclass(frozen=True)
class Names:
    """Whom and what a person can mention: everybody, the user groups, and the channels that this person sees."""

    users: dict[str, User]
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """A rich text element, and the same in Slack's message text."""

    element: Json
    text: str


def escape(text: str) -> str:
    """Slack's three control characters as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mention(match: re.Match[str], names: Names) -> Piece | None:
    group = match.groupdict()
    if group["url"]:
        return Piece({"type": "link", "url": group["url"]}, f"<{escape(group['url'])}>")
    name = (group["name"] or "").lower()
    if name in BROADCASTS:
        return Piece({"type": "broadcast", "range": name}, f"<!{name}>")
    user = group["user_id"] or next((one.id for one in names.users.values() if one.name == name), None)
    if user in names.users:
        return Piece({"type": "user", "user_id": user}, f"<@{user}>")
    team = group["group_id"] or next((one.id for one in names.groups.values() if one.handle == name), None)
    if team in names.groups:
        return Piece({"type": "usergroup", "usergroup_id": team}, f"<!subteam^{team}>")
    by_name = {one.name: one.id for one in names.channels.values() if one.name}
    channel = group["channel_id"] or by_name.get(group["channel_name"] or "")
    return Piece({"type": "channel", "channel_id": channel}, f"<#{channel}>") if channel in names.channels else None


@dataclass(frozen=True)
class Hit:
    """A mark found in a text, and the pieces it makes."""

    start: int
    end: int
    pieces: list[Piece]


Read = Callable[[re.Match[str], Names], list[Piece]]


def _plain(text: str) -> list[Piece]:
    return [Piece({"type": "text", "text": text}, escape(text))] if text else []


def _coded(match: re.Match[str], _: Names) -> list[Piece]:
    return [Piece({"type": "text", "text": match[1], "style": {"code": True}}, f"`{escape(match[1])}`")]


def _labelled(match: re.Match[str], _: Names) -> list[Piece]:
    label, url = match.groups()
    return [Piece({"type": "link", "url": url, "text": label}, f"<{escape(url)}|{escape(label)}>")]


def _mentioned(match: re.Match[str], names: Names) -> list[Piece]:
    piece = _mention(match, names)
    return [piece] if piece else []


def _emoji(match: re.Match[str], _: Names) -> list[Piece]:
    name, tone = match.groups()
    if name not in emoji.pictures():
        return []
    return [Piece(emoji.element(name, int(tone) if tone else None), match[0])]


def _picture(match: re.Match[str], _: Names) -> list[Piece]:
    name, tone = emoji.names()[match[1]], emoji.tone_of(match[2])
    return [Piece(emoji.element(name, tone), f":{name}:" + (f":skin-tone-{tone}:" if tone else ""))]


def _styled(style: str) -> Read:
    def read(match: re.Match[str], names: Names) -> list[Piece]:
        inside = inline(match[1], names)
        mark, last = MARKS[style], len(inside) - 1
        return [
            Piece(
                one.element | {"style": {**one.element.get("style", {}), style: True}},
                f"{mark if at == 0 else ''}{one.text}{mark if at == last else ''}",
            )
            for at, one in enumerate(inside)
        ]

    return read


READERS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (CODE, _coded),
    (LABELLED, _labelled),
    (TOKEN, _mentioned),
    (EMOJI, _emoji),
    *((pattern, _styled(style)) for style, pattern in STYLES.items()),
)


def _readers(text: str) -> tuple[tuple[re.Pattern[str], Read], ...]:
    """What can be found in a text; pictures of emoji only where there is more than ASCII."""
    return READERS if text.isascii() else (*READERS, (emoji.typed_picture(), _picture))


def _next(pattern: re.Pattern[str], read: Read, text: str, at: int, names: Names) -> Hit | None:
    for match in pattern.finditer(text, at):
        if pieces := read(match, names):
            return Hit(match.start(), match.end(), pieces)
    return None


def inline(text: str, names: Names) -> list[Piece]:
    """The pieces of one line: code, links, mentions, emoji, and bold, italic or struck text; the first mark wins."""
    done: list[Piece] = []
    at = 0
    readers = _readers(text)
    ahead = [_next(pattern, read, text, at, names) for pattern, read in readers]
    while hits := [hit for hit in ahead if hit]:
        hit = min(hits, key=lambda one: one.start)
        done += [*_plain(text[at : hit.start]), *hit.pieces]
        at = hit.end
        for place, (pattern, read) in enumerate(readers):
            known = ahead[place]
            if known and known.start < at:
                ahead[place] = _next(pattern, read, text, at, names)
    return [*done, *_plain(text[at:])]


def _part(kind: str, pieces: list[Piece], **more: object) -> Json:
    return {"type": kind, "elements": [piece.element for piece in pieces], **more}


@dataclass(frozen=True)
class Rich:
    """A typed text as a rich text block's elements, and as Slack's message text."""

    parts: list[Json]
    text: str

    def block(self, block_id: str) -> Json:
        """The rich text block."""
        return {"type": "rich_text", "block_id": block_id, "elements": self.parts}


def _joined(lines: list[list[Piece]]) -> list[Piece]:
    """Lines with breaks between them; texts of the same style that touch become one."""
    done: list[Piece] = []
    for at, line in enumerate(lines):
        for piece in [*([Piece({"type": "text", "text": "\n"}, "\n")] if at else []), *line]:
            before = done[-1] if done else None
            if before and _is_bare(before) and _is_bare(piece):
                text = before.element["text"] + piece.element["text"]
                done[-1] = Piece({"type": "text", "text": text}, before.text + piece.text)
            else:
                done.append(piece)
    return done


def _is_bare(piece: Piece) -> bool:
    return piece.element["type"] == "text" and "style" not in piece.element


def _kind(line: str) -> tuple[str, str]:
    """Which sort of line it is, and what follows its mark."""
    if quoted := QUOTED.fullmatch(line):
        return "quote", quoted[1]
    if item := ITEM.fullmatch(line):
        return ("bullet" if item["bullet"] else "ordered"), item["rest"]
    return "section", line


def _margin(line: str) -> int:
    return min(DEEPEST, (len(line) - len(line.lstrip(" ")) + 2) // 4)


def _list(kind: str, lines: list[str], names: Names) -> Iterator[tuple[Json, str]]:
    """One rich_text_list for each run of items of the same depth."""
    at = 0
    while at < len(lines):
        depth = _margin(lines[at])
        end = next((later for later in range(at, len(lines)) if _margin(lines[later]) != depth), len(lines))
        items = [inline(_kind(line)[1], names) for line in lines[at:end]]
        part: Json = {
            "type": "rich_text_list",
            "style": kind,
            "indent": depth,
            "border": 0,
            "elements": [_part("rich_text_section", item) for item in items],
        }
        first = int(lines[at].split(".")[0]) if kind == "ordered" else 1
        if first > 1:
            part["offset"] = first - 1
        marks = ["•" if kind == "bullet" else f"{first + number}." for number in range(len(items))]
        said = [f"{' ' * 4 * depth}{mark} {_said(item)}" for mark, item in zip(marks, items, strict=True)]
        yield part, "\n".join(said)
        at = end


def _said(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _prose(text: str, names: Names) -> Iterator[tuple[Json, str]]:
    """The parts of a text without code blocks, each with its message text."""
    runs: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        kind = _kind(line)[0]
        if runs and runs[-1][0] == kind:
            runs[-1][1].append(line)
        else:
            runs.append((kind, [line]))
    for kind, lines in runs:
        if kind in ("bullet", "ordered"):
            yield from _list(kind, lines, names)
            continue
        pieces = _joined([inline(_kind(line)[1], names) for line in lines])
        if kind == "section":
            yield _part("rich_text_section", pieces), _said(pieces)
        else:
            yield _part("rich_text_quote", pieces), "&gt; " + _said(pieces).replace("\n", "\n&gt; ")


def rich(text: str, names: Names) -> Rich:
    """A typed text with its formatting: sections, lists, quotes and code blocks."""
    done: list[tuple[Json, str]] = []
    start = 0
    for fence in [*FENCE.finditer(text), None]:
        between = text[start : fence.start() if fence else len(text)]
        between = between.removeprefix("\n") if start else between
        if between.removesuffix("\n"):
            done += _prose(between.removesuffix("\n") if fence else between, names)
        if fence:
            code = {"type": "text", "text": fence[1]}
            done.append(
                ({"type": "rich_text_preformatted", "elements": [code], "border": 0}, f"```{escape(fence[1])}```")
            )
            start = fence.end()
    return Rich([part for part, _ in done], "\n".join(said for _, said in done))


def command_text(text: str, names: Names, *, resolve: bool) -> str:
    """The `text` of a slash command: escaped, and with should_escape (`resolve`) mentions as <@U1|name>."""
    if not resolve:
        return escape(text)
    parts, start = [], 0
    for match in TOKEN.finditer(text):
        piece = _mention(match, names)
        if piece is not None:
            parts += [escape(text[start : match.start()]), _named(piece, names)]
            start = match.end()
    return "".join([*parts, escape(text[start:])])


def _named(piece: Piece, names: Names) -> str:
    """A mention with the name behind it, as commands get it."""
    element = piece.element
    match element["type"]:
        case "user":
            label = names.users[element["user_id"]].name
        case "channel":
            label = names.channels[element["channel_id"]].name
        case "usergroup":
            label = f"@{names.groups[element['usergroup_id']].handle}"
        case _:
            return piece.text
    return f"{piece.text.removesuffix('>')}|{label}>"
