"""The settings of an installation, as its commands read them."""

import os

from portal.settings import Settings, settings_from


def settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        portal.settings.SettingError: naming the first setting that is missing or unusable.

    """
    return settings_from(os.environ)
