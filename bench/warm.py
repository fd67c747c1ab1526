"""Everything that the bot's process imports, so that a process forked from here starts at once."""

import bot.app
import bot.cli
import bot.serving
import handlers
import handlers.pictures
import knowledge.search.ranking
from knowledge.days import holidays
from knowledge.library import load

handlers.modules()
load()

__all__ = ["bot", "holidays", "knowledge"]
