"""`python -m workspace`: a local workspace alone, for an app that runs elsewhere on this machine."""

import argparse
import asyncio
import contextlib
import json
import sys
from pathlib import Path

from workspace import Clock, Workspace, serve
from workspace.server import about


def arguments() -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m workspace", description=__doc__)
    parser.add_argument("--port", type=int, default=3000, help="0 takes any free one (default: 3000)")
    parser.add_argument("--manifest", type=Path, required=True, help="the Slack app manifest, JSON")
    parser.add_argument("--request-url", help="where the app takes signed HTTP deliveries; without it: Socket Mode")
    return parser.parse_args()


async def run(given: argparse.Namespace) -> None:
    """Serve until interrupted."""
    manifest = json.loads(given.manifest.read_text(encoding="utf-8"))
    ws = Workspace(manifest=manifest, clock=Clock(), request_url=given.request_url)
    server = await serve(ws, port=given.port)
    sys.stdout.write(f"{server.url}\n")
    for name, value in about(ws).items():
        sys.stdout.write(f"  {name}={value}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.close()


def main() -> int:
    """Exit status 1 with a sentence when the manifest is unreadable or the port taken."""
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run(arguments()))
    except (OSError, ValueError) as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
