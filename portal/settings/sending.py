"""The two ways out: a mail server and a gateway for text messages, each optional, neither in clear on a network."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote

from portal.settings.values import SettingError, are_together, is_this_machine, parts_of

MAIL_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
MAIL_SENDER = re.compile(r"([\w .'’-]{1,60} <)?(?P<address>[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+)(?(1)>)")
SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}|\+?[0-9]{3,15}")


class Security(StrEnum):
    """How a mail server is spoken with; in clear only on this machine."""

    TLS = "smtps"
    STARTTLS = "smtp+starttls"
    CLEAR = "smtp"


@dataclass(frozen=True)
class MailServer:
    """Where e-mails are handed over, and the neutral sender they carry."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class SmsGateway:
    """Where text messages are handed over, and the name or number she will see."""

    address: str
    sender: str
    token: str = field(repr=False)


def mail_server(values: Mapping[str, str]) -> MailServer | None:
    """Return where e-mails are handed over; None where none are sent.

    Raises:
        SettingError: only one of the two is set, or one cannot be used.

    """
    if not are_together(values, ("PORTAL_SMTP", "PORTAL_MAIL_SENDER")):
        return None
    sender = values["PORTAL_MAIL_SENDER"].strip()
    if not MAIL_SENDER.fullmatch(sender):
        raise SettingError("PORTAL_MAIL_SENDER: is not one address, or one name and <address>")
    parts = parts_of(values, "PORTAL_SMTP", tuple(MAIL_PORTS))
    security = Security(parts.scheme)
    if security is Security.CLEAR and not is_this_machine(parts):
        raise SettingError("PORTAL_SMTP: in clear on this machine only; use smtps:// or smtp+starttls://")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError("PORTAL_SMTP: has more than a server and a port")
    return MailServer(
        host=parts.hostname or "",
        port=parts.port or MAIL_PORTS[security],
        security=security,
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def sms_gateway(values: Mapping[str, str]) -> SmsGateway | None:
    """Return where text messages are handed over; None where none are sent.

    Raises:
        SettingError: not all three are set, or one cannot be used.

    """
    if not are_together(values, ("PORTAL_SMS_GATEWAY", "PORTAL_SMS_TOKEN", "PORTAL_SMS_SENDER")):
        return None
    sender, token = values["PORTAL_SMS_SENDER"].strip(), values["PORTAL_SMS_TOKEN"].strip()
    if not SMS_SENDER.fullmatch(sender):
        raise SettingError("PORTAL_SMS_SENDER: is no name of 11 letters and digits at most, and no number")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingError("PORTAL_SMS_TOKEN: cannot stand in a header")
    parts = parts_of(values, "PORTAL_SMS_GATEWAY", ("https", "http"))
    if parts.scheme == "http" and not is_this_machine(parts):
        raise SettingError("PORTAL_SMS_GATEWAY: in clear on this machine only; use https://")
    if parts.username or parts.query or parts.fragment:
        raise SettingError("PORTAL_SMS_GATEWAY: has more than a server, a port and a path")
    return SmsGateway(parts.geturl(), sender, token)
