"""Photographs of Hardware: which are taken, how they are kept, and that files are fetched from Slack alone."""

from __future__ import annotations

import hashlib
from typing import Any

import aiohttp
import pytest

from handlers.hardware import photographs
from knowledge.refused import Refused
from storage import hardware as kept
from tests.bot.renting import (
    ANNA,
    MARIE,
    at_noon,
    handed,
    out,
    picture,
    run,
    tell,
    upload,
)
from tests.house import House, buttons, shown


async def test_photographs_are_kept_with_the_checksum_of_their_bytes(home: House) -> None:
    await out(home, "LT-1")
    first, second = picture("red"), picture("blue", "JPEG")
    files = [await upload(home, ANNA, name, data) for name, data in (("a.png", first), ("b.jpg", second))]
    await at_noon(home, "2025-11-20")
    await tell(home, "return LT-1", on="2025-11-20", photos=files)
    for name, data in (("a.png", first), ("b.jpg", second)):
        await home.said(
            ANNA, "D0ANNA", f"{name} of LT-1 is kept; the SHA-256 of its bytes is {hashlib.sha256(data).hexdigest()}"
        )
    photos = await run(home, kept.photos, "LT-1")
    assert {photo.sha256 for photo in photos} == {hashlib.sha256(data).hexdigest() for data in (first, second)}
    assert await run(home, kept.photo, hashlib.sha256(first).hexdigest()) == first
    card = await home.command(ANNA, "/hardware", "show LT-1")
    assert f"photographed; name: a.png; sha256: {hashlib.sha256(first).hexdigest()}" in shown(card)
    told = await home.command(MARIE, "/hardware", "photos LT-1")
    assert told["text"] == "The photographs of LT-1 come to you as a direct message."
    assert await handed(home, MARIE, "D0MARIE", "a.png") == first
    assert await handed(home, MARIE, "D0MARIE", "b.jpg") == second
    assert "hardware_photos" in {button["action_id"] for button in buttons(card)}


async def test_what_is_no_picture_is_not_kept(home_http: House) -> None:
    await out(home_http, "LT-1")
    text = await upload(home_http, ANNA, "notes.txt", b"hello")
    await home_http.command(ANNA, "/hardware", "return LT-1")
    chosen = {"user": ANNA, "values": {"photos": [text]}}
    async with home_http.session.post(f"{home_http.server.url}/_control/submit", json=chosen) as refused:
        assert "notes.txt is not of a kind that is taken here: jpg, png." in await refused.text()
    false = await upload(home_http, ANNA, "false.png", b"MZ not a picture")
    await tell(home_http, "return LT-1", photos=[false])
    await home_http.said(ANNA, "D0ANNA", "false.png is not the picture that its name says")
    assert await run(home_http, kept.photos, "LT-1") == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([{"name": "a.txt", "mimetype": "text/plain"}], "a.txt is no JPEG or PNG picture."),
        (
            [{"name": "a.png", "mimetype": "image/png", "size": 10_000_001}],
            "a.png has 10,000,001 bytes; 10,000,000 at most.",
        ),
        ([{"name": "a.png", "mimetype": "image/png"}] * 6, "6 photographs are too many; 5 at most."),
    ],
)
def test_photographs_are_few_small_and_pictures(files: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(Refused) as refused:
        photographs.checked(files)
    assert (str(refused.value), refused.value.field) == (said, "photos")


async def test_a_file_is_fetched_from_slack_alone_and_never_too_much(home_http: House) -> None:
    """The token of the bot goes nowhere else, whatever address a form names."""
    fetch = home_http.bot.services.fetch
    await out(home_http, "LT-1")
    id = await upload(home_http, ANNA, "a.png", picture("red"))
    await tell(home_http, "return LT-1", photos=[id])
    url = home_http.workspace.files[id].to_json(home_http.workspace.url)["url_private_download"]
    assert await fetch(url, 10_000) == picture("red")
    with pytest.raises(Refused, match="more than 10 bytes"):
        await fetch(url, 10)
    for other in (
        "http://files.slack.com/x",
        "https://slack.com.evil.example/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(Refused, match="it is none of Slack's"):
            await fetch(other, 10)
    with pytest.raises(aiohttp.ClientResponseError):
        await fetch(url.replace(id, "F0NONE"), 10)
