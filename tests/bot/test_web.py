"""What comes in over HTTP: only what Slack signed, lately, once."""

import io
import json
from urllib.parse import urlencode

import pytest

from storage import audit
from tests.house import House
from tests.signing import command, deliver, event, headers


async def entries(home: House) -> int:
    return await home.bot.services.store.run(audit.count)


async def test_a_signed_command_is_answered(home_http: House) -> None:
    status, text = await deliver(home_http, command("7.3"))
    assert (status, json.loads(text)["response_type"]) == (200, "ephemeral")
    assert await entries(home_http) == 1


async def test_a_bad_signature_is_refused(home_http: House) -> None:
    status, _ = await deliver(home_http, command("7.3"), secret="guessed")
    assert status == 401
    assert await entries(home_http) == 0


@pytest.mark.parametrize("age", [301, 86_400, -330])
async def test_a_stale_or_future_timestamp_is_refused(home_http: House, age: int) -> None:
    status, _ = await deliver(home_http, command("7.3"), age=age)
    assert status == 401
    assert await entries(home_http) == 0


async def test_a_body_that_was_changed_after_signing_is_refused(home_http: House) -> None:
    signed = headers(command("7.3"))
    async with home_http.session.post(
        f"{home_http.address}/slack/events", data=command("8.1"), headers=signed
    ) as response:
        assert response.status == 401


async def test_a_retried_command_gets_the_same_reply_and_one_entry(home_http: House) -> None:
    first = await deliver(home_http, command("7.3", "9.9"))
    again = await deliver(home_http, command("7.3", "9.9"))
    assert (again[0], json.loads(again[1])) == (first[0], json.loads(first[1]))
    assert await entries(home_http) == 1


async def test_a_retried_event_is_answered_once(home_http: House) -> None:
    body = event({"type": "app_mention", "user": "U0ANNA", "channel": "C0GENERAL", "text": "<@U0BOT> 7.3", "ts": "1.1"})
    assert [(await deliver(home_http, body))[0] for _ in range(3)] == [200, 200, 200]
    assert await entries(home_http) == 1


ODD = (b'{"user": 1}', b'{"team": 7, "type": "block_actions"}', b'{"user": NaN}', b"[" * 100_000, b'{"a":' * 90_000)


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("secret", ["local-secret", "guessed"])
async def test_a_body_of_odd_shape_is_no_fault_whoever_signed_it(home_http: House, body: bytes, secret: str) -> None:
    status, _ = await deliver(home_http, body, secret=secret)
    assert status in (400, 401, 404)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"{}", b"[1]", b"", b"payload=%7B", b"command=%2Fclause"])
async def test_a_signed_body_that_is_no_delivery_is_no_fault(home_http: House, body: bytes) -> None:
    status, text = await deliver(home_http, body)
    assert status < 500
    assert "Traceback" not in text


async def test_a_huge_body_is_refused(home_http: House) -> None:
    body = b"text=" + b"x" * 1_100_000
    signed = headers(body)
    async with home_http.session.post(
        f"{home_http.address}/slack/events", data=io.BytesIO(body), headers=signed
    ) as response:
        assert response.status == 413


async def test_slack_s_url_check_is_answered(home_http: House) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "t"}).encode()
    status, text = await deliver(home_http, body)
    assert (status, "abc" in text) == (200, True)


async def test_health_says_what_is_loaded(home_http: House) -> None:
    async with home_http.session.get(f"{home_http.address}/healthz") as response:
        assert response.status == 200
        assert (await response.json())["documents"] == 2


async def test_half_a_character_is_marked_and_the_rest_is_answered(home_http: House) -> None:
    """JSON can spell half of an emoji, which nothing can write down."""
    place = {"channel": "D0ANNA", "channel_type": "im", "user": "U0ANNA", "ts": "1.1"}
    await home_http.post("message", user="U0ANNA", channel="D0ANNA", text="may a client cancel?")
    said = event({"type": "message", "text": "how late may a client cancel? \ud83d"} | place, "Ev83d")
    assert (await deliver(home_http, said))[0] == 200
    kept = await home_http.bot.services.store.run(
        lambda db: db.execute("select content from contents order by rowid desc limit 1").fetchone()[0]
    )
    assert "how late may a client cancel? ?" in kept


@pytest.mark.parametrize("words", ["a\x00b", 'a"b"c', "a*b AND c", "%_%"])
async def test_signs_that_a_search_would_understand_are_letters(home_http: House, words: str) -> None:
    ack = await home_http.command("U0ANNA", "/agreement", f"list {words}")
    assert "No client's name has" in ack["text"]


async def test_a_failure_that_nobody_can_be_told_of_ends_in_a_sentence(home_http: House) -> None:
    """A signed click by somebody whom Slack does not know, on a button whose form Slack does not open."""
    click = {"type": "block_actions", "user": {"id": "U0NOBODY"}, "team": {"id": "T0LOCAL"}, "trigger_id": "0.0"}
    payload = json.dumps(
        click | {"actions": [{"type": "button", "action_id": "home_fee", "block_id": "b", "value": "fee"}]}
    )
    status, text = await deliver(home_http, urlencode({"payload": payload}).encode())
    assert (status, text) == (500, "It failed, and nobody could be told.")


def pressed(action: str, *actions: dict[str, str]) -> bytes:
    click = {"type": "block_actions", "user": {"id": "U0ANNA"}, "team": {"id": "T0LOCAL"}, "trigger_id": f"7.{action}"}
    return urlencode({"payload": json.dumps(click | {"actions": actions, "channel": {"id": "D0ANNA"}})}).encode()


async def test_a_button_of_another_version_is_said_to_be_one(home_http: House) -> None:
    gone = {"type": "button", "action_id": "gone_since", "block_id": "b", "value": "x"}
    assert (await deliver(home_http, pressed("gone", gone)))[0] == 200
    await home_http.said("U0ANNA", "D0ANNA", "This version of Clausekeeper does not know that any more")
    assert await entries(home_http) == 0


async def test_an_event_that_nothing_listens_to_is_taken_in_silence(home_http: House) -> None:
    before = len(await home_http.seen("U0ANNA", "D0ANNA"))
    assert await deliver(home_http, event({"type": "reaction_added", "user": "U0ANNA"}, "Ev99")) == (200, "")
    assert len(await home_http.seen("U0ANNA", "D0ANNA")) == before


async def test_a_click_on_nothing_is_no_delivery(home_http: House) -> None:
    assert (await deliver(home_http, pressed("none")))[0] == 400
