"""Every setting, typed, read from the environment once. A bad one names itself and the program stops."""

from portal.settings.demonstration import DEMO_DEFAULTS
from portal.settings.hospital import HospitalSignIn
from portal.settings.installation import Mode, Settings
from portal.settings.reading import settings_from
from portal.settings.sending import MailServer, Security, SmsGateway
from portal.settings.values import SettingError, is_this_machine

__all__ = [
    "DEMO_DEFAULTS",
    "HospitalSignIn",
    "MailServer",
    "Mode",
    "Security",
    "SettingError",
    "Settings",
    "SmsGateway",
    "is_this_machine",
    "settings_from",
]
