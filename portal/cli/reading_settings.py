"""The settings of an installation, as its commands read them, and its records."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.settings import Settings, settings_from

if TYPE_CHECKING:
    from portal.records.database import Database


def settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        portal.settings.SettingError: naming the first setting that is missing or unusable.

    """
    return settings_from(os.environ)


@contextmanager
def records(installation: Settings) -> Iterator["Database"]:
    """Give the records of an installation, and let go of them when the command ends."""
    from portal.records.database import Database

    database = Database.of(installation)
    try:
        yield database
    finally:
        database.engine.dispose()
