"""The refusals: Slack's to the app, and the control API's to whoever drives the workspace."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A Web API refusal under Slack's own error name, with the fields Slack sends beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra: Json = extra

    def to_json(self) -> Json:
        """The body of the answer."""
        return {"ok": False, "error": self.code, **self.extra}


class NoSuchThing(Exception):
    """The control API was asked about something that is not here: status 404 and a sentence."""


class CannotDo(Exception):
    """The control API was asked for something a person could not do: status 400 and a sentence."""


def invalid_arguments(*messages: str) -> SlackError:
    """Slack's shape for arguments that miss a field or have a wrong one."""
    return SlackError(
        "invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}" for message in messages]}
    )
