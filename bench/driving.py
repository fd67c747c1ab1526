"""What the benches share: the local workspace, processes under test, and signed requests over kept connections."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from bot.manifest import manifest
from storage.sealing import new_key
from workspace import Clock, Server, Workspace, serve

ROOT = Path(__file__).parent.parent
SECRET = "local-secret"
LOOPBACK = "127.0.0.1"
_numbers = count(1)


@asynccontextmanager
async def slack(request_url: str) -> AsyncIterator[Server]:
    """A local workspace that delivers to an address."""
    workspace = Workspace(manifest=manifest(f"http://{LOOPBACK}:1"), clock=Clock(), request_url=request_url)
    server = await serve(workspace, host=LOOPBACK, port=0)
    try:
        yield server
    finally:
        await server.close()


def environment(api_url: str, port: int, database: Path) -> dict[str, str]:
    """The settings of a process under test."""
    return os.environ | {
        "SLACK_BOT_TOKEN": "xoxb-local",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "CLAUSEKEEPER_DATABASE": str(database),
        "CLAUSEKEEPER_KEY": new_key(),
        "CLAUSEKEEPER_ADMINS": "U0ADMIN",
        "CLAUSEKEEPER_LEGAL_CHANNEL": "C0LEGAL",
        "PORT": str(port),
        "HOST": LOOPBACK,
    }


def start(module: str, *words: str, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A process of this project; what it says goes to a file."""
    with log.open("ab") as written:
        return subprocess.Popen(
            [sys.executable, "-m", module, *words], cwd=ROOT, env=environment, stdout=written, stderr=written
        )


def free_port() -> int:
    """A port of this machine that nothing listens on just now."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        return int(taken.getsockname()[1])


async def ready(process: subprocess.Popen[bytes], port: int) -> float:
    """Wait until a process answers on its port; seconds of waiting. RuntimeError where it ended instead."""
    began = time.perf_counter()
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode}")
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            line = await reader.readline()
            writer.close()
            if b" 200 " in line:
                return time.perf_counter() - began
        await asyncio.sleep(0.01)


def used(pid: int) -> float:
    """Seconds of processor time that a process has taken so far, in all of its threads that still are."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to stop, and wait for it; what it still owes to say it says when it starts again."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running(module: str, *words: str, settings: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process under test, which is stopped at the end."""
    process = start(module, *words, environment=settings, log=folder / f"{module}.log")
    try:
        yield process
    finally:
        end(process)


@contextmanager
def paused(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """While a process stands still."""
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def command(name: str, text: str, user: str = "U0ANNA", channel: str = "C0GENERAL", trigger: str = "") -> bytes:
    """The body of a slash command as Slack sends it, with a trigger of its own."""
    fields = {
        "command": name,
        "text": text,
        "user_id": user,
        "channel_id": channel,
        "team_id": "T0LOCAL",
        "trigger_id": trigger or f"{os.getpid()}.{next(_numbers)}",
        "response_url": "http://127.0.0.1:1/",
    }
    return urlencode(fields).encode()


def request(body: bytes) -> bytes:
    """A whole signed HTTP request."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body


@dataclass
class Line:
    """A kept HTTP connection to the process under test."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a signed body."""
        self.writer.write(request(body))
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return int(head[9:12]), await self.reader.readexactly(int(length or 0))


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    """A connection to a port of this machine."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


@dataclass
class Measured:
    """Times in milliseconds of the requests that were answered, and what else came."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def throughput(self) -> float:
        """Requests answered a second."""
        return len(self.times) / self.seconds

    def at(self, share: float) -> float:
        """The time that a share of the requests stayed within."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


async def load(port: int, body: Callable[[], bytes], *, at_once: int, seconds: float, rate: float = 0) -> Measured:
    """Ask over ``at_once`` connections for some seconds, each as soon as it was answered; at most ``rate`` a second in all."""
    measured, began = Measured(), time.perf_counter()
    turns = count(1)

    async def keep_asking() -> None:
        async with line(port) as over:
            while time.perf_counter() - began < seconds:
                if rate:
                    await asyncio.sleep(max(0.0, next(turns) / rate - (time.perf_counter() - began)))
                asked = time.perf_counter()
                status, answer = await over.ask(body())
                measured.times.append((time.perf_counter() - asked) * 1000)
                if status != 200 or b"went wrong" in answer:
                    measured.errors.append(f"{status} {answer[:200]!r}")

    await asyncio.gather(*(keep_asking() for _ in range(at_once)))
    measured.seconds = time.perf_counter() - began
    return measured


def middle(values: Sequence[float]) -> float:
    """The median."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
