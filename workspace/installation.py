"""The app put into the workspace and taken out of it. https://docs.slack.dev/reference/events/app_uninstalled"""

from workspace.events import emit
from workspace.records import BOT_USER
from workspace.state import Workspace


def uninstall(ws: Workspace) -> None:
    """Revoke the token and tell the app; from then on every call is answered account_inactive."""
    if not ws.installed:
        return
    emit(ws, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}})
    emit(ws, {"type": "app_uninstalled"})
    ws.installed = False
    ws.changed("installation", installed=False)


def install(ws: Workspace) -> None:
    """Put the app back. Tokens that expire are those of an installation, and went with the one before."""
    if not ws.installed:
        ws.tokens.clear()
        ws.exchanged = False
    ws.installed = True
    ws.changed("installation", installed=True)
