"""The commands ``fee`` and ``deadline``: one question, a file of them, or the list of what can be asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, NoReturn

import click
import orjson

from handlers import parse
from handlers.parse import Agreements, Asked
from knowledge.answer import Answer, Family, Json
from knowledge.answer_text import to_text
from knowledge.inputs import Ambiguous
from knowledge.library import Library
from knowledge.rates import Rate
from knowledge.refused import Refused
from knowledge.rules import compute, of


@dataclass(frozen=True)
class Means:
    """What the commands need from outside: the documents, the agreements, the rates, the clock, ids, and where answers
    go.

    ``now`` gives the aware moment of asking; ``keep`` puts an answer on record before it is shown.
    """

    library: Library
    agreements: Agreements
    rates: Sequence[Rate]
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    keep: Callable[[Sequence[Answer]], None]

    def answer(self, asked: Asked) -> Answer:
        """Computes an answer; Refused as its rule refuses."""
        return compute(asked.rule, asked.question, self.library, asked.overrides, id=self.new_id(), rates=self.rates)


def commands(means: Callable[[], AbstractContextManager[Means]]) -> tuple[click.Command, click.Command]:
    """The two commands; ``means`` is entered only when something is computed. Refused is the caller's to show."""
    return _command("fee", means), _command("deadline", means)


def _command(family: Family, means: Callable[[], AbstractContextManager[Means]]) -> click.Command:
    @click.command(family, help=f"Computes a {family} from the words of its clause: KIND name=value ...")
    @click.argument("words", nargs=-1, metavar="[KIND name=value ...]")
    @click.option("--json", "as_json", is_flag=True, help="The answer as JSON.")
    @click.option(
        "--batch",
        type=click.File(encoding="utf-8-sig", errors="surrogateescape"),
        help='Lines of {"kind", "in": {...}}; - for standard input.',
    )
    @click.option("--list", "listed", is_flag=True, help="What can be asked.")
    def command(words: tuple[str, ...], as_json: bool, batch: IO[str] | None, listed: bool) -> None:
        if listed:
            click.echo(json.dumps(listing(family), ensure_ascii=False) if as_json else parse.overview(family))
        elif batch is not None:
            with means() as at:
                for line in answer_lines(family, batch, at):
                    click.echo(line)
        elif words:
            with means() as at:
                _one(family, words, at, as_json=as_json)
        else:
            raise click.UsageError("Give a kind with its inputs, --batch FILE, or --list to see what can be asked.")

    return command


def _one(family: Family, words: tuple[str, ...], at: Means, *, as_json: bool) -> None:
    kind, given = parse.split(family, words)
    answer = at.answer(parse.from_json(family, kind, given, now=at.now(), agreements=at.agreements))
    at.keep([answer])
    click.echo(_dumped(answer.data) if as_json else to_text(answer))


KEPT_AT_ONCE = 500


def answer_lines(family: Family, lines: IO[str], at: Means) -> Iterator[str]:
    """A JSON line for every line that is not blank: the answer, or what was wrong under ``refused``.

    Answers are put on record in groups, each before any of the group is shown.
    """
    now, shown, answers = at.now(), list[str](), list[Answer]()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        found = _line(family, line, number, at, now)
        shown.append(_dumped(found.data if isinstance(found, Answer) else found))
        if isinstance(found, Answer):
            answers.append(found)
        if len(shown) == KEPT_AT_ONCE:
            at.keep(answers)
            yield from shown
            shown, answers = [], []
    at.keep(answers)
    yield from shown


def _line(family: Family, line: str, number: int, at: Means, now: datetime) -> Answer | dict[str, Json]:
    try:
        asked = _object(line, number)
        return at.answer(parse.from_json(family, asked.get("kind"), asked.get("in"), now=now, agreements=at.agreements))
    except Refused as refused:
        return refusal(refused)


def _object(line: str, number: int) -> dict[str, object]:
    try:
        if "\\u" in line or not line.isascii():
            orjson.loads(line)  # which refuses half a character, as bytes that are no UTF-8 or as an escape
        found = json.loads(line, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refused(f"Line {number} is not JSON: {error}.") from None
    if not isinstance(found, dict) or not {"kind", "in"} <= found.keys():
        raise Refused(
            f'Line {number} must be an object such as {{"kind": "payment-due", "in": {{"from": "2026-05-15"}}}}.'
        )
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def refusal(refused: Refused) -> dict[str, Json]:
    """A refusal as data: the sentence, the input to blame, the candidates where something was asked back."""
    data: dict[str, Json] = {"refused": str(refused)}
    if refused.field:
        data["field"] = refused.field
    if isinstance(refused, Ambiguous):
        data["candidates"] = [{"label": label, "value": value} for label, value in refused.candidates]
    return data


def listing(family: Family) -> Json:
    """Every kind with its clause, help and inputs, as data."""
    return [
        {
            "kind": rule.kind,
            "ref": rule.ref,
            "help": rule.help,
            "usage": parse.usage(rule),
            "inputs": [
                {"name": field.name, "type": field.type, "label": field.label, "required": field.required}
                for field in rule.form
            ],
        }
        for rule in of(family)
    ]


def _dumped(data: Json | Mapping[str, Json]) -> str:
    return orjson.dumps(data).decode()
