"""Files that people gave in Slack, fetched with the bot's token: from Slack's own hosts only, and never too much."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from knowledge.refused import Refused

PIECE = 65_536
SLACK = ".slack.com"


async def fetch(client: AsyncWebClient, url: str, most: int) -> bytes:
    """The bytes of a file at ``url``; Refused where there are more than ``most``.

    The client's token goes to Slack (or to the server of its own address) alone, and to nobody to whom that one points
    (https://docs.slack.dev/reference/objects/file-object#auth). aiohttp.ClientError where it cannot be fetched.
    """
    address, ours = urlsplit(url), urlsplit(client.base_url)
    slack = address.scheme == "https" and (address.hostname or "").endswith(SLACK)
    if not slack and (address.scheme, address.netloc) != (ours.scheme, ours.netloc):
        raise Refused(f"A file at {address.hostname or 'no address'} is not fetched: it is none of Slack's.")
    headers = {"Authorization": f"Bearer {client.token}"}
    if client.session is None:
        raise RuntimeError("files are fetched by the session of the process")
    async with client.session.get(url, headers=headers, allow_redirects=False) as response:
        if response.status != 200:
            raise aiohttp.ClientResponseError(response.request_info, (), status=response.status)
        content = bytearray()
        async for piece in response.content.iter_chunked(PIECE):
            content += piece
            if len(content) > most:
                raise Refused(f"The file has more than {most:,} bytes; that is too much.")
    return bytes(content)
