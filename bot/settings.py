"""Settings from the environment and ``.env``: every wrong value is named, none is guessed at."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from knowledge.refused import Refused

_USER = re.compile(r"[UW][A-Z0-9]{2,}")
_ADDRESS = re.compile(r"https?://[^\s/]+(?:/\S*)?")
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_LIMITS = re.compile(r"\s*(?:[a-z_]+=[1-9]\d{0,4}[\s,]*)*")
TEAM = re.compile(r"T[A-Z0-9]{2,}")
# All interfaces only where HOST asks for them.
_HOSTS = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::"}  # nosec B104


@dataclass(frozen=True)
class Settings:
    """What the process was told. Secrets are empty where none was given; ``zone`` turns instants into contract days;
    ``address`` is where the bot is reached from outside, empty where it is not. ``folder`` holds the databases of workspaces
    that installed the app by themselves, of which there are ``several`` where an app's id and secret are given; ``team`` is
    the one that a command is for, empty for none of them. ``retention`` are limits in days by table in the place of our own.
    """

    bot_token: str
    signing_secret: str
    app_token: str
    client_id: str
    client_secret: str
    api_url: str
    database: Path
    folder: Path
    team: str
    retention: Mapping[str, int]
    admins: frozenset[str]
    legal_channel: str
    zone: ZoneInfo
    host: str
    port: int
    address: str
    keys: tuple[str, ...]
    key_file: Path
    own_key: bool
    breach_channels: bool
    metrics_token: str

    def __repr__(self) -> str:
        return f"Settings(database={str(self.database)!r}, api_url={self.api_url!r}, zone={self.zone.key!r})"

    @property
    def several(self) -> bool:
        """Whether workspaces may install the app by themselves."""
        return bool(self.client_id)

    @property
    def registry(self) -> Path:
        """The database of installations."""
        return self.folder / "installations.db"

    def of(self, team: str) -> Settings:
        """The settings of a workspace that installed the app by itself: a database of its own, its own admins and channel."""
        return replace(
            self,
            team=team,
            bot_token="",
            database=self.folder / f"{team}.db",
            admins=frozenset(),
            legal_channel="",
            address=f"{self.address}/team/{team}" if self.address else "",
        )


def from_environment(environment: Mapping[str, str] = os.environ, folder: Path | None = None) -> Settings:
    """Settings from the environment, which prevails, and ``.env`` in a folder (the working one).

    Refused with one line that names every wrong value and what would be right.
    """
    values = {**_dotenv((folder or Path.cwd()) / ".env"), **environment}
    wrong: list[str] = []

    def take(name: str, default: str, right: str, test: re.Pattern[str] | None = None) -> str:
        value = values.get(name, "").strip() or default
        if value and test and not test.fullmatch(value):
            wrong.append(f"{name} should be {right}")
            return default
        return value

    api_url = take("SLACK_API_URL", "https://slack.com/api/", "")
    if urlsplit(api_url).scheme not in {"http", "https"} or not urlsplit(api_url).netloc:
        wrong.append("SLACK_API_URL should be an address such as https://slack.com/api/")
    admins = [name for name in re.split(r"[,\s]+", values.get("CLAUSEKEEPER_ADMINS", "")) if name]
    if strange := [name for name in admins if not _USER.fullmatch(name)]:
        wrong.append(f"CLAUSEKEEPER_ADMINS should list user ids such as U0ADMIN, not {', '.join(strange)}")
    host = take("HOST", "127.0.0.1", "")
    if host not in _HOSTS:
        wrong.append(f"HOST should be one of {', '.join(sorted(_HOSTS))}")
    port = take("PORT", "3000", "a port from 0 to 65535", re.compile(r"\d{1,5}"))
    if int(port) > 65535:
        wrong.append("PORT should be a port from 0 to 65535")
    address = take("CLAUSEKEEPER_URL", "", "the bot's public address, such as https://bot.example.com", _ADDRESS)
    keys = tuple(key for key in re.split(r"[,\s]+", values.get("CLAUSEKEEPER_KEY", "")) if key)
    if not all(_KEY.fullmatch(key) for key in keys):
        wrong.append("CLAUSEKEEPER_KEY should hold keys made by `clausekeeper incidents new-key`, the newest first")
    database = Path(take("CLAUSEKEEPER_DATABASE", "clausekeeper.db", ""))
    client = {name: take(f"SLACK_CLIENT_{name}", "", "") for name in ("ID", "SECRET")}
    if lacking := [f"SLACK_CLIENT_{name}" for name, value in client.items() if not value and any(client.values())]:
        wrong.append(f"{lacking[0]} is missing: an app's id and its secret go together")
    limits = take("CLAUSEKEEPER_RETENTION", "", "days by table, such as outbox=30 feedback=365", _LIMITS)
    team = take("CLAUSEKEEPER_TEAM", "", "a workspace's id such as T0LOCAL", TEAM)
    settings = Settings(
        bot_token=take("SLACK_BOT_TOKEN", "", "a bot token, which starts with xoxb-", re.compile(r"xoxb-\S+")),
        signing_secret=take("SLACK_SIGNING_SECRET", "", ""),
        app_token=take("SLACK_APP_TOKEN", "", "an app token, which starts with xapp-", re.compile(r"xapp-\S+")),
        client_id=client["ID"],
        client_secret=client["SECRET"],
        api_url=api_url.rstrip("/") + "/",
        database=database,
        folder=Path(f"{database}.teams"),
        team="",
        retention=dict(_limit(word) for word in limits.replace(",", " ").split()),
        admins=frozenset(admins),
        legal_channel=take("CLAUSEKEEPER_LEGAL_CHANNEL", "", "a channel id such as C0LEGAL", _CHANNEL),
        zone=_zone(values.get("CLAUSEKEEPER_ZONE", "").strip() or "Europe/Brussels", wrong),
        host=host,
        port=int(port),
        address=address.rstrip("/"),
        keys=keys,
        key_file=Path(take("CLAUSEKEEPER_KEY_FILE", f"{database}.key", "")),
        own_key=take("CLAUSEKEEPER_OWN_KEY", "no", "yes or no", re.compile("yes|no")) == "yes",
        breach_channels=take("CLAUSEKEEPER_BREACH_CHANNELS", "yes", "yes or no", re.compile("yes|no")) == "yes",
        metrics_token=take(
            "CLAUSEKEEPER_METRICS_TOKEN", "", "at least 20 characters without spaces", re.compile(r"\S{20,}")
        ),
    )
    if team and not (settings := settings.of(team)).database.is_file():
        wrong.append(f"CLAUSEKEEPER_TEAM names a workspace without a database: there is no {settings.database}")
    if wrong:
        raise Refused(f"Settings: {'; '.join(wrong)}.")
    return settings


def _limit(word: str) -> tuple[str, int]:
    table, _, days = word.partition("=")
    return table, int(days)


def _zone(name: str, wrong: list[str]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        wrong.append(f"CLAUSEKEEPER_ZONE should be a zone such as Europe/Brussels, not {name!r}")
        return ZoneInfo("Europe/Brussels")


def _dotenv(path: Path) -> dict[str, str]:
    """NAME=value lines of a ``.env`` file, quotes around a value taken off; empty where there is no such file."""
    if not path.is_file():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {
        name.strip().removeprefix("export "): value.strip().strip("'\"")
        for name, _, value in pairs
        if not name.lstrip().startswith("#")
    }
