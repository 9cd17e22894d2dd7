"""The settings of an installation, as its commands read them, and its records."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.settings import SettingError, Settings, settings_from

if TYPE_CHECKING:
    from portal.records.database import Database


def settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        portal.settings.SettingError: naming the first setting that is missing or unusable.

    """
    return settings_from(os.environ)


@contextmanager
def told_plainly() -> Iterator[None]:
    """Let a command end in words where the key of a centre was not given, or what it is about cannot be read.

    Raises:
        portal.settings.SettingError: naming the key, or the row.

    """
    from portal.records.seal import UnreadableError
    from portal.records.wrapping import NotGivenError

    try:
        yield
    except NotGivenError as missing:
        told = f"the key {missing.key_id} of this centre is not given; `portal keys check` says more"
        raise SettingError(f"PORTAL_SEALING_KEYS, PORTAL_CENTRE_KEYS: {told}") from None
    except UnreadableError as damaged:
        told = f"{' '.join(damaged.place)} cannot be read, and nothing was done to it; docs/operating.md says more"
        raise SettingError(f"PORTAL_DATABASE: {told}") from None


@contextmanager
def records(installation: Settings) -> Iterator["Database"]:
    """Give the records of an installation, and let go of them when the command ends."""
    from portal.records.database import Database

    database = Database.of(installation)
    try:
        with told_plainly():
            yield database
    finally:
        database.engine.dispose()
