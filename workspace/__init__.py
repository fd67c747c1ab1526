"""A local workspace that behaves like Slack towards one app, for trying it and for testing it."""

from workspace.clock import Clock
from workspace.server import Server, serve
from workspace.state import Workspace

__all__ = ["Clock", "Server", "Workspace", "serve"]
