"""The workspace on a loopback port: Web API, Socket Mode, response_url, files, control API, page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientSession, DummyCookieJar, TCPConnector, web

from workspace import control, files, hooks, oauth, sights, stream, webapi
from workspace.api import METHODS
from workspace.errors import Json, SlackError
from workspace.records import APP, BOT_USER, TEAM, File
from workspace.sockets import HEARTBEAT_SECONDS
from workspace.state import CLIENT_ID, CLIENT_SECRET, Workspace

PAGE = Path(__file__).parent / "page"
LARGEST_BODY = 1024**3
LONGEST_LINE = 256 * 1024  # the Python SDK puts many arguments into the address, a file's comment among them
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Server:
    """A running workspace. `url` has no slash at its end, `api_url` has one, as Slack's SDKs want it."""

    workspace: Workspace
    url: str
    runner: web.AppRunner

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    async def close(self) -> None:
        """Stop serving, and end connections and deliveries."""
        ws = self.workspace
        await ws.sockets.cut()
        await ws.stop()
        if ws.session is not None:
            await ws.session.close()
            ws.session = None
        await self.runner.cleanup()


def _is_loopback(netloc: str, port: int | None) -> bool:
    try:
        parts = urlsplit(f"//{netloc}")
        return parts.hostname in LOOPBACK and (parts.port or 80) == port
    except ValueError:
        return False  # a port that is no number


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a page of another site makes the browser send, or a name that resolves to loopback."""
    transport = request.transport
    port = transport.get_extra_info("sockname")[1] if transport is not None else None
    if not _is_loopback(request.headers.get("Host", ""), port):
        return web.json_response({"error": "This workspace answers on its loopback address only."}, status=403)
    origin = request.headers.get("Origin")
    if origin is not None and not (origin.startswith("http://") and _is_loopback(origin.removeprefix("http://"), port)):
        return web.json_response({"error": "This workspace takes no requests from other sites."}, status=403)
    site, mode = request.headers.get("Sec-Fetch-Site", "none"), request.headers.get("Sec-Fetch-Mode")
    # A link leads to a page; what does something, or tells what people said, is asked for from here alone.
    page = request.method == "GET" and not request.path.startswith(("/api/", "/_control/"))
    if site not in ("same-origin", "none") and not (page and mode == "navigate"):
        return web.json_response({"error": "This workspace is no part of another site's page."}, status=403)
    return await handler(request)


async def _page_headers(request: web.Request, response: web.StreamResponse) -> None:
    if not request.path.startswith(("/api/", "/response/", "/link")):
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.update(
            {
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "same-origin",
                "Cache-Control": "no-store",
                "Cross-Origin-Resource-Policy": "same-origin",
            }
        )


def _routes(ws: Workspace) -> list[web.RouteDef]:
    async def api(request: web.Request) -> web.StreamResponse:
        return await webapi.handle(ws, request)

    async def hook(request: web.Request) -> web.StreamResponse:
        return await hooks.handle(ws, request)

    async def link(request: web.Request) -> web.StreamResponse:
        if not ws.sockets.redeem(request.query.get("ticket", "")):
            return web.Response(status=401, text="This ticket is not or no longer good.")
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
        try:
            await socket.prepare(request)
        except ConnectionError:
            return socket  # the client left while it was being answered
        ws.changed("connection", open=len(ws.sockets) + 1)
        await ws.sockets.run(socket)
        ws.changed("connection", open=len(ws.sockets))
        return socket

    async def upload(request: web.Request) -> web.StreamResponse:
        return await _take_upload(ws, request)

    async def file(request: web.Request) -> web.StreamResponse:
        return _give_file(ws, request)

    async def shown(request: web.Request) -> web.StreamResponse:
        return _show_file(ws, request)

    async def authorise(request: web.Request) -> web.StreamResponse:
        return await oauth.serve(ws, request)

    async def index(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def permalink(request: web.Request) -> web.StreamResponse:
        channel, ts = request.match_info["channel"], request.match_info["ts"]
        place = {"in": channel, "message": f"{ts[:-6]}.{ts[-6:]}"}
        return web.Response(status=302, headers={"Location": f"/?{urlencode(place)}"})

    async def changes(request: web.Request) -> web.StreamResponse:
        return await stream.serve(ws, request)

    return [
        web.route("*", "/api/{method}", api),
        web.post("/response/{token:.+}", hook),
        web.get("/link/", link),
        web.post("/upload/{file}", upload),
        web.get("/files/{file}/{name}", file),
        web.get("/_control/file/{file}", shown),
        web.get("/oauth/v2/authorize", authorise),
        web.post("/oauth/v2/authorize", authorise),
        web.get("/", index),
        web.get(r"/archives/{channel:\w+}/p{ts:\d{7,}}", permalink),
        web.get("/_control/stream", changes),
        *control.routes(ws),
    ]


async def _take_upload(ws: Workspace, request: web.Request) -> web.Response:
    """The bytes of an announced file, raw or as the one part of a form."""
    id_ = request.match_info["file"]
    if id_ not in ws.uploads:
        return web.Response(status=404, text="No upload was announced here.")
    content = b""
    if request.content_type == "multipart/form-data":
        for part in (await request.post()).values():
            if isinstance(part, web.FileField):
                content = part.file.read()
    else:
        content = await request.read()
    ws.receive(id_, content)
    return web.Response(text=f"OK - {len(content)}")


def _bytes_of(file: File) -> web.Response:
    """A picture is shown, anything else (an SVG may hold script) is downloaded."""
    picture = file.mimetype.startswith("image/") and file.mimetype != "image/svg+xml"
    headers = {"Content-Disposition": "inline" if picture else "attachment"}
    return web.Response(body=file.content, content_type=file.mimetype, headers=headers)


def _give_file(ws: Workspace, request: web.Request) -> web.Response:
    """A file's bytes to the app with its token; without a good one Slack leads to its login page, which is HTML."""
    file = ws.files.get(request.match_info["file"])
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        webapi.authorise(ws, METHODS["files.info"], token if scheme == "Bearer" else "")
    except SlackError:
        file = None
    if file is None or not files.sees(ws, file, BOT_USER):
        return web.Response(status=302, headers={"Location": f"{ws.url}/?{urlencode({'redir': request.path})}"})
    return _bytes_of(file)


def _show_file(ws: Workspace, request: web.Request) -> web.Response:
    """A file's bytes to a person who sees it on the page."""
    file, user = ws.files.get(request.match_info["file"]), request.query.get("user", "")
    if file is None or user not in sights.people(ws) or not files.shown_to(ws, file, user):
        return web.json_response({"error": f"{user} sees no such file."}, status=404)
    return _bytes_of(file)


async def serve(ws: Workspace, host: str = "127.0.0.1", port: int = 3000) -> Server:
    """Serve `ws` on a loopback address; port 0 takes any free one. Raises ValueError or OSError."""
    if host not in LOOPBACK:
        raise ValueError(f"The workspace has no passwords, so it answers on loopback only, not on {host}.")
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[only_from_here])
    app.add_routes(_routes(ws))
    app.router.add_static("/page/", PAGE)
    app.on_response_prepare.append(_page_headers)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=0.5, max_line_size=LONGEST_LINE, max_field_size=LONGEST_LINE
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    taken = runner.addresses[0][1]
    shown = f"[{host}]" if ":" in host else host
    ws.url = f"http://{shown}:{taken}"
    ws.session = ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=0))
    return Server(ws, ws.url, runner)


def about(ws: Workspace) -> Json:
    """What a person needs in order to point an app at this workspace."""
    return {
        "SLACK_API_URL": f"{ws.url}/api/",
        "SLACK_BOT_TOKEN": ws.bot_token,
        "SLACK_APP_TOKEN": ws.app_token,
        "SLACK_SIGNING_SECRET": ws.signing_secret,
        "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "team": TEAM,
        "app": APP,
    }
