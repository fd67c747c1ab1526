"""The workspace as a process of its own: small, alone, for fifty people, and what it needs from elsewhere."""

import ast
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_bolt.app.async_app import AsyncApp

from tests.workspace.desk import opened
from tests.workspace.harness import MANIFEST, stage

ROOT = Path(__file__).parents[2]


async def _start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "workspace",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def _resident_kilobytes(pid: int) -> int:
    """How much memory a process holds; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    (line,) = [one for one in status.read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1])


async def test_runs_alone_and_is_small(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    process = await _start("--port", "0", "--manifest", str(manifest))
    assert process.stdout is not None
    try:
        async with asyncio.timeout(10):
            url = (await process.stdout.readline()).decode().strip()
            assert b"SLACK_API_URL" in await process.stdout.readline()
        async with ClientSession() as session, session.get(f"{url}/_control/app") as answer:
            assert (await answer.json())["name"] == "Probe"
        assert _resident_kilobytes(process.pid) < 80 * 1024
    finally:
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize("content", ["{", None])
async def test_an_unreadable_manifest_is_said_in_a_sentence(tmp_path: Path, content: str | None) -> None:
    manifest = tmp_path / "manifest.json"
    if content is not None:
        manifest.write_text(content, encoding="utf-8")
    process = await _start("--port", "0", "--manifest", str(manifest))
    _, error = await process.communicate()
    assert process.returncode == 1
    assert error
    assert b"Traceback" not in error


async def test_fifty_people_connected_at_once() -> None:
    async with opened() as desk, asyncio.timeout(10):
        url = f"{desk.server.url}/_control/stream"
        streams = [await desk.session.get(url, params={"user": "U0ANNA"}) for _ in range(50)]
        for stream in streams:
            assert await stream.content.readuntil(b"\n\n") == b": here\n\n"
        await desk.client.chat_postMessage(channel="C0GENERAL", text="all")
        for stream in streams:
            line = await stream.content.readuntil(b"\n\n")
            assert json.loads(line.decode().removeprefix("data: "))["type"] == "message"
            stream.close()


async def test_one_tree_from_click_to_calls() -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "M"}, "blocks": [{"type": "divider"}]}

    def register(app: AsyncApp) -> None:
        @app.command("/probe")
        async def probe(ack: Any, body: dict[str, Any], client: Any, respond: Any) -> None:
            await ack("here")
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await respond("more")

    async with stage("http", register) as on:
        await on.hands.type("U0ANNA", "/probe words")
        (tree,) = await on.hands.trees("command")
        assert (tree["what"], tree["user"], tree["channel"]) == ("/probe words", "U0ANNA", "C0GENERAL")
        (delivery,) = tree["deliveries"]
        assert delivery["envelope"]["command"] == "/probe"
        assert delivery["ack"] == {"text": "here"}
        assert 0 < delivery["ms"] < delivery["budget_ms"] == 3000
        (call,) = tree["calls"]
        assert (call["method"], call["result"]["ok"]) == ("views.open", True)
        assert call["arguments"]["view"]["type"] == "modal"
        assert "token" not in call["arguments"]
        (post,) = tree["response_urls"]
        assert (post["body"]["text"], post["status"]) == ("more", 200)


async def test_without_interactivity_in_the_manifest_nothing_is_sent() -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    manifest = {**MANIFEST, "settings": {}}
    async with opened(manifest) as desk:
        blocks = [{"type": "actions", "elements": [button]}]
        posted = await desk.client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
        where = {"channel": "C0GENERAL", "message_ts": posted["ts"], "action_id": "go"}
        answer = await desk.hands.post("click", user="U0ANNA", **where)
        assert "not configured to handle interactive responses" in answer["error"]


def test_imports_only_itself_aiohttp_and_the_standard_library() -> None:
    allowed = sys.stdlib_module_names | {"aiohttp", "workspace"}
    for path in (ROOT / "workspace").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert all(name.partition(".")[0] in allowed for name in names), path
