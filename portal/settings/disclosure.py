"""Whom somebody who found a weakness tells: read from the environment, never invented."""

import re
from collections.abc import Mapping

from portal.settings.values import SettingError

POLICY = re.compile(r"https://[\x21-\x7e]+")
CONTACT = re.compile(rf"mailto:[\w.+-]+@[A-Za-z0-9.-]+|tel:\+[0-9-]{{6,20}}|{POLICY.pattern}", re.ASCII)


def security_contacts(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return whom somebody who found a weakness tells, best first (RFC 9116, 2.5.3).

    Raises:
        SettingError: one of them is neither an e-mail address, a telephone number nor an https address.

    """
    contacts = tuple(one.strip() for one in values.get("PORTAL_SECURITY_CONTACT", "").split(",") if one.strip())
    if any(not CONTACT.fullmatch(one) for one in contacts):
        raise SettingError("PORTAL_SECURITY_CONTACT: each begins with mailto:, tel: or https://, and has no space")
    return contacts


def security_policy(values: Mapping[str, str]) -> str | None:
    """Return the address at which it is said what happens with what was found.

    Raises:
        SettingError: it is no https address.

    """
    policy = values.get("PORTAL_SECURITY_POLICY", "").strip()
    if policy and not POLICY.fullmatch(policy):
        raise SettingError("PORTAL_SECURITY_POLICY: is not an https address")
    return policy or None
