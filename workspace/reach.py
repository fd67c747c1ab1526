"""What blocks point at must be in the app's reach: pictures it can open, hosts that its manifest names.

https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object and
https://docs.slack.dev/reference/block-kit/blocks/auth-provider-block
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from workspace import files
from workspace.blocks import flat, refusal
from workspace.errors import Json
from workspace.schema import Problem
from workspace.state import Workspace

AUTH_ADDRESSES = ("auth_url", "disconnect_url")


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:  # such as an open bracket
        return ""


def _is_named(host: str, named: tuple[str, ...]) -> bool:
    """Whether a host is one of these or below one."""
    return any(host == one or host.endswith(f".{one}") for one in named)


def _strange_hosts(ws: Workspace, blocks: Any, at: str) -> Iterator[Problem]:
    for pointer, block in flat(blocks or [], at):
        given = [name for name in AUTH_ADDRESSES if block["type"] == "auth_provider" and block.get(name)]
        for name in given:
            if not _is_named(_host(block[name]), ws.manifest.auth_hosts):
                yield "host must be listed in features.user_connections.auth_hosts", f"{pointer}/{name}"


def check(ws: Workspace, blocks: Any, code: str = "invalid_blocks", at: str = "/blocks") -> None:
    """Raises `code` for well-formed blocks that point at what the app cannot open, or at hosts it never named."""
    wrong = [*files.wrong_pictures(ws, blocks, at), *_strange_hosts(ws, blocks, at)]
    if wrong:
        raise refusal(code, wrong)


def check_message(ws: Workspace, body: Json) -> None:
    """The same for the blocks of a message and of its attachments, which are known to be well formed."""
    check(ws, body.get("blocks"))
    for attachment in body.get("attachments") or ():
        check(ws, attachment.get("blocks"))
