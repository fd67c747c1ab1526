"""What the bench of load takes for trouble is what the bot tells as trouble of its own, in its log as it is written."""

from __future__ import annotations

import logging
from pathlib import Path

from bench.load import troubles
from bot import logs


def test_trouble_is_told_from_what_is_said_of_every_request(tmp_path: Path) -> None:
    log, root = tmp_path / "bot.log", logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in logs.OURS}
    try:
        with log.open("w", encoding="utf-8") as stream:
            logs.start(stream)
            logs.tell(logging.getLogger("bot.dispatch"), "request", {"ms": 3, "outcome": "answered"})
            logging.getLogger("bot.delivery").info("sent")
            logging.getLogger("slack_bolt").warning("of its own")
            logging.getLogger("bot.delivery").error("letter x")
    finally:
        root.handlers = handlers
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    assert troubles(log) == ["letter x"]
