"""The workspace itself: who and what is in it, and the ways to learn that something in it changed."""

import asyncio
import secrets
import string
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession

from workspace import samples
from workspace.clock import Agenda, Clock
from workspace.errors import Json, SlackError
from workspace.faults import Faults
from workspace.inspector import Entry, Log
from workspace.limits import Limits
from workspace.manifest import Manifest
from workspace.records import BOT_USER, Change, Channel, Code, File, Group, Message, Token, User, View
from workspace.sockets import Sockets
from workspace.typed import Names

CLIENT_ID, CLIENT_SECRET = "local-client-id", "local-client-secret"
STATUS_TIME = timedelta(minutes=2)
ALPHABET = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Trigger:
    """A trigger id: one use within three seconds. `view` is the modal it was clicked in, if any."""

    id: str
    user: str
    expires: datetime
    entry: Entry
    view: str | None = None
    used: bool = False


@dataclass(frozen=True)
class Hook:
    """A response_url: five posts within 30 minutes, about one message (when it came from one)."""

    token: str
    user: str
    channel: str
    expires: datetime
    entry: Entry
    message_ts: str | None = None
    left: int = 5


class Workspace:
    """The state of one local workspace with one app installed in it.

    `request_url` is where the app takes signed HTTP deliveries; None means that they go to its Socket Mode
    connections. `wait_for` and the streams learn of every change through `changed`.
    """

    def __init__(
        self,
        manifest: Json,
        clock: Clock | None = None,
        request_url: str | None = None,
        *,
        bot_token: str = "xoxb-local",
        app_token: str = "xapp-local",
        signing_secret: str = "local-secret",
    ) -> None:
        self.manifest = Manifest(manifest)
        self.clock = clock or Clock()
        self.request_url = request_url
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.url = ""
        # Slack's three seconds to acknowledge, in real time whatever the clock says.
        self.budget_seconds = 3.0
        self.session: ClientSession | None = None
        self.agenda = Agenda(self.clock)
        self.faults = Faults()
        # None takes whatever comes: people who try the app out are not to wait.
        self.limits: Limits | None = None
        self.log = Log()
        self.sockets = Sockets()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiters: set[asyncio.Event] = set()
        self._streams: set[Callable[[Change], None]] = set()
        self.stopped = False
        self.clock.on_move.append(self._clock_moved)
        self._fill()

    def _fill(self) -> None:
        self.users: dict[str, User] = samples.users(self.manifest.bot_name)
        self.groups: dict[str, Group] = samples.groups()
        self.channels: dict[str, Channel] = samples.channels()
        self.messages: dict[str, dict[str, Message]] = {channel: {} for channel in self.channels}
        self.threads: dict[tuple[str, str], list[str]] = {}
        self.ephemerals: dict[str, Message] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.files: dict[str, File] = {}
        self.uploads: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.hooks: dict[str, Hook] = {}
        self.options: dict[tuple[str, str], list[Json]] = {}
        self.answers: dict[tuple[str, str], Json] = {}
        self.assistant: dict[tuple[str, str], Json] = {}
        self.status_since: dict[tuple[str, str], datetime] = {}
        self.read: dict[tuple[str, str], str] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, Token] = {}
        self.exchanged = False
        self.installed = True
        self._stamps: set[int] = set()

    def reset(self) -> None:
        """Back to the sample people and channels, real time, no faults, an empty log. Connections stay."""
        self.agenda.clear()
        self.faults.clear()
        self.log.clear()
        self._fill()
        self.clock.restore()
        self.changed("reset")

    # Names and instants

    def new_id(self, prefix: str) -> str:
        """A fresh id of Slack's form; random, since an app may remember ids over a restart of ours."""
        return prefix + "".join(secrets.choice(ALPHABET) for _ in range(10))

    def now(self) -> datetime:
        return self.clock.now()

    def seconds(self) -> int:
        """The clock in whole seconds since 1970."""
        return int(self.now().timestamp())

    def new_ts(self) -> str:
        """A message's `ts`: the clock in seconds with six decimals, never the same twice."""
        micros = int(self.now().timestamp() * 1_000_000)
        while micros in self._stamps:
            micros += 1
        self._stamps.add(micros)
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    # Learning of changes

    def changed(self, type_: str, **ids: Any) -> None:
        """Tell everyone who waits or listens that something of this type changed."""
        for waiter in self._waiters:
            waiter.set()
        change = Change({"type": type_, **ids})
        for stream in tuple(self._streams):
            stream(change)

    def listen(self, stream: Callable[[Change], None]) -> Callable[[], None]:
        """Call `stream` with each change from now on; the answer ends that."""
        self._streams.add(stream)
        return lambda: self._streams.discard(stream)

    async def wait_for(self, predicate: Callable[["Workspace"], object], timeout: float = 5) -> None:  # noqa: ASYNC109 - fixed surface
        """Return once `predicate(self)` holds, asked anew after every change.

        Raises TimeoutError with a sentence after `timeout` seconds of real time.
        """
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(timeout):
                while not predicate(self):
                    waiter.clear()
                    await waiter.wait()
        except TimeoutError:
            name = getattr(predicate, "__name__", repr(predicate))
            raise TimeoutError(f"After {timeout} s the workspace was still not as {name} wants it.") from None
        finally:
            self._waiters.discard(waiter)

    def _clock_moved(self) -> None:
        self.changed("clock", now=self.now().isoformat())

    # Work in the background

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside everything else, unless all was stopped; an exception in it reaches the event loop's handler."""
        if self.stopped:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until no delivery is under way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """End what runs in the background and every stream; once is enough, and a second time does no harm."""
        if self.stopped:
            return
        self.stopped = True
        self.changed("closing")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)  # cancelled on purpose just above
        self.agenda.close()
        self.clock.on_move.remove(self._clock_moved)

    # The inspector

    def entry(self, kind: str, what: str, *, user: str = "", channel: str = "") -> Entry:
        """Open a new tree in the log."""
        entry = Entry(self.new_id("L"), kind, user, channel, what, self.now().isoformat())
        return self.log.add(entry)

    # Finding

    def channel(self, id_: str, viewer: str = BOT_USER) -> Channel:
        """A conversation that `viewer` may know of. Raises channel_not_found."""
        channel = self.channels.get(id_)
        if channel is None or (channel.kind != "channel" and viewer not in channel.members):
            raise SlackError("channel_not_found")
        return channel

    def user(self, id_: str) -> User:
        """A member by id. Raises user_not_found."""
        if id_ not in self.users:
            raise SlackError("user_not_found")
        return self.users[id_]

    def names(self, user: str) -> Names:
        """Whom and what this person can mention."""
        seen = {c.id: c for c in self.channels.values() if c.name and (c.kind == "channel" or user in c.members)}
        return Names(self.users, seen, {g.id: g for g in self.groups.values() if not g.disabled})

    def direct(self, *people: str) -> Channel | None:
        """The direct message between exactly these people."""
        wanted = frozenset(people)
        return next(
            (c for c in self.channels.values() if c.kind in ("im", "mpim") and frozenset(c.members) == wanted),
            None,
        )

    # Changing

    def put_channel(self, channel: Channel) -> Channel:
        """Store a new or changed conversation."""
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, {})
        self.changed("channel", channel=channel.id)
        return channel

    def put_view(self, view: View) -> View:
        """Store a new or changed view under its unchanged id."""
        self.views[view.id] = view
        type_ = "home" if view.spec["type"] == "home" else "view"
        self.changed(type_, view_id=view.id, user=view.user)
        return view

    def put_file(self, file: File) -> File:
        self.files[file.id] = file
        return file

    def note_options(self, source: str, action_id: str, options: list[Json]) -> None:
        """Remember what a person was offered by an external select of a view or a message."""
        self.options[source, action_id] = options

    def receive(self, file_id: str, content: bytes) -> None:
        """The bytes of an announced upload."""
        self.uploads[file_id] = replace(self.uploads[file_id], content=content)

    def end_status(self, channel: str, thread_ts: str) -> None:
        """An agent's status line goes when the agent writes in the thread."""
        thread = self.assistant.get((channel, thread_ts), {})
        if thread.pop("status", None):
            self.changed("assistant", channel=channel, thread_ts=thread_ts)

    def end_status_later(self, channel: str, thread_ts: str) -> None:
        """Take a status line away after two minutes, unless another one stands there by then."""
        since = self.status_since[channel, thread_ts] = self.now()

        def end() -> None:
            if self.status_since.get((channel, thread_ts)) == since:
                self.end_status(channel, thread_ts)

        self.agenda.at(since + STATUS_TIME, end)

    def take_upload(self, file_id: str) -> File:
        """An upload that was announced and received. Raises file_not_found."""
        if file_id not in self.uploads:
            raise SlackError("file_not_found")
        return self.uploads.pop(file_id)

    def answer(self, view: View, block_id: str, action_id: str, entry: Json) -> View:
        """Keep what a person filled in."""
        answers = dict(view.answers)
        answers[block_id] = {**answers.get(block_id, {}), action_id: entry}
        return self.put_view(replace(view, answers=answers))
