"""The frozen values a workspace is made of, and the JSON that Slack shows of each."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from urllib.parse import quote
from zoneinfo import ZoneInfo

from workspace.errors import Json

TEAM = "T0LOCAL"
TEAM_NAME = "Local workspace"
DOMAIN = "local"
LOCALE = "en-GB"
APP = "A0LOCAL"
BOT_USER = "U0BOT"
BOT = "B0BOT"
SLACKBOT = "USLACKBOT"
OTHER_APP = "A0OTHER"
OTHER_BOT = "B0OTHER"
OTHER_NAME = "Another app"


@dataclass(frozen=True)
class User:
    """A member of the workspace. `zone` is an IANA name, `locale` a language tag such as en-GB."""

    id: str
    name: str
    real_name: str
    zone: str = "Europe/Brussels"
    locale: str = "en-GB"
    title: str = ""
    is_admin: bool = False
    is_bot: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"

    def profile(self) -> Json:
        """The profile as users.info and users.profile.get show it."""
        first, _, last = self.real_name.partition(" ")
        fields: Json = {
            "title": self.title,
            "phone": "",
            "skype": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": first,
            "last_name": last,
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": "",
            "team": TEAM,
        }
        if self.is_bot:
            return fields | {"api_app_id": APP, "bot_id": BOT}
        return fields | {"email": self.email}

    def to_json(self, now: datetime, *, with_email: bool = True, with_locale: bool = False) -> Json:
        """The user object; `tz_offset` is in seconds and follows summer time at `now`."""
        local = now.astimezone(ZoneInfo(self.zone))
        offset = local.utcoffset()
        assert offset is not None  # astimezone always gives an aware datetime
        profile = self.profile()
        if not with_email:
            profile.pop("email", None)
        user: Json = {
            "id": self.id,
            "team_id": TEAM,
            "name": self.name,
            "deleted": False,
            "color": "4bbe2e",
            "real_name": self.real_name,
            "tz": self.zone,
            "tz_label": local.tzname(),
            "tz_offset": int(offset.total_seconds()),
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
        }
        return user | {"locale": self.locale} if with_locale else user


@dataclass(frozen=True)
class Group:
    """A user group. `changed` and `disabled` are in seconds since 1970; 0 for `disabled` means that it is in use."""

    id: str
    handle: str
    name: str
    description: str
    users: tuple[str, ...]
    created: int
    creator: str
    changed: int = 0
    changer: str = ""
    disabled: int = 0

    def to_json(self, *, with_users: bool = False, with_count: bool = False) -> Json:
        """The user group object, as https://docs.slack.dev/reference/objects/usergroup-object shows it."""
        shown: Json = {
            "id": self.id,
            "team_id": TEAM,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_create": self.created,
            "date_update": self.changed or self.created,
            "date_delete": self.disabled,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": self.creator,
            "updated_by": self.changer or self.creator,
            "deleted_by": self.changer if self.disabled else None,
            "prefs": {"channels": [], "groups": []},
            "channel_count": 0,
        }
        return (
            shown
            | ({"users": list(self.users)} if with_users else {})
            | ({"user_count": len(self.users)} if with_count else {})
        )


@dataclass(frozen=True)
class Note:
    """A topic or a purpose of a channel. `last_set` is in seconds since 1970."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def to_json(self) -> Json:
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass(frozen=True)
class Pin:
    """A message pinned to its channel: who did it, and when, in seconds since 1970."""

    ts: str
    user: str
    created: int


@dataclass(frozen=True)
class Channel:
    """A conversation. `kind` is channel (public), group (private), im or mpim, as events call them."""

    id: str
    name: str
    kind: str
    members: tuple[str, ...]
    creator: str
    created: int
    topic: Note = Note()
    purpose: Note = Note()
    is_archived: bool = False
    previous_names: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()

    def is_pinned(self, ts: str) -> bool:
        return any(pin.ts == ts for pin in self.pins)

    def without_pin(self, ts: str) -> tuple[Pin, ...]:
        """The pins that stay when this message is no longer pinned."""
        return tuple(pin for pin in self.pins if pin.ts != ts)

    def other(self, user: str) -> str:
        """Whom `user` talks to in this direct message."""
        return next((member for member in self.members if member != user), user)

    def to_json(self, viewer: str) -> Json:
        """The conversation object as `viewer` (a user id) gets it."""
        shared: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.kind == "im",
            "is_org_shared": False,
            "context_team_id": TEAM,
            "updated": self.created * 1000,
        }
        if self.kind == "im":
            return shared | {"user": self.other(viewer), "is_user_deleted": False, "priority": 0}
        return shared | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_general": self.id == "C0GENERAL",
            "unlinked": 0,
            "is_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "parent_conversation": None,
            "creator": self.creator,
            "is_ext_shared": False,
            "shared_team_ids": [TEAM],
            "pending_connected_team_ids": [],
            "is_member": viewer in self.members,
            "topic": self.topic.to_json(),
            "purpose": self.purpose.to_json(),
            "previous_names": list(self.previous_names),
        }


@dataclass(frozen=True)
class Message:
    """A message. `body` is its JSON without channel; `reader` is the one person who sees an ephemeral."""

    channel: str
    ts: str
    body: Json = field(default_factory=dict)
    reader: str | None = None

    @property
    def thread(self) -> str | None:
        """The ts of the thread's first message, when this message is in a thread."""
        return self.body.get("thread_ts")

    @property
    def is_reply(self) -> bool:
        return self.thread is not None and self.thread != self.ts

    @property
    def is_ours(self) -> bool:
        """Whether the app under test wrote it."""
        return self.body.get("app_id") == APP


@dataclass(frozen=True)
class Change:
    """Something in the workspace became different: `about` names its type, and whom and what it concerns."""

    about: Json

    @cached_property
    def line(self) -> bytes:
        """The change as a server-sent event, written once for everybody who listens."""
        return f"data: {json.dumps(self.about)}\n\n".encode()


@dataclass(frozen=True)
class Code:
    """What a person said yes to: good once, until it `expires`. `redirect` is what the app sent, "" for nothing."""

    redirect: str
    user: str
    scopes: tuple[str, ...]
    expires: datetime


@dataclass(frozen=True)
class Token:
    """A token of the bot that expires; `refresh` brings the next one, once, and is "" when it has."""

    expires: datetime
    refresh: str


@dataclass(frozen=True)
class View:
    """A modal or a Home.

    `answers` holds what the person filled in, by block id and action id; `origin` is the conversation that the person
    looked at when the modal opened, "" for none.
    """

    id: str
    user: str
    spec: Json
    hash: str
    root: str
    previous: str | None = None
    answers: Json = field(default_factory=dict)
    origin: str = ""

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.spec["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        return self.spec.get("external_id") or ""


@dataclass(frozen=True)
class Share:
    """Where a file was shown: the conversation with its kind, and the message."""

    channel: str
    kind: str
    ts: str
    thread_ts: str | None = None

    def to_json(self) -> Json:
        """The share as files.info lists it."""
        return {"ts": self.ts} | ({"thread_ts": self.thread_ts} if self.thread_ts else {})


@dataclass(frozen=True)
class File:
    """An uploaded file. `alt` describes a picture; `given` means that a person put it in a form of the app."""

    id: str
    user: str
    name: str
    title: str
    mimetype: str
    content: bytes
    created: int
    alt: str = ""
    shares: tuple[Share, ...] = ()
    given: bool = False

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else "text"

    def _shared(self, *kinds: str) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for share in self.shares:
            if share.kind in kinds:
                found.setdefault(share.channel, []).append(share.to_json())
        return found

    def to_json(self, base_url: str) -> Json:
        """The file object; `base_url` is the address of this workspace."""
        url = f"{base_url}/files/{self.id}/{quote(self.name)}"
        public, groups, direct = self._shared("channel"), self._shared("group", "mpim"), self._shared("im")
        shown: Json = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title,
            "mimetype": self.mimetype,
            "filetype": self.extension,
            "pretty_type": self.extension.upper(),
            "user": self.user,
            "user_team": TEAM,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": bool(public),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": url,
            "url_private_download": f"{url}?download=1",
            "permalink": url,
            "channels": list(public),
            "groups": list(groups),
            "ims": list(direct),
            "shares": {
                **({"public": public} if public else {}),
                **({"private": groups | direct} if groups or direct else {}),
            },
            "comments_count": 0,
            "file_access": "visible",
        }
        return shown | ({"alt_txt": self.alt} if self.alt else {})
