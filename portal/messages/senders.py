"""The ways out of one installation, made from its settings. Each is optional: without it, cards are printed."""

from portal.clock import Clock
from portal.library.words import TELLING
from portal.messages.gateway import SmsSender
from portal.messages.sender import Sender
from portal.messages.smtp import MailSender
from portal.records.recipients import Channel
from portal.settings import Mode, SettingError, Settings


def senders_from(settings: Settings, clock: Clock) -> dict[Channel, Sender]:
    """Return the ways out that this installation has.

    Raises:
        SettingError: a sender that she would see tells what it is about.

    """
    found: dict[Channel, Sender] = {}
    if settings.mail:
        _refuse_telling(settings, "PORTAL_MAIL_SENDER", settings.mail.sender)
        found[Channel.EMAIL] = MailSender(settings.mail, clock)
    if settings.sms:
        _refuse_telling(settings, "PORTAL_SMS_SENDER", settings.sms.sender)
        found[Channel.SMS] = SmsSender(settings.sms)
    return found


def _refuse_telling(settings: Settings, name: str, sender: str) -> None:
    if settings.mode is Mode.PRODUCTION and (told := TELLING.search(sender)):
        raise SettingError(f"{name}: says {told[0]!r}; it stands on her telephone")
