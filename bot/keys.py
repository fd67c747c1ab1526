"""The keys that seal what people tell of data breaches: from the environment, else from a file beside the database."""

from __future__ import annotations

from functools import partial

from sqlite_utils import Database

from bot.settings import Settings
from knowledge.refused import Refused
from storage import incidents
from storage.sealing import Seal, is_key, new_key, read_keys, readable_by_others, write_keys

WANTED = (
    "CLAUSEKEEPER_KEY is not set; what people tell of a data breach is sealed with it. `clausekeeper incidents new-key` makes "
    "one: put it in the environment, and keep a copy apart from the backups."
)


STRANGE = (
    "The key does not open what is sealed: give the key that it was sealed with (an older one goes behind the newest, "
    "separated by a comma)."
)


def prove(db: Database, seal: Seal) -> None:
    """Refused where a seal does not open what is sealed in a database: nothing may be sealed beside it with another key."""
    if not incidents.opens(db, seal):
        raise Refused(STRANGE)


def seal_of(settings: Settings) -> Seal | None:
    """The seal for these settings; None where there is no key. Refused for a key file with something else in it."""
    keys = settings.keys or read_keys(settings.key_file)
    if not all(is_key(key) for key in keys):
        raise Refused(f"{settings.key_file} holds a line that is no key; `clausekeeper incidents new-key` makes one.")
    return Seal(keys, None if settings.keys else partial(read_keys, settings.key_file)) if keys else None


def need_seal(settings: Settings) -> Seal:
    """The seal for these settings, with a key file of its own where ``./run`` may make one; Refused where there is no key."""
    if settings.own_key:
        make_own(settings)
    seal = seal_of(settings)
    if seal is None:
        raise Refused(WANTED)
    return seal


def make_own(settings: Settings) -> bool:
    """Make a key file beside the database where no key is given, for its owner alone; whether one was made."""
    if seal_of(settings) is not None:
        return False
    try:
        write_keys(settings.key_file, [new_key()])
    except OSError as error:
        raise Refused(f"{settings.key_file} cannot be written: {error.strerror}.") from None
    return True


def state(settings: Settings) -> tuple[bool, str]:
    """Whether the keys are well, and what there is to say about them."""
    if settings.keys:
        return (
            True,
            f"key for data breaches: {len(settings.keys)} from the environment; keep a copy apart from the backups",
        )
    if not settings.key_file.is_file():
        return False, "key for data breaches: none"
    if readable_by_others(settings.key_file):
        return False, f"key for data breaches: others may read {settings.key_file}; chmod 600 it"
    return True, f"key for data breaches: {settings.key_file}, its owner's alone; keep a copy apart from the backups"
