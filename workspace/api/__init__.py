"""The Web API, one module per family of methods; importing this package fills the registry."""

from workspace.api import (
    apps,
    assistant,
    chat,
    conversations,
    files,
    marks,
    membership,
    oauth,
    team,
    usergroups,
    users,
    views,
)
from workspace.api.registry import METHODS, Call, Method

__all__ = [
    "METHODS",
    "Call",
    "Method",
    "apps",
    "assistant",
    "chat",
    "conversations",
    "files",
    "marks",
    "membership",
    "oauth",
    "team",
    "usergroups",
    "users",
    "views",
]
