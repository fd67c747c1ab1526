"""Installing the app by OAuth: the page that asks a person, the codes it gives, and tokens that expire.

https://docs.slack.dev/authentication/installing-with-oauth and
https://docs.slack.dev/authentication/using-token-rotation
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from aiohttp import web

from workspace import installation, sights
from workspace.errors import Json, SlackError
from workspace.records import Code, Token
from workspace.samples import ADMIN
from workspace.state import CLIENT_ID, Workspace

CODE_MINUTES = 10
TOKEN_SECONDS = 43_200
LIVE_TOKENS = 2


class Unfit(Exception):
    """The address of the installation asks for what Slack would show an error page about."""


@dataclass(frozen=True)
class Asked:
    """What an installation asks for; `sent` is the redirect_uri as the app sent it, "" when it left it out."""

    redirect: str
    sent: str
    state: str | None
    scopes: tuple[str, ...]


def _scopes(ws: Workspace, given: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(one.strip() for one in given.split(",") if one.strip()))
    unknown = [one for one in wanted if one not in ws.manifest.scopes]
    if unknown:
        raise Unfit(f"invalid_scope: the app's manifest does not have the scope {unknown[0]!r}.")
    return wanted or tuple(sorted(ws.manifest.scopes))


def _redirect(ws: Workspace, sent: str) -> str:
    known = ws.manifest.redirect_urls
    target = sent or next(iter(known), "")
    parts = urlsplit(target)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unfit("bad_redirect_uri: the address lacks redirect_uri, and the manifest has no redirect_urls.")
    if known and not any(_is_below(target, one) for one in known):
        raise Unfit(f"redirect_uri did not match any configured URIs. Passed URI: {target}")
    return target


def _is_below(address: str, configured: str) -> bool:
    """Whether an address is a configured one or lies below it, on the same host."""
    given, allowed = urlsplit(address), urlsplit(configured)
    same = (given.scheme, given.netloc) == (allowed.scheme, allowed.netloc)
    return same and f"{given.path}/".startswith(f"{allowed.path.rstrip('/')}/")


def asked(ws: Workspace, query: Json) -> Asked:
    """Read the address of an installation. Raises Unfit with what Slack's error page says."""
    if query.get("client_id") != CLIENT_ID:
        raise Unfit("invalid_client_id: there is no app of this client_id here.")
    sent = str(query.get("redirect_uri", ""))
    return Asked(_redirect(ws, sent), sent, query.get("state"), _scopes(ws, str(query.get("scope", ""))))


def _back(wanted: Asked, answer: Json) -> web.Response:
    """Back to the app, with the state that it sent."""
    parts = urlsplit(wanted.redirect)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *answer.items()]
    if wanted.state is not None:
        query.append(("state", wanted.state))
    return web.Response(status=302, headers={"Location": urlunsplit(parts._replace(query=urlencode(query)))})


def allow(ws: Workspace, wanted: Asked, user: str) -> web.Response:
    """Yes: a code for the app, good once and for ten minutes."""
    code = ws.new_id("").lower() + ws.new_id("").lower()
    ws.codes[code] = Code(wanted.sent, user, wanted.scopes, ws.now() + timedelta(minutes=CODE_MINUTES))
    return _back(wanted, {"code": code})


def deny(wanted: Asked) -> web.Response:
    """No."""
    return _back(wanted, {"error": "access_denied"})


# The page that asks


def page(ws: Workspace, wanted: Asked, query: Json) -> web.Response:
    """Ask a person whether the app may come in."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(str(value))}">' for name, value in query.items()
    )
    people = "".join(
        f'<option value="{user}"{" selected" if user == ADMIN else ""}>{escape(ws.users[user].real_name)}</option>'
        for user in sights.people(ws)
    )
    scopes = "".join(f"<li><code>{escape(scope)}</code></li>" for scope in wanted.scopes)
    name = escape(ws.manifest.app_name)
    body = (
        f"<h1>{name} asks for access to the Local workspace</h1>"
        f"<h2>{name} will be able to use</h2><ul>{scopes}</ul>"
        f'<form method="post" action="/oauth/v2/authorize">{kept}'
        f'<p><label>Act as <select class="field" name="user">{people}</select></label></p>'
        '<p class="dialog-foot"><button class="button" name="answer" value="deny">Cancel</button>'
        '<button class="button primary" name="answer" value="allow">Allow</button></p></form>'
    )
    return _html(f"Install {name}", body, wanted.redirect)


def refusal(words: str) -> web.Response:
    """Slack's error page for an address that does not fit."""
    return _html("Something went wrong", f"<h1>Something went wrong</h1><p>{escape(words)}</p>", "", status=400)


def _html(title: str, body: str, redirect: str, *, status: int = 200) -> web.Response:
    parts = urlsplit(redirect)
    origin = f" {parts.scheme}://{parts.netloc}" if redirect else ""
    # Browsers hold the redirect that follows a form against form-action too, so the app's own address is in it.
    policy = (
        f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'{origin}; frame-ancestors 'none'"
    )
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title}</title>'
        '<link rel="stylesheet" href="/page/base.css"><link rel="stylesheet" href="/page/layers.css">'
        f'<link rel="stylesheet" href="/page/consent.css"></head><body><main class="consent">{body}</main></body></html>'
    )
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


async def serve(ws: Workspace, request: web.Request) -> web.Response:
    """The address of the installation: a browser is asked, and a script, which takes no HTML, has said yes."""
    try:
        if request.method == "GET":
            query = dict(request.query)
            wanted = asked(ws, query)
            if "text/html" in request.headers.get("Accept", ""):
                return page(ws, wanted, query)
            return allow(ws, wanted, ADMIN)
        form = {name: str(value) for name, value in (await request.post()).items()}
        wanted = asked(ws, form)
    except Unfit as unfit:
        return refusal(str(unfit))
    if form.get("answer") != "allow":
        return deny(wanted)
    user = form.get("user", ADMIN)
    return allow(ws, wanted, user) if user in sights.people(ws) else refusal(f"There is no person {user!r}.")


# Tokens


def redeem(ws: Workspace, code: str, redirect: str) -> Code:
    """Take a code, once. Raises invalid_code or bad_redirect_uri."""
    known = ws.codes.pop(code, None)
    if known is None or ws.now() > known.expires:
        raise SlackError("invalid_code")
    if redirect != known.redirect:
        raise SlackError("bad_redirect_uri")
    installation.install(ws)
    return known


def issue(ws: Workspace) -> Json:
    """The token part of an answer: the bot's lasting token, or with token rotation a fresh pair for twelve hours."""
    if not ws.manifest.token_rotation:
        return {"access_token": ws.bot_token}
    access = f"xoxe.xoxb-1-{ws.new_id('')}{ws.new_id('')}"
    refresh = f"xoxe-1-{ws.new_id('')}{ws.new_id('')}"
    ws.tokens[access] = Token(ws.now() + timedelta(seconds=TOKEN_SECONDS), refresh)
    for old in list(ws.tokens)[:-LIVE_TOKENS]:  # no more than two are good at a time
        del ws.tokens[old]
    return {"access_token": access, "expires_in": TOKEN_SECONDS, "refresh_token": refresh}


def renew(ws: Workspace, refresh: str) -> Json:
    """A fresh pair for a refresh token, which is spent by it. Raises invalid_refresh_token."""
    known = next((access for access, token in ws.tokens.items() if token.refresh == refresh), None)
    if not refresh or known is None or not ws.installed:
        raise SlackError("invalid_refresh_token")
    ws.tokens[known] = replace(ws.tokens[known], refresh="")
    return issue(ws)


def exchange(ws: Workspace, token: str) -> Json:
    """A pair for the lasting token. Raises token_rotation_not_enabled, invalid_token or token_already_exchanged."""
    if not ws.manifest.token_rotation:
        raise SlackError("token_rotation_not_enabled")
    if token != ws.bot_token:
        raise SlackError("invalid_token")
    if ws.exchanged:
        raise SlackError("token_already_exchanged")
    ws.exchanged = True
    return issue(ws)


def is_good(token: Token, now: datetime) -> bool:
    """Whether a token that expires has not done so."""
    return now <= token.expires
