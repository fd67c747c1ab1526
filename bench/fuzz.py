"""Throw strange input at every place where input comes in: ``python -m bench.fuzz --seconds 60``.

Anything but an answer or a refusal is a finding. Prints one JSON line a target: how many inputs, how fast, and what was
found with the number that makes it again. The tests give each target a few, chosen and made small by hypothesis
(tests/test_fuzz.py); here plain chance is a hundred times faster.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random, SystemRandom
from traceback import extract_tb
from typing import Any
from urllib.parse import urlencode

import click

from bot.samples import SAMPLES
from bot.web import read
from handlers import access, blocks, computed, incoming, parse
from knowledge import dates
from knowledge.agreements import read as read_agreement
from knowledge.answer import Family
from knowledge.days import BRUSSELS, zone
from knowledge.hardware_rows import EXPORTED, sheet
from knowledge.inputs import Here
from knowledge.library import Added, Library, load
from knowledge.library import read as read_document
from knowledge.parser import Layout, decode
from knowledge.parser import parse as parse_document
from knowledge.refused import Refused
from knowledge.rules import compute, of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FAMILIES: tuple[Family, ...] = ("fee", "deadline")
RULES = [(family, rule) for family in FAMILIES for rule in of(family)]
NASTY = (
    "", " ", "-1", "0", "1e400", "1e-400", "NaN", "Infinity", "-0", "1.200", "1,200.50", "١٢٣", "²", "½", "9" * 5_000,
    "0x10", "1_000", "today", "tomorrow", "4 dec", "31/2/2026", "29/2/2027", "0000-00-00", "9999-12-31", "0001-01-01",
    "2026-03-29 02:30", "2026-10-25T02:30", "25:61", "24:00", "2026-W53-7", "yes", "no", "perhaps", "BE", "XX", "be-",
    "Europe/Brussels", "../../etc/passwd", "Europe/../x", "acme", "none", "'; drop table audit; --", "<@U0ANNA|x>",
    "<!channel>", "&lt;", "\x00", "\ud7ff", "\u202e", "a\u0300" * 200, "😀", "'", '"', "“", "\\", "=", "a=b", "[]",
    "100%", "101%", "€ 5", "5 EUR", "-€5", "3d", "1h30", "8-17", "mon-fri", "30000,40000", ",,,", ";", "a\nb",
)  # fmt: skip
SIGNS = "abcxyzABCXYZ0123456789 .,:;-_/=%€$#@!?&<>|()[]{}'\"\\\n\t“”‘’éßñıİ٣²½\u0000\u0301\u200b\u202e\ud7ff😀"


@dataclass(frozen=True)
class Target:
    """A place where input comes in: what it may be given, and what takes it; Refused is the only exception allowed."""

    name: str
    make: Callable[[Random], Any]
    take: Callable[[Any], object]


@cache
def library() -> Library:
    """The built-in documents."""
    return load([])


@cache
def lines_of_terms() -> tuple[str, ...]:
    """The lines of a built-in document."""
    text = Path("knowledge/documents/itq/text.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def text(by: Random, most: int) -> str:
    """Any characters."""
    return "".join(by.choice(SIGNS) for _ in range(by.randint(0, most)))


def value(by: Random) -> str:
    """What a person may type where one value is wanted: a strange one, a likely one, or anything."""
    match by.randint(0, 5):
        case 0:
            return text(by, 20)
        case 1:
            return str(date(2026, 1, 1) + timedelta(days=by.randint(-4_000, 40_000)))
        case 2:
            return str(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=by.randint(-(10**6), 10**6)))[:16]
        case 3:
            return f"{by.randint(-10, 10 ** by.randint(0, 12))}.{by.randint(0, 999)}"
        case 4:
            return str(by.randint(0, 400))
        case _:
            return by.choice(NASTY)


def anything(by: Random, depth: int = 3) -> Any:
    """Any JSON."""
    match by.randint(0, 7 if depth else 5):
        case 0:
            return by.choice([None, True, False, float("nan"), float("inf"), -0.0, 1e300])
        case 1:
            return by.randint(-(10**20), 10**20)
        case 2 | 3 | 4 | 5:
            return value(by)
        case 6:
            return [anything(by, depth - 1) for _ in range(by.randint(0, 4))]
        case _:
            return {value(by): anything(by, depth - 1) for _ in range(by.randint(0, 4))}


def name(by: Random, rule: Any) -> str:
    """Mostly one of a rule's own inputs."""
    return value(by) if by.randint(0, 15) == 0 else by.choice([field.name for field in rule.fields])


def typed(by: Random) -> tuple[Family, str]:
    """Words behind /fee or /deadline: mostly a kind with inputs, sometimes anything."""
    family, rule = by.choice(RULES)
    if by.randint(0, 19) == 0:
        return family, text(by, 200)
    quote = by.choice(["", '"', "'", "“"])
    pairs = [f"{name(by, rule)}={quote}{value(by)}{quote}" for _ in range(by.randint(0, 8))]
    return family, " ".join([rule.kind, *pairs])


def take_typed(asked: tuple[Family, str]) -> object:
    """What /fee and /deadline do with words: understand, compute, render."""
    family, said = asked
    kind, given = parse.words(family, incoming.plain(said))
    return _answer(family, kind, given)


def form(by: Random) -> tuple[str, str, Any]:
    """What a form or a batch line may hold: each input as any JSON."""
    family, rule = by.choice(RULES)
    if by.randint(0, 19) == 0:
        return family, rule.kind, anything(by)
    return family, rule.kind, {name(by, rule): anything(by) for _ in range(by.randint(0, 10))}


def take_form(asked: tuple[str, str, Any]) -> object:
    """What a submitted form does: read every field, compute, render."""
    return _answer(*asked)


def _answer(family: Any, kind: str, given: Any) -> object:
    asked = parse.from_json(family, kind, given, now=NOW, agreements=lambda _: None)
    found = compute(asked.rule, asked.question, library(), None, id="x", rates=())
    json.dumps(found.data, allow_nan=False)
    return computed.message(found)


def document(by: Random) -> bytes:
    """A contract text with lines lost, doubled, swapped or made up; sometimes any bytes."""
    if by.randint(0, 19) == 0:
        return by.randbytes(by.randint(0, 400))
    lines = lines_of_terms()
    start = by.choice([0, by.randint(0, len(lines) - 1)])
    kept = list(lines[start : start + by.randint(1, 60)])
    for _ in range(by.randint(0, 6)):
        at = by.randint(0, len(kept))
        match by.randint(0, 3):
            case 0:
                del kept[at : at + 1]
            case 1:
                kept[at:at] = kept[at : at + 1]
            case 2:
                kept[at : at + 2] = reversed(kept[at : at + 2])
            case _:
                number = by.choice(
                    ["Article 1. ", "1.1. ", "99.99. ", "1. ", "a) ", "• ", "Module: ", "\t", "Article 9"]
                )
                kept.insert(at, number + text(by, 30))
    return "\n".join(kept).encode("utf-8", "surrogatepass")


def take_document(raw: bytes) -> object:
    """What ``documents add`` does with a file, of a known document and of a new one."""
    said = decode(raw)
    refusals = []
    for reading in (
        lambda: read_document(Added("itq", "new", date(2026, 1, 1), "T", "O", "a file", said)),
        lambda: parse_document(said, "NEW", Layout()),
    ):
        try:
            reading()
        except Refused as refused:
            refusals.append(str(refused))
    return refusals


def toml(by: Random) -> str:
    """An agreement with lines lost or doubled and values replaced; sometimes any text."""
    if by.randint(0, 19) == 0:
        return text(by, 200)
    lines = by.choice(SAMPLES).splitlines()
    odd = ["nan", "inf", "1e999", "[]", "{}", "true", "1979-05-27", "07:32:00", "0o7", "{a = 1}", "[1]", "-1", "2.5"]
    for _ in range(by.randint(1, 5)):
        at = by.randint(0, len(lines) - 1)
        key = lines[at].partition("=")[0]
        put = by.choice([json.dumps(value(by), ensure_ascii=by.choice([True, False])), by.choice(odd)])
        fresh = by.choice(["", lines[at], f"{key}= {put}", f"[{key}]", f"[[{key}]]", f'"{key}" = {put}'])
        lines[at : at + 1] = [lines[at], fresh] if by.randint(0, 1) else [fresh]
    return "\n".join(lines)


def take_toml(said: str) -> object:
    """What ``agreements add`` does with a file."""
    return read_agreement(said, library())


KINDS = ("block_actions", "view_submission", "shortcut", "message_action", "event_callback", "block_suggestion", "x")
PARTS = "user id team_id team channel text type actions action_id view callback_id event thread_ts".split()


def delivery(by: Random) -> dict[str, Any]:
    """A delivery as Slack might send it, with parts missing or of another type."""

    def parts() -> dict[str, Any]:
        return {by.choice(PARTS): anything(by, 2) for _ in range(by.randint(0, 4))}

    body: dict[str, Any] = {"type": by.choice(KINDS), "user": {"id": "U0ANNA"}, "trigger_id": "1.1"}
    body |= {"actions": [{"action_id": "kind"}], "view": {"id": "V1", "callback_id": "roles"}, "event_id": "Ev1"}
    body |= {"event": {"type": "message", "user": "U0ANNA"} | parts(), "callback_id": "x"}
    if by.randint(0, 1):
        body |= {"command": "/fee", "user_id": "U0ANNA", "channel_id": "C1", "text": value(by)}
    for _ in range(by.randint(0, 3)):
        name = by.choice(list(body))
        match by.randint(0, 3):
            case 0:
                del body[name]
            case 1:
                body[name] = anything(by)
            case 2:
                body[name] = parts()
            case _:
                body[name] = [parts() for _ in range(by.randint(0, 2))]
        if not body:
            break
    return body


def take_delivery(body: dict[str, Any]) -> object:
    """What stands before every listener: whose delivery it is, and which role it needs."""
    came = incoming.incoming(body)
    if came is not None and came.user:
        try:
            access.required(came)
        except LookupError:
            return None  # Bolt has no listener for it either
    return came


def body(by: Random) -> bytes:
    """A delivery on its way: as JSON or as a form, cut off, with bytes changed or doubled; sometimes any bytes."""
    if by.randint(0, 19) == 0:
        return by.randbytes(by.randint(0, 400))
    told = delivery(by)
    match by.randint(0, 2):
        case 0:
            raw = json.dumps(told).encode()
        case 1:
            raw = urlencode({"payload": json.dumps(told)}).encode()
        case _:
            raw = urlencode({name: str(said) for name, said in told.items()}, errors="replace").encode()
    for _ in range(by.randint(0, 3)):
        at = by.randint(0, len(raw))
        raw = raw[:at] + by.choice([b"", raw[: by.randint(0, 9)], by.randbytes(2)]) + raw[at + by.randint(0, 2) :]
    return raw


def take_body(raw: bytes) -> object:
    """What is done with the bytes of a request before anything listens to it: read, and understood as a delivery."""
    try:
        kind = "application/json" if raw.startswith((b"{", b"[")) else "application/x-www-form-urlencoded"
        request = read(raw, "", {"content-type": kind})
    except ValueError:
        return None  # answered with 400
    return take_delivery(request.body)


def csv(by: Random) -> bytes:
    """A list of items as a spreadsheet might save it, with cells and columns that do not fit; sometimes any bytes."""
    if by.randint(0, 19) == 0:
        return by.randbytes(by.randint(0, 300))
    comma, quote = by.choice([",", ";", "\t"]), by.choice(["", '"', "'"])
    heads = by.sample([*EXPORTED], by.randint(1, len(EXPORTED))) if by.randint(0, 3) else [value(by), *EXPORTED]
    if by.randint(0, 3):
        heads = list(EXPORTED)
    rows = [[f"{quote}{value(by)}{quote}" for _ in range(len(heads) + by.choice([0, 0, 0, 1, -1]))] for _ in range(5)]
    saved = by.choice(["\n", "\r\n"]).join(comma.join(row) for row in [heads, *rows])
    return saved.encode(by.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]), "replace")


def take_csv(raw: bytes) -> object:
    """What ``hardware import`` does with a file."""
    return sheet(raw, Here(NOW, zone(BRUSSELS)), {"acme": "Acme NV"}, lambda tag: tag == "LT-001")


def take_words(said: str) -> object:
    """What is done with a date, and with any text that is shown."""
    blocks.section(blocks.escape(said) or "x")
    return dates.day(said, Here(NOW, zone(BRUSSELS)), "from")


TARGETS = (
    Target("slash", typed, take_typed),
    Target("form", form, take_form),
    Target("document", document, take_document),
    Target("toml", toml, take_toml),
    Target("csv", csv, take_csv),
    Target("delivery", delivery, take_delivery),
    Target("body", body, take_body),
    Target("date", value, take_words),
)


def give(target: Target, by: Random) -> None:
    """One input to a target; raises what should not be raised, a refusal without a word among it."""
    made = target.make(by)
    try:
        target.take(made)
    except Refused as refused:
        if not str(refused).strip():
            raise AssertionError("a refusal without a word") from refused


@click.command()
@click.option("--seconds", type=float, default=60, show_default=True, help="For all targets together.")
@click.option("--target", "only", type=click.Choice([target.name for target in TARGETS]), help="One target alone.")
@click.option("--again", type=int, help="One input alone, by the number that a finding bears.")
def main(seconds: float, only: str | None, again: int | None) -> None:
    """Count what goes in, and say what comes out that should not."""
    chosen = [target for target in TARGETS if only in (None, target.name)]
    sound = True
    for target in chosen:
        taken, found = 0, dict[str, str]()
        started = time.monotonic()
        number = SystemRandom().randrange(2**48) if again is None else again
        while time.monotonic() < started + seconds / len(chosen):
            try:
                give(target, Random(number))
            except Exception as error:  # whatever it is: what a fuzzer looks for
                place = extract_tb(error.__traceback__)[-1]
                at = f"{type(error).__name__} {Path(place.filename).name}:{place.lineno}"
                found.setdefault(at, f"--again {number}: {error} for {target.make(Random(number))!r}"[:600])
            taken, number = taken + 1, number + 1
            if again is not None:
                break
        took, sound = time.monotonic() - started, sound and not found
        told = {"target": target.name, "inputs": taken, "per_second": round(taken / took), "found": found}
        click.echo(json.dumps(told, ensure_ascii=False))
    raise SystemExit(0 if sound else 1)


if __name__ == "__main__":
    main()
