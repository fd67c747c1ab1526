"""The local workspace's numbers, in one run: start, memory, slash round trips, 50 people at once, 10,000 messages.

    python -m bench.workspace [--messages 10000] [--people 50] [--commands 500] [--no-browser]

Starts the workspace as a process of its own and an app that acknowledges only, over HTTP on loopback. Prints JSON:
milliseconds from start to the first answer, by the clock and of the processor; memory in MB at the start, with everybody
connected and with all messages; the round trip of a slash command as the workspace measures it and as a person waits for it,
alone and with everybody listening; milliseconds until a message has reached everybody; and in Debian's chromium the frames of
scrolling through all messages with the rows that are in the page meanwhile. Nothing here is a test: figures depend on what
else the machine does, so its load is printed too, and what the workspace's own process used of the processor.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web
from playwright.async_api import async_playwright

Json = dict[str, Any]
MANIFEST: Json = {
    "display_information": {"name": "Bench"},
    "features": {
        "bot_user": {"display_name": "Bench"},
        "slash_commands": [{"command": "/bench", "description": "Acknowledged"}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
    "settings": {"interactivity": {"is_enabled": True}},
}
PEOPLE = ("U0ANNA", "U0RAVI", "U0MARIE", "U0ADMIN")
CHANNEL = "C0GENERAL"
TOKEN = {"Authorization": "Bearer xoxb-local"}
WHEEL_STEPS = 300
FRAMES = """steps => new Promise(resolve => {
  const box = document.querySelector('.messages .scroller');
  const took = []; let [rows, step, last] = [0, 0, performance.now()];
  const next = now => {
    took.push(now - last);
    last = now;
    rows = Math.max(rows, box.querySelectorAll('.row').length);
    box.scrollTop -= box.clientHeight * 0.8;
    if (++step < steps) requestAnimationFrame(next); else resolve({took, rows});
  };
  requestAnimationFrame(next);
})"""


def memory(pid: int) -> float:
    """What a process holds, in MB; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    (line,) = [one for one in status.read_text(encoding="utf-8").splitlines() if one.startswith("VmRSS")]
    return round(int(line.split()[1]) / 1024, 1)


def processor(pid: int) -> float:
    """The processor's time that a process has used, in ms; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def spread(values: Sequence[float]) -> Json:
    """The median, the 95th of 100 and the largest."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[int(len(ordered) * 0.95)], 2),
        "max": round(ordered[-1], 2),
    }


@asynccontextmanager
async def acknowledging() -> AsyncIterator[str]:
    """An app that says yes to everything; its request URL."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({"text": "here"})

    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


class Bench:
    """The workspace's process and a client to it."""

    def __init__(self, url: str, pid: int, session: ClientSession) -> None:
        self.url, self.pid, self.session = url, pid, session

    async def post(self, path: str, **body: Any) -> Json:
        """A request to the control API."""
        async with self.session.post(f"{self.url}/_control/{path}", json=body) as answer:
            answer.raise_for_status()
            shown: Json = await answer.json()
            return shown

    async def say(self, text: str) -> str:
        """A message of the app; its ts."""
        body = {"channel": CHANNEL, "text": text}
        async with self.session.post(f"{self.url}/api/chat.postMessage", data=body, headers=TOKEN) as answer:
            return str((await answer.json())["ts"])

    async def commands(self, count: int) -> tuple[list[float], list[float]]:
        """Slash commands one after the other: as the workspace measures them, and as a person waits, in ms."""
        inside, outside = [], []
        for number in range(count):
            started = time.perf_counter()
            user = PEOPLE[number % len(PEOPLE)]
            answer = await self.post("command", user=user, channel=CHANNEL, command="/bench", text=str(number))
            outside.append((time.perf_counter() - started) * 1000)
            inside.append(float(answer["ms"]))
        return inside, outside


async def listen(bench: Bench, user: str, ready: asyncio.Event, heard: asyncio.Event) -> None:
    """Read one person's stream of changes; `heard` is set by every message. Ends when it is cancelled."""
    async with bench.session.get(f"{bench.url}/_control/stream", params={"user": user}) as stream:
        async for line in stream.content:
            if line.startswith(b":"):
                ready.set()
            elif b'"type": "message"' in line:
                heard.set()


@asynccontextmanager
async def everybody(bench: Bench, people: int) -> AsyncIterator[list[asyncio.Event]]:
    """So many people listening at once; an event for each, set by every message heard."""
    ready = [asyncio.Event() for _ in range(people)]
    heard = [asyncio.Event() for _ in range(people)]
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(listen(bench, PEOPLE[at % len(PEOPLE)], ready[at], heard[at])) for at in range(people)
        ]
        await asyncio.gather(*(one.wait() for one in ready))
        try:
            yield heard
        finally:
            for task in running:
                task.cancel()


async def reach(bench: Bench, heard: Sequence[asyncio.Event], count: int) -> list[float]:
    """Milliseconds from a message of the app until everybody has heard of it."""
    took = []
    for number in range(count):
        for one in heard:
            one.clear()
        started = time.perf_counter()
        posting = asyncio.create_task(bench.say(f"to everybody {number}"))
        await asyncio.gather(*(one.wait() for one in heard))
        took.append((time.perf_counter() - started) * 1000)
        await posting
    return took


async def at_once(bench: Bench, people: int) -> list[float]:
    """Milliseconds that each of so many people waits when all send a command at the same time."""

    async def one(number: int) -> float:
        started = time.perf_counter()
        user = PEOPLE[number % len(PEOPLE)]
        await bench.post("command", user=user, channel=CHANNEL, command="/bench", text="at once")
        return (time.perf_counter() - started) * 1000

    return list(await asyncio.gather(*(one(number) for number in range(people))))


async def scrolling(url: str) -> Json:
    """Frames of scrolling up through the channel in a browser, in ms, and the rows in the page meanwhile."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        started = time.perf_counter()
        await page.goto(f"{url}/?as=U0ANNA&in={CHANNEL}")
        await page.wait_for_selector("body[data-ready]")
        await page.wait_for_selector(".row")
        shown = (time.perf_counter() - started) * 1000
        await page.wait_for_timeout(500)
        found = await page.evaluate(FRAMES, WHEEL_STEPS)
        await browser.close()
    return {"page_shown_ms": round(shown), "frame_ms": spread(found["took"][1:]), "most_rows_in_page": found["rows"]}


async def run(given: argparse.Namespace) -> Json:
    """Everything, in order."""
    results: Json = {"date": time.strftime("%Y-%m-%d"), "load_before": os.getloadavg()[0], "cores": os.cpu_count()}
    async with AsyncExitStack() as stack:
        request_url = await stack.enter_async_context(acknowledging())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
        command = ["-m", "workspace", "--port", "0", "--manifest", str(folder / "manifest.json"), "--request-url"]
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, request_url, stdout=asyncio.subprocess.PIPE
        )
        stack.push_async_callback(process.wait)
        stack.callback(process.terminate)
        assert process.stdout is not None
        url = (await process.stdout.readline()).decode().strip()
        timeout, connector = ClientTimeout(total=None), TCPConnector(limit=0)
        session = await stack.enter_async_context(ClientSession(timeout=timeout, connector=connector))
        bench = Bench(url, process.pid, session)
        async with session.get(f"{url}/_control/app") as answer:
            answer.raise_for_status()
        results["ready_ms"] = round((time.perf_counter() - started) * 1000)
        results["ready_processor_ms"] = processor(bench.pid)
        results["memory_mb"] = {"at_start": memory(bench.pid)}
        await bench.commands(20)  # warms up
        before = processor(bench.pid)
        inside, outside = await bench.commands(given.commands)
        used = (processor(bench.pid) - before) / given.commands
        results["slash_ms"] = {
            "workspace_to_app_and_back": spread(inside),
            "as_a_person_waits": spread(outside),
            "workspace_processor": round(used, 2),
        }
        async with everybody(bench, given.people) as heard:
            inside, outside = await bench.commands(given.commands)
            results[f"with_{given.people}_people"] = {
                "slash_ms": {"workspace_to_app_and_back": spread(inside), "as_a_person_waits": spread(outside)},
                "message_reaches_all_ms": spread(await reach(bench, heard, 100)),
                "all_send_a_command_at_once_ms": spread(await at_once(bench, given.people)),
            }
            results["memory_mb"][f"with_{given.people}_people"] = memory(bench.pid)
        started = time.perf_counter()
        for number in range(given.messages):
            await bench.say(f"message {number} of many, with some words in it")
        results["messages"] = {
            "count": given.messages,
            "post_ms": round((time.perf_counter() - started) * 1000 / given.messages, 2),
        }
        results["memory_mb"]["with_all_messages"] = memory(bench.pid)
        if not given.no_browser:
            results["messages"]["scrolling"] = await scrolling(url)
    results["load_after"] = os.getloadavg()[0]
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--commands", type=int, default=500)
    parser.add_argument("--no-browser", action="store_true")
    sys.stdout.write(f"{json.dumps(asyncio.run(run(parser.parse_args())), indent=2)}\n")


if __name__ == "__main__":
    main()
