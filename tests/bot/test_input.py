"""What comes in over HTTP that Slack would not send: too large, too slow, of another kind, captured and sent again."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp.test_utils import TestServer
from aiohttp.web import Application, Request, Response
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.copies import Copied, Copies
from bot.samples import add_samples
from bot.serving import listening
from bot.settings import from_environment
from storage import audit
from tests.house import House
from tests.signing import command, deliver, event, headers


def port(home: House) -> int:
    return int(home.address.rpartition(":")[2])


async def sent(home: House, body: bytes, signed: dict[str, str]) -> tuple[int, str]:
    async with home.session.post(f"{home.address}/slack/events", data=body, headers=signed) as response:
        return response.status, await response.text()


async def raw(port: int, *parts: bytes) -> bytes:
    """What the bot answers to bytes on a connection of their own, until it closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_a_body_that_is_too_large_is_refused_in_a_sentence(home_http: House) -> None:
    body = b"text=" + b"x" * 1_000_001
    status, text = await sent(home_http, body, headers(body))
    assert (status, text) == (413, "A delivery has at most 1,000,000 bytes.")


async def test_a_body_that_does_not_say_its_length_is_measured_as_it_comes(home_http: House) -> None:
    signed = headers(b"x")
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    start = f"POST /slack/events HTTP/1.1\r\nHost: bot\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n{head}\r\n"
    answer = await raw(port(home_http), start.encode(), *([chunk] * 17), b"0\r\n\r\n")
    assert b" 413 " in answer


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "nonsense"])
async def test_another_content_type_is_refused(home_http: House, kind: str) -> None:
    body = command("7.3")
    status, text = await sent(home_http, body, headers(body) | {"Content-Type": kind})
    assert (status, "application/json" in text) == (415, True)
    assert not await home_http.bot.services.store.run(audit.count)


async def test_a_packed_body_is_not_unpacked(home_http: House) -> None:
    """Slack packs nothing; some kilobytes would fill the memory before anything looked at their size."""
    body = command("7.3")
    for how in ("gzip", "deflate", "br", "gzip, gzip"):
        status, text = await sent(
            home_http, gzip.compress(b"0" * 50_000_000), headers(body) | {"Content-Encoding": how}
        )
        assert (status, text) == (415, "A delivery is not packed: no Content-Encoding is taken.")
    assert (await sent(home_http, body, headers(body) | {"Content-Encoding": "identity"}))[0] == 200


@pytest.mark.parametrize("stamp", ["", "abc", "-1", "1e9", "٣٣", "9" * 400, "0x10"])
async def test_a_timestamp_that_is_no_number_is_refused(home_http: House, stamp: str) -> None:
    body = command("7.3")
    status, text = await sent(home_http, body, headers(body) | {"X-Slack-Request-Timestamp": stamp})
    assert (status, "Traceback" in text) == (401, False)


@pytest.mark.parametrize("stamp", ["abc", "99999999999"])
async def test_nothing_is_sent_to_an_address_in_an_unsigned_request(home_http: House, stamp: str) -> None:
    """Neither by way of the error door: a forged click that names an address must not make the bot call it."""
    called = []

    async def trap(request: Request) -> Response:
        called.append(request.path)
        return Response()

    app = Application()
    app.router.add_post("/trap", trap)
    async with TestServer(app) as server:
        body = click("computed_share", "1", str(server.make_url("/trap")))
        status, _ = await sent(home_http, body, headers(body) | {"X-Slack-Request-Timestamp": stamp})
        # And where the first guard is not there: Bolt's own verifier raises, and that must not reach the error door either.
        request = AsyncBoltRequest(
            body=body.decode(), headers=dict(headers(body)) | {"X-Slack-Request-Timestamp": "abc"}
        )
        assert (await home_http.bot.app.async_dispatch(request)).status == 400
    assert (status, called) == (401, [])


@pytest.mark.parametrize(
    ("name", "forged", "refused"),
    [
        ("X-Slack-Signature", "v0=00", 401),
        ("X-Slack-Signature", "v0=é", 400),
        ("X-Slack-Request-Timestamp", "abc", 400),
        ("X-Slack-Request-Timestamp", "1", 401),
    ],
)
async def test_a_forged_command_does_not_come_to_its_listener(
    home_http: House, name: str, forged: str, refused: int
) -> None:
    """Commands go past Bolt's verifier: where the signature is not good, Bolt is left to refuse them."""
    body = command("7.3")
    request = AsyncBoltRequest(body=body.decode(), headers=dict(headers(body)) | {name: forged})
    assert (await home_http.bot.app.async_dispatch(request)).status == refused
    assert not await home_http.bot.services.store.run(audit.count)


@pytest.mark.parametrize("missing", ["X-Slack-Request-Timestamp", "X-Slack-Signature"])
async def test_a_request_without_its_signature_is_refused(home_http: House, missing: str) -> None:
    body = command("7.3")
    signed = headers(body)
    del signed[missing]
    assert (await sent(home_http, body, signed))[0] == 401


@pytest.mark.parametrize("head", [b"X: " + b"x" * 9_000, b"\r\n".join(b"X%d: y" % n for n in range(200)), b"X\x00: y"])
async def test_heads_have_limits(home_http: House, head: bytes) -> None:
    answer = await raw(port(home_http), b"POST /slack/events HTTP/1.1\r\nHost: bot\r\n" + head + b"\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400"))


async def test_a_body_that_trickles_is_not_waited_for(home_http: House) -> None:
    async with listening(home_http.bot, "127.0.0.1", 0, patience=0.1) as at:
        head = "".join(f"{name}: {value}\r\n" for name, value in headers(b"x" * 50).items())
        start = f"POST /slack/events HTTP/1.1\r\nHost: bot\r\nContent-Length: 50\r\nConnection: close\r\n{head}\r\nxx"
        assert b" 408 " in await raw(at, start.encode())


async def test_a_head_that_trickles_is_not_waited_for(home_http: House) -> None:
    async with listening(home_http.bot, "127.0.0.1", 0, kept_open=0.2) as at:
        assert await raw(at, b"POST /slack/events HTTP/1.1\r\n", b"Host: ", b"bot") == b""


@pytest.mark.parametrize("path", ["/", "/admin", "/slack/install", "/_control/reset", "/slack/events/x", "/bot.db"])
async def test_nothing_else_is_served(home_http: House, path: str) -> None:
    async with home_http.session.get(f"{home_http.address}{path}") as response:
        assert response.status == 404
    async with home_http.session.get(f"{home_http.address}/slack/events") as response:
        assert response.status == 405


async def test_the_bot_is_reached_on_this_machine_alone(home_http: House) -> None:
    assert from_environment({}).host == "127.0.0.1"
    others = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for other in others:
        with pytest.raises(OSError):  # noqa: PT011  each system has a kind of its own
            await asyncio.wait_for(asyncio.open_connection(other, port(home_http)), 2)


# A captured request, sent again byte by byte.


def payload(kind: str, **more: Any) -> bytes:
    who = {"user": {"id": "U0MARIE", "team_id": "T0LOCAL"}, "team": {"id": "T0LOCAL", "domain": "local"}}
    return urlencode({"payload": json.dumps({"type": kind, "api_app_id": "A0LOCAL"} | who | more)}).encode()


def click(action: str, value: str, url: str, trigger: str = "5.5") -> bytes:
    pressed = {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1"}
    place = {"container": {"type": "message"}, "channel": {"id": "C0GENERAL", "name": "general"}}
    return payload("block_actions", actions=[pressed], trigger_id=trigger, response_url=url, **place)


async def counts(home: House) -> dict[str, int]:
    """How many rows each table has: what an effect would change."""
    return await home.bot.services.store.run(lambda db: {name: db[name].count for name in db.table_names()})


async def test_copies_of_every_kind_of_request_are_given_the_first_answer_and_do_nothing(home_http: House) -> None:
    services = home_http.bot.services
    await services.store.run(add_samples, await services.shelf(), services.now(), "sample")
    await home_http.command("U0MARIE", "/deadline", "payment-due from=2026-05-15")
    message = await home_http.said("U0MARIE", "C0GENERAL", "2026")
    (id,) = await services.store.run(audit.ids, ("deadline",))
    assert id in json.dumps(message)
    metadata = json.dumps({"answer": id, "channel": "C0GENERAL"})
    view = {"id": "V7", "type": "modal", "callback_id": "file", "private_metadata": metadata, "blocks": []}
    chosen = {"agreement": {"agreement": {"type": "static_select", "selected_option": {"value": "acme"}}}}
    url = f"{home_http.server.url}/response/nobody"
    requests = {
        "command": command("7.3", "7.7"),
        "a form that opens": urlencode(
            {"command": "/fee", "text": "", "user_id": "U0MARIE", "channel_id": "C0GENERAL", "trigger_id": "9.9"}
        ).encode(),
        "click": click("computed_share", id, url),
        "click that files": click("computed_keep", id, url, "6.6"),
        "submission": payload("view_submission", view=view | {"state": {"values": chosen}}),
        "event": event({"type": "app_mention", "user": "U0MARIE", "channel": "C0GENERAL", "text": "7.3", "ts": "1.1"}),
        "options": payload("block_suggestion", action_id="agreement", block_id="agreement", value="ac"),
    }
    signed = {name: headers(body) for name, body in requests.items()}
    first = {name: await sent(home_http, body, signed[name]) for name, body in requests.items()}
    await home_http.said("U0MARIE", "C0GENERAL", "7.3")
    then, calls = await counts(home_http), len((await home_http.get("log"))["log"])
    for name, body in requests.items():
        assert await sent(home_http, body, signed[name]) == first[name], name
    assert await counts(home_http) == then
    assert len((await home_http.get("log"))["log"]) == calls


async def test_two_copies_that_come_together_are_one(home_http: House) -> None:
    body = command("7.3", "8.8")
    signed = headers(body)
    answers = await asyncio.gather(*(sent(home_http, body, signed) for _ in range(5)))
    assert len(set(answers)) == 1
    assert await home_http.bot.services.store.run(audit.count) == 1


async def test_a_copy_with_another_body_is_no_copy(home_http: House) -> None:
    signed = headers(command("7.3"))
    assert (await sent(home_http, command("7.3"), signed))[0] == 200
    assert (await sent(home_http, command("8.1"), signed))[0] == 401


async def test_a_copy_that_comes_after_five_minutes_is_refused(home_http: House) -> None:
    assert (await deliver(home_http, command("7.3"), age=298))[0] == 200
    assert (await deliver(home_http, command("7.3"), age=301))[0] == 401


async def test_copies_remember_as_long_as_a_signature_is_good_and_few_answers() -> None:
    now = [1_000.0]
    copies, calls = Copies[str](lambda: now[0]), []

    async def answer() -> str:
        calls.append(now[0])
        return f"{len(calls)}"

    assert await copies.first(b"a", answer, lambda _: True) == "1"
    assert await copies.first(b"a", answer, lambda _: True) == "1"
    assert await copies.first(b"bad", answer, lambda _: False) == "2"
    assert await copies.first(b"bad", answer, lambda _: False) == "3"
    for number in range(300):
        await copies.first(b"%d" % number, answer, lambda _: True)
    with pytest.raises(Copied):
        await copies.first(b"a", answer, lambda _: True)
    now[0] += 601
    await copies.first(b"new", answer, lambda _: True)
    assert len(copies._seen) == 1
    assert len(copies._answers) == 1


async def test_what_failed_is_tried_again_by_its_copy() -> None:
    copies = Copies[str](time.time)

    async def fails() -> str:
        raise OSError

    async def works() -> str:
        return "done"

    with pytest.raises(OSError):  # noqa: PT011  it is raised bare
        await copies.first(b"a", fails, lambda _: True)
    assert await copies.first(b"a", works, lambda _: True) == "done"
