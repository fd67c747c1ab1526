"""Emoji by Slack's names, from the list that the page is served (`page/emoji.txt`)."""

import re
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent / "page" / "emoji.txt"
TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
FIRST_TONE = 2  # Slack counts skin tones from 2 to 6


@cache
def pictures() -> dict[str, str]:
    """The picture of every name."""
    lines = [
        line.split(" ") for line in LIST.read_text(encoding="utf-8").splitlines() if line[:1] not in ("", "#", "=")
    ]
    return {name: picture for picture, *names in lines for name in names}


@cache
def names() -> dict[str, str]:
    """Slack's first name of every picture."""
    found: dict[str, str] = {}
    for name, picture in pictures().items():
        found.setdefault(picture, name)
    return found


@cache
def typed_picture() -> re.Pattern[str]:
    """A picture as typed, with a skin tone behind it."""
    longest_first = sorted(names(), key=len, reverse=True)
    beginnings = "".join(sorted({re.escape(picture[0]) for picture in longest_first}))
    return re.compile(f"(?=[{beginnings}])({'|'.join(map(re.escape, longest_first))})([{TONES}])?")


def element(name: str, tone: int | None) -> dict[str, object]:
    """The rich text element of an emoji; `tone` is Slack's number of a skin tone."""
    code = [f"{ord(character):04x}" for character in pictures()[name]]
    if tone:
        code.append(f"{ord(TONES[tone - FIRST_TONE]):04x}")
    return {"type": "emoji", "name": name, "unicode": "-".join(code), **({"skin_tone": tone} if tone else {})}


def tone_of(character: str | None) -> int | None:
    """Slack's number of a skin tone's character."""
    return TONES.index(character) + FIRST_TONE if character else None
