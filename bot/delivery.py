"""The outbox loop: what is due goes out, what fails is tried again, and nothing ends without a word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from storage import outbox
from storage.outbox import Letter, Waiting
from storage.store import Store

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
# Another process may have written letters; look at least this often.
PLACE = ("channel", "ts", "message_ts")
LOOK_AGAIN = timedelta(seconds=30)
# Trying again cannot mend these (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
HOPELESS = frozenset(
    """channel_not_found not_in_channel is_archived user_not_found user_not_in_channel cannot_dm_bot message_not_found
    cant_update_message edit_window_closed invalid_blocks msg_too_long no_text restricted_action missing_scope not_authed
    invalid_auth account_inactive token_revoked unknown_method invalid_arguments user_disabled""".split()
)


Work = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class Deliveries:
    """Sends letters from the outbox until stopped.

    ``works`` are the letters that take more than one call to Slack, by the name they have instead of a method's.
    """

    def __init__(
        self, store: Store, client: AsyncWebClient, now: Callable[[], datetime], works: Mapping[str, Work] | None = None
    ) -> None:
        self._store = store
        self._client = client
        self._now = now
        self._works = works or {}
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def wake(self) -> None:
        """Look at once: something is owed, or the clock was moved."""
        self._due.set()

    def start(self) -> None:
        """Begin to deliver, in the background."""
        self._task = asyncio.create_task(self._run(), name="deliveries")

    async def stop(self) -> None:
        """End after the letter under way."""
        self._stopping = True
        self.wake()
        if self._task:
            await self._task

    async def _run(self) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                await self.round()
                wait = await self._pause()
            except Exception:
                # The loop outlives any fault: what is owed stays in the outbox and is tried again.
                log.exception("a round of deliveries failed")
                wait = LOOK_AGAIN
            try:
                await asyncio.wait_for(self._due.wait(), wait.total_seconds())
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Send everything that is due now; how many letters were taken out."""
        taken = 0
        while not self._stopping:
            letters = await self._store.run(outbox.take, self._now(), MOST_AT_ONCE)
            for waiting in letters:
                await self._send(waiting)
            taken += len(letters)
            if len(letters) < MOST_AT_ONCE:
                break
        return taken

    async def _pause(self) -> timedelta:
        due = await self._store.run(outbox.next_due)
        return min(max(due - self._now(), timedelta(0)), LOOK_AGAIN) if due else LOOK_AGAIN

    async def _send(self, waiting: Waiting) -> None:
        letter = waiting.letter
        try:
            work: Work = self._works.get(letter.method, partial(self._call, letter.method))
            answer = await work(letter.arguments)
        except SlackApiError as error:
            await self._refused(waiting, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._failed(waiting, type(error).__name__, final=False)
        except Exception as error:
            # A fault of ours must not stop the letters behind it; this one is tried again, and ends visibly.
            log.error("letter %s", letter.key, exc_info=error)
            await self._failed(waiting, type(error).__name__, final=False)
        else:
            place = {name: answer.get(name) for name in PLACE if answer.get(name)}
            await self._store.run(outbox.sent, waiting.id, self._now(), place)

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._client.api_call(method, json=dict(arguments))
        return {name: answer.get(name) for name in PLACE}

    async def _refused(self, waiting: Waiting, error: SlackApiError) -> None:
        response: Any = error.response
        code = response.get("error") or f"http_{response.status_code}"
        if response.status_code == 429 or code in {"ratelimited", "rate_limited"}:
            seconds = int(response.headers.get("Retry-After", 1))
            await self._store.run(outbox.postpone, waiting.id, self._now() + timedelta(seconds=seconds), code)
        else:
            await self._failed(waiting, code, final=code in HOPELESS)

    async def _failed(self, waiting: Waiting, code: str, *, final: bool) -> None:
        log.warning("letter %s not delivered: %s", waiting.letter.key, code)
        await self._store.run(_note_failure, waiting, self._now(), code, final)


def _note_failure(db: Any, waiting: Waiting, at: datetime, code: str, final: bool) -> None:
    """Put a failure on record; where it is the end of a letter, owe its person a word about it."""
    letter = waiting.letter
    if not outbox.failed(db, waiting, at, code, final=final) or not letter.tell:
        return
    if letter.method == "chat.postEphemeral":
        # Only that person was to see it: what the bot may not show in the channel it says in a direct message.
        arguments = {"channel": letter.tell} | {
            k: letter.arguments[k] for k in ("text", "blocks") if k in letter.arguments
        }
    else:
        text = f"I could not deliver a message for you: Slack answered {code}. It is kept under reference {letter.subject}."
        arguments = {"channel": letter.tell, "text": text}
    outbox.put(db, Letter(f"told:{letter.key}", letter.subject, at, "chat.postMessage", arguments))
