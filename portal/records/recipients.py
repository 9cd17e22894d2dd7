"""To whom a message may go: exactly one mobile number, or exactly one e-mail address. Anything else is refused.

What a nurse typed as the contact agreed is free text. A message to a list, to a landline that reads it aloud to the
house, or with a line break that becomes another header, must not be possible.
"""

import re
from enum import StrEnum

SEPARATORS = re.compile(r"[ \u00a0./()-]")
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
BELGIAN = "+32"
BELGIAN_MOBILE = re.compile(r"(\+32)(4[0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})")
ADDRESS = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)


class Channel(StrEnum):
    """How a message goes."""

    SMS = "sms"
    EMAIL = "email"


def mobile_number(typed: str) -> str | None:
    """Return one mobile number as E.164 (`+32470123456`); None where this is anything else.

    A Belgian number may be written as at home (`0470 12 34 56`); of other countries it begins with + or 00. A Belgian
    landline is refused: some read a text message aloud to whoever picks up.
    """
    plain = SEPARATORS.sub("", typed.strip().replace("(0)", ""))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    elif plain.startswith("0"):
        plain = BELGIAN + plain[1:]
    if not INTERNATIONAL.fullmatch(plain):
        return None
    return None if plain.startswith(BELGIAN) and not BELGIAN_MOBILE.fullmatch(plain) else plain


def mail_address(typed: str) -> str | None:
    """Return one e-mail address, its domain in small letters and ASCII; None where this is anything else."""
    local, _, domain = typed.strip().rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode().lower()}"
    except UnicodeError:
        return None
    return plain if ADDRESS.fullmatch(plain) else None


def recipient(channel: Channel, typed: str) -> str | None:
    """Return to whom a message goes by a channel, or None where what was typed is not exactly one."""
    return mobile_number(typed) if channel is Channel.SMS else mail_address(typed)


def in_groups(to: str) -> str:
    """Return a recipient as people compare it: a Belgian number in groups, anything else as it is."""
    groups = BELGIAN_MOBILE.fullmatch(to)
    return " ".join(groups.groups()) if groups else to
