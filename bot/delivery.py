"""The outbox loop: what is due goes out, what fails is tried again, and nothing ends without a word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.pace import Pace
from handlers.due import CROWDED, UNREACHABLE
from handlers.reminders import Composed
from storage import outbox
from storage.outbox import Letter, Waiting
from storage.store import Store

log = logging.getLogger(__name__)

MOST_AT_ONCE = 50
A_SECOND = 1.0
POSTING = "chat.postMessage"
PLACE = ("channel", "ts", "message_ts")
# Another process may have written letters; look at least this often.
LOOK_AGAIN = timedelta(seconds=30)
# Who did not look for so long was not running (a machine that slept, a clock that was moved).
ASLEEP = timedelta(minutes=5)
# Trying again cannot mend these (https://docs.slack.dev/reference/methods/chat.postMessage#errors).
HOPELESS = frozenset(
    """channel_not_found not_in_channel is_archived is_inactive user_not_found user_not_in_channel cannot_dm_bot
    message_not_found cant_update_message edit_window_closed invalid_blocks msg_too_long no_text restricted_action missing_scope
    unknown_method invalid_arguments user_disabled""".split()
)
# Of these it is the token that is wrong, not the letter: it waits until there is another one.
DISOWNED = frozenset("not_authed invalid_auth account_inactive token_revoked token_expired".split())
UNTIL_ANOTHER_TOKEN = timedelta(minutes=5)
# Of these it is the place that is wrong, not the message.
UNREACHED = frozenset(
    """channel_not_found not_in_channel is_archived is_inactive user_not_found users_not_found user_not_visible
    user_not_in_channel cannot_dm_bot user_disabled restricted_action""".split()
)
# Of these it is how the message is laid out.
UNSHOWN = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
# After these Slack may have said it nevertheless (the same page); so it may after a connection that broke.
UNSURE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})

Work = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class Gathering(Protocol):
    """How letters are said several in one message: composed, sent to the first place that takes it, and kept as said."""

    async def compose(self, letters: Sequence[Waiting]) -> Composed | None: ...

    async def said(self, composed: Composed, place: Mapping[str, Any]) -> None: ...

    async def unreached(self, composed: Composed, refused: Mapping[str, str]) -> bool: ...


class Deliveries:
    """Sends letters from the outbox until stopped.

    ``works`` are the letters that take more than one call to Slack, by the name they have instead of a method's;
    ``gatherings`` those that are said several in one message, which keep what became of each themselves. ``disowned`` is told
    when Slack does not take the token any more.
    """

    def __init__(
        self,
        store: Store,
        client: AsyncWebClient,
        now: Callable[[], datetime],
        works: Mapping[str, Work] | None = None,
        gatherings: Mapping[str, Gathering] | None = None,
    ) -> None:
        self._store = store
        self._client = client
        self._now = now
        self._works = works or {}
        self._gatherings = gatherings or {}
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._paused = False
        self.token_refused = False
        self.disowned: Callable[[], None] = lambda: None
        # Here as well as in the database: what is in hand stops at once.
        self._resume = datetime.min.replace(tzinfo=UTC)
        self._looked = self._awake = datetime.min.replace(tzinfo=UTC)
        self._pace = Pace()
        # Fewer after each request to wait, more again with each message that is taken: how many Slack takes it does not say.
        self._at_once: float = MOST_AT_ONCE
        # A clock that leaps ends leases early: two rounds side by side would then say one letter twice.
        self._one_round = asyncio.Lock()

    def wake(self) -> None:
        """Look at once: something is owed, or the clock was moved."""
        self._due.set()

    def pause(self) -> None:
        """Keep what is owed: nobody could be told now."""
        self._paused = self.token_refused = True

    def resume(self, token: str) -> None:
        """Send again, at once, with another token."""
        self._client.token = token
        self._paused = self.token_refused = False
        self._resume = datetime.min.replace(tzinfo=UTC)
        self.wake()

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
            except Exception:  # the loop outlives any fault: what is owed stays in the outbox and is tried again
                log.exception("a round of deliveries failed")
                wait = LOOK_AGAIN
            try:
                await asyncio.wait_for(self._due.wait(), wait.total_seconds())
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Send everything that is due now, as far as Slack does not ask to wait; how many letters were taken out.

        While another round is under way, after it.
        """
        async with self._one_round:
            return await self._round()

    async def _round(self) -> int:
        taken = 0
        # Also while Slack asks to wait: who waits is awake.
        self._look()
        under_way: dict[asyncio.Task[None], str] = {}
        while not self._silent() and not any(_raised(task) for task in under_way):
            under_way = {task: place for task, place in under_way.items() if not task.done()}
            letters: list[Waiting] = []
            if (room := int(self._at_once) - len(under_way)) > 0:
                busy = frozenset(under_way.values())
                letters = await self._store.quick(outbox.take, self._now(), room, busy=busy)
            self._look()
            taken += len(letters)
            for place, some in _by_place(letters).items():
                under_way[asyncio.create_task(self._send_in_order(some))] = place
            if letters:
                continue
            if not under_way:
                break
            # Who waits for a place that is slow does not keep what is owed meanwhile from others.
            await asyncio.wait(under_way, timeout=A_SECOND, return_when=asyncio.FIRST_COMPLETED)
        for failed in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed
        return taken

    def _silent(self) -> bool:
        return self._stopping or self._paused or self._now() < self._resume

    def _look(self) -> None:
        """Keep since when the outbox has been looked into without a longer pause."""
        now = self._now()
        if not timedelta(0) <= now - self._looked <= ASLEEP:
            self._awake = now
        self._looked = now

    def _excused(self, waiting: Waiting) -> Waiting:
        """A letter that became due while others were being sent is late because of them."""
        waited = waiting.error is None and waiting.letter.due > self._awake
        return replace(waiting, error=CROWDED) if waited else waiting

    async def _send_in_order(self, letters: Sequence[Waiting]) -> None:
        """Send what goes to one place, one message after the other; what cannot be begun any more is given back."""
        left = list(letters)
        while left and not self._silent():
            if (reader := self._read_by(left[0].letter)) and (wait := self._pace.wait(reader, self._now())):
                await asyncio.sleep(wait)
                if self._silent():
                    break
            together = left[0].letter.together
            some = [w for w in left if together and w.letter.together == together] or left[:1]
            left = [w for w in left if all(w is not one for one in some)] if len(some) < len(left) else []
            await self._send(some)
        if left:
            await self._store.quick(outbox.give_back, left, self._now())

    def _read_by(self, letter: Letter) -> str:
        """In which channel a letter is a message, or to which person, as Slack counts them; empty for other calls."""
        if letter.method in self._gatherings:
            return str(letter.arguments["person"])
        return str(letter.arguments.get("channel", "")) if letter.method == POSTING else ""

    async def _pause(self) -> timedelta:
        if self._paused:
            return LOOK_AGAIN
        due = await self._store.quick(_next, self._now())
        due = max(due, self._resume) if due else None
        return min(max(due - self._now(), timedelta(0)), LOOK_AGAIN) if due else LOOK_AGAIN

    async def _send(self, letters: Sequence[Waiting]) -> None:
        letters = await self._store.quick(outbox.begin, letters, self._now())
        if not letters:
            return
        letter = letters[0].letter
        try:
            if gathering := self._gatherings.get(letter.method):
                await self._say_together(gathering, letters)
                return
            work: Work = self._works.get(letter.method, partial(self._call, letter.method))
            answer = await work(letter.arguments)
        except SlackApiError as error:
            await self._refused(letters, error)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            unsure = not isinstance(error, aiohttp.ClientConnectorError)
            await self._failed(letters, type(error).__name__, final=False, unsure=unsure)
        except Exception as error:  # a fault of ours must not stop the letters behind it
            log.error("letter %s", letter.key, exc_info=error)
            await self._failed(letters, type(error).__name__, final=False)
        else:
            self.token_refused = False
            place = {name: answer.get(name) for name in PLACE if answer.get(name)}
            await self._store.quick(outbox.sent, letters[0].id, self._now(), place)

    async def _say_together(self, gathering: Gathering, letters: Sequence[Waiting]) -> None:
        # The clock may have leapt since they were taken out: then nobody was here, and no crowd was before them.
        self._look()
        composed = await gathering.compose([self._excused(waiting) for waiting in letters])
        if composed is None:
            return
        refused: dict[str, str] = {}
        for place in composed.places:
            try:
                answer = await self._post({"channel": place, **composed.message})
            except SlackApiError as error:
                code = _code(error)
                if code not in UNREACHED:
                    raise
                refused[place] = code
            else:
                await gathering.said(composed, answer)
                return
        if not await gathering.unreached(composed, refused):
            await self._failed(composed.letters, UNREACHABLE, final=False)

    async def _post(self, message: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post a message; where Slack does not take its blocks, in plain words: it must not be kept from its reader."""
        try:
            return await self._call(POSTING, message)
        except SlackApiError as error:
            if _code(error) not in UNSHOWN:
                raise
            log.error("blocks were refused: %s", _code(error))
            return await self._call(POSTING, {k: v for k, v in message.items() if k != "blocks"})

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._client.api_call(method, json=dict(arguments))
        self._at_once = min(self._at_once + 1, MOST_AT_ONCE)
        return {name: answer.get(name) for name in PLACE}

    async def _refused(self, letters: Sequence[Waiting], error: SlackApiError) -> None:
        response: Any = error.response
        code = _code(error)
        if response.status_code == 429 or code in {"ratelimited", "rate_limited"}:
            # Slack counts calls of the whole app: whatever else is due waits, too.
            now, self._at_once = self._now(), max(self._at_once / 2, 1)
            self._resume = now + timedelta(seconds=_seconds(response.headers.get("Retry-After", "")))
            await self._store.quick(_postpone, letters, now, self._resume, code)
        elif code in DISOWNED:
            log.error("Slack does not take the token: %s; letters wait for another one", code)
            self._resume, self.token_refused = self._now() + UNTIL_ANOTHER_TOKEN, True
            await self._store.quick(_keep, letters, self._now(), code)
            self.disowned()
        else:
            await self._failed(letters, code, final=code in HOPELESS, unsure=code in UNSURE)

    async def _failed(self, letters: Sequence[Waiting], code: str, *, final: bool, unsure: bool = False) -> None:
        log.warning("letter %s not delivered: %s", letters[0].letter.key, code)
        await self._store.quick(_note_failures, letters, self._now(), code, final, unsure)


def _code(error: SlackApiError) -> str:
    return str(error.response.get("error") or f"http_{error.response.status_code}")


def _raised(task: asyncio.Task[None]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _by_place(letters: Iterable[Waiting]) -> dict[str, list[Waiting]]:
    by_place: dict[str, list[Waiting]] = {}
    for waiting in letters:
        by_place.setdefault(outbox.place(waiting.letter), []).append(waiting)
    return by_place


def _next(db: Any, now: datetime) -> datetime | None:
    """When to look for the next letter: not before Slack takes one again."""
    due, until = outbox.next_due(db), outbox.held(db, now)
    return max(due, until) if due and until else due


def _seconds(retry_after: str) -> int:
    """How long Slack asks to wait; a second where it does not say."""
    return int(retry_after) if retry_after.isdecimal() else 1


def _postpone(db: Any, letters: Sequence[Waiting], now: datetime, until: datetime, code: str) -> None:
    outbox.hold(db, now, until)
    for waiting in outbox.in_hand(db, letters):
        outbox.postpone(db, waiting, until, code)


def _keep(db: Any, letters: Sequence[Waiting], now: datetime, code: str) -> None:
    for waiting in outbox.in_hand(db, letters):
        outbox.postpone(db, waiting, now, code)


def _note_failures(db: Any, letters: Sequence[Waiting], at: datetime, code: str, final: bool, unsure: bool) -> None:
    for waiting in outbox.in_hand(db, letters):
        _note_failure(db, waiting, at, code, final=final, unsure=unsure)


def _note_failure(db: Any, waiting: Waiting, at: datetime, code: str, *, final: bool, unsure: bool) -> None:
    """Put a failure on record; where it is the end of a letter, owe its person a word about it."""
    letter = waiting.letter
    if not outbox.failed(db, waiting, at, code, final=final, unsure=unsure) or not letter.tell:
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
