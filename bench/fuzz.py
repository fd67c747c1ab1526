"""Throw strange input at every place where input comes in: ``python -m bench.fuzz --seconds 60``.

Anything but an answer or a refusal is a finding. Prints one JSON line a target: how many inputs, how fast, what was found.
The tests run a little of each (tests/test_fuzz.py).
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import click
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bot.samples import SAMPLES
from handlers import access, blocks, computed, incoming, parse
from knowledge import dates
from knowledge.agreements import read as read_agreement
from knowledge.days import BRUSSELS, zone
from knowledge.inputs import Here
from knowledge.library import Added, Library, load
from knowledge.library import read as read_document
from knowledge.parser import Layout, decode
from knowledge.parser import parse as parse_document
from knowledge.refused import Refused
from knowledge.rules import compute, of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RULES = [(rule.family, rule) for family in ("fee", "deadline") for rule in of(family)]
NASTY = st.sampled_from(
    [
        "", " ", "-1", "0", "1e400", "1e-400", "NaN", "Infinity", "-0", "1.200", "1,200.50", "١٢٣", "²", "½", "9" * 5_000,
        "0x10", "1_000", "today", "tomorrow", "4 dec", "31/2/2026", "29/2/2027", "0000-00-00", "9999-12-31", "0001-01-01",
        "2026-03-29 02:30", "2026-10-25T02:30", "25:61", "24:00", "2026-W53-7", "yes", "no", "perhaps", "BE", "XX", "be-",
        "Europe/Brussels", "../../etc/passwd", "Europe/../x", "acme", "none", "'; drop table audit; --", "<@U0ANNA|x>",
        "<!channel>", "&lt;", "\x00", "\ud7ff", "\u202e", "a\u0300" * 200, "😀", "'", '"', "“", "\\", "=", "a=b", "[]",
        "100%", "101%", "€ 5", "5 EUR", "-€5", "3d", "1h30", "8-17", "mon-fri", "30000,40000", ",,,", ";", "a\nb",
    ]
)  # fmt: skip
VALUES = NASTY | st.text(max_size=40) | st.dates().map(str) | st.datetimes().map(str) | st.decimals().map(str)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(VALUES, inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True)
class Target:
    """A place where input comes in: what it may be given, and what takes it; Refused is the only exception allowed."""

    name: str
    inputs: SearchStrategy[Any]
    take: Callable[[Any], object]


@cache
def library() -> Library:
    """The built-in documents."""
    return load([])


@cache
def terms() -> str:
    """The text of the longest built-in document."""
    return max((document.text for document in library().documents), key=len)


def names(rule: Any) -> SearchStrategy[str]:
    """A rule's own inputs, and others."""
    return st.sampled_from([field.name for field in rule.fields]) | NASTY


@st.composite
def typed(draw: Any) -> tuple[str, str]:
    """Words behind /fee or /deadline: mostly a kind with inputs, sometimes anything."""
    family, rule = draw(st.sampled_from(RULES))
    if draw(st.integers(0, 9)) == 0:
        return family, draw(st.text(max_size=200))
    pairs = draw(st.lists(st.tuples(names(rule), VALUES), max_size=8))
    quote = draw(st.sampled_from(["", '"', "'", "“"]))
    return family, " ".join([rule.kind, *(f"{name}={quote}{value}{quote}" for name, value in pairs)])


def take_typed(asked: tuple[str, str]) -> object:
    """What /fee and /deadline do with words: understand, compute, render."""
    family, text = asked
    kind, given_ = parse.words(family, incoming.plain(text))  # type: ignore[arg-type]
    return _answer(family, kind, given_)


@st.composite
def form(draw: Any) -> tuple[str, str, Any]:
    """What a form or a batch line may hold: each input as any JSON."""
    family, rule = draw(st.sampled_from(RULES))
    given_ = draw(st.dictionaries(names(rule), JSON, max_size=10)) if draw(st.booleans()) else draw(JSON)
    return family, rule.kind, given_


def take_form(asked: tuple[str, str, Any]) -> object:
    """What a submitted form does: read every field, compute, render."""
    return _answer(*asked)


def _answer(family: Any, kind: str, given_: Any) -> object:
    asked = parse.from_json(family, kind, given_, now=NOW, agreements=lambda _: None)
    found = compute(asked.rule, asked.question, library(), None, id="x", rates=())
    message = computed.message(found)
    json.dumps(found.data, allow_nan=False)
    return message


@st.composite
def document(draw: Any) -> bytes:
    """A contract text with lines lost, doubled, moved or made up; sometimes any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=400))
    lines = terms().splitlines()
    start = draw(st.integers(0, len(lines) - 1))
    kept = lines[start : start + draw(st.integers(1, 60))]
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(kept)))
        match draw(st.sampled_from(["lose", "double", "swap", "new"])):
            case "lose":
                del kept[at : at + 1]
            case "double":
                kept[at:at] = kept[at : at + 1]
            case "swap":
                kept[at : at + 2] = reversed(kept[at : at + 2])
            case _:
                number = draw(
                    st.sampled_from(["Article 1. ", "1.1. ", "99.99. ", "1. ", "a) ", "• ", "Module: ", "\t"])
                )
                kept.insert(at, number + draw(st.text(max_size=30)))
    return "\n".join(kept).encode()


def take_document(raw: bytes) -> object:
    """What ``documents add`` does with a file."""
    text = decode(raw)
    try:
        read_document(Added("itq", "new", date(2026, 1, 1), "T", "O", "a file", text))
    finally:
        parse_document(text, "NEW", Layout())
    return text


@st.composite
def toml(draw: Any) -> str:
    """An agreement with lines lost or doubled and values replaced; sometimes any text."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.text(max_size=200))
    lines = draw(st.sampled_from(SAMPLES)).splitlines()
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines) - 1))
        key = lines[at].partition("=")[0]
        value = draw(
            VALUES.map(lambda text: json.dumps(text, ensure_ascii=False))
            | st.sampled_from(
                ["nan", "inf", "1e999", "[]", "{}", "true", "1979-05-27", "07:32:00", "0o7", "{a = 1}", "[1]"]
            )
        )
        fresh = draw(
            st.sampled_from(["", lines[at], f"{key}= {value}", f"[{key}]", f"[[{key}]]", f'"{key}" = {value}'])
        )
        lines[at : at + 1] = [lines[at], fresh] if draw(st.booleans()) else [fresh]
        if not lines:
            break
    return "\n".join(lines)


def take_toml(text: str) -> object:
    """What ``agreements add`` does with a file."""
    return read_agreement(text, library())


KINDS = ["block_actions", "view_submission", "shortcut", "message_action", "event_callback", "block_suggestion", "x"]
PARTS = st.dictionaries(
    st.sampled_from(
        "user id team_id team channel text type actions action_id view callback_id event thread_ts".split()
    ),
    JSON,
    max_size=6,
)


@st.composite
def delivery(draw: Any) -> dict[str, Any]:
    """A delivery as Slack might send it, with parts missing or of another type."""
    body: dict[str, Any] = {"type": draw(st.sampled_from(KINDS)), "user": {"id": "U0ANNA"}, "trigger_id": "1.1"}
    body |= {"actions": [{"action_id": "kind"}], "view": {"id": "V1", "callback_id": "roles"}, "event_id": "Ev1"}
    body |= {"event": {"type": "message", "user": "U0ANNA"} | draw(PARTS), "callback_id": "x"}
    if draw(st.booleans()):
        body |= {"command": "/fee", "user_id": "U0ANNA", "channel_id": "C1", "text": draw(VALUES)}
    for name in draw(st.lists(st.sampled_from(sorted(body)), max_size=3)):
        body[name] = draw(JSON | PARTS | st.lists(PARTS, max_size=2))
    return body


def take_delivery(body: dict[str, Any]) -> object:
    """What stands before every listener: whose delivery it is, and which role it needs."""
    came = incoming.incoming(body)
    if came is not None and came.user:
        try:
            access.check(came, frozenset({"consultant"}), {role: [] for role in access.ROLES})
        except LookupError:
            return None  # Bolt has no listener for it either
    return came


def take_words(text: str) -> object:
    """What is done with a date, and with any text that is shown."""
    blocks.section(blocks.escape(text) or "x")
    return dates.day(text, Here(NOW, zone(BRUSSELS)), "from")


TARGETS = (
    Target("slash", typed(), take_typed),
    Target("form", form(), take_form),
    Target("document", document(), take_document),
    Target("toml", toml(), take_toml),
    Target("delivery", delivery(), take_delivery),
    Target("date", VALUES, take_words),
)


def fuzz(target: Target, most: int, start: int) -> int:
    """Give a target up to ``most`` inputs from a starting point; how many there were. Raises what it raised, made small."""
    taken = 0

    @seed(start)
    @settings(
        max_examples=most,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(target.inputs)
    def one(value: Any) -> None:
        nonlocal taken
        taken += 1
        try:
            target.take(value)
        except Refused as refused:
            assert str(refused).strip(), "a refusal without a word"

    one()
    return taken


def rounds(target: Target, until: float) -> Iterator[int]:
    """Inputs taken, round by round, until a moment of ``time.monotonic``."""
    while time.monotonic() < until:
        yield fuzz(target, 2_000, random.randrange(2**32))


@click.command()
@click.option("--seconds", type=float, default=60, show_default=True, help="For all targets together.")
@click.option("--target", "only", type=click.Choice([target.name for target in TARGETS]), help="One target alone.")
def main(seconds: float, only: str | None) -> None:
    """Count what goes in, and say what comes out that should not."""
    chosen = [target for target in TARGETS if only in (None, target.name)]
    sound = True
    for target in chosen:
        started, taken, found = time.monotonic(), 0, ""
        try:
            for some in rounds(target, started + seconds / len(chosen)):
                taken += some
        except Exception as error:  # whatever it is, it is the finding
            notes = "; ".join(getattr(error, "__notes__", ()))
            found, sound = f"{type(error).__name__}: {error} ({notes})"[:2_000], False
        took = time.monotonic() - started
        click.echo(
            json.dumps({"target": target.name, "inputs": taken, "per_second": round(taken / took), "found": found})
        )
    raise SystemExit(0 if sound else 1)


if __name__ == "__main__":
    main()
