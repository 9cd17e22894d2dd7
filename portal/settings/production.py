"""What production refuses, though each value by itself can be used."""

import base64
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from portal.settings.demonstration import DEMO_DEFAULTS
from portal.settings.installation import Settings
from portal.settings.values import SettingError

LONGEST_BASE_URL = 23  # with `/fr/l/` and a token of 22 characters, a link has 51


def refuse_unsafe(settings: Settings) -> None:
    """Refuse the demonstration's keys, ways in clear, a link longer than an SMS, and a way out that leads back.

    Raises:
        SettingError: naming what is unsafe.

    """
    demonstration = (
        DEMO_DEFAULTS["PORTAL_SIGNING_KEYS"],
        base64.b64decode(DEMO_DEFAULTS["PORTAL_SEALING_KEY"]),
        base64.b64decode(DEMO_DEFAULTS["PORTAL_RECEIPT_KEYS"]),
    )
    if demonstration[0] in settings.signing_keys:
        raise SettingError("PORTAL_SIGNING_KEYS: is the demonstration's key")
    if demonstration[1] in settings.sealing_keys:
        name = "PORTAL_SEALING_KEY" if len(settings.sealing_keys) == 1 else "PORTAL_SEALING_KEYS"
        raise SettingError(f"{name}: is the demonstration's key")
    if demonstration[2] in settings.receipt_keys:
        raise SettingError("PORTAL_RECEIPT_KEYS: is the demonstration's key")
    if not settings.secure_cookies:
        raise SettingError("PORTAL_BASE_URL: production is served over https")
    if len(settings.base_url) > LONGEST_BASE_URL:
        raise SettingError(f"PORTAL_BASE_URL: has more than {LONGEST_BASE_URL} characters; a link must fit one SMS")
    if urlsplit(settings.neutral_site).hostname == urlsplit(settings.base_url).hostname:
        raise SettingError("PORTAL_NEUTRAL_SITE: leads back to this site")
    if not _is_safe_way(settings.database):
        told = "another machine is asked with sslmode=verify-full, or with sslmode=disable inside a closed network"
        raise SettingError(f"PORTAL_DATABASE: {told}")


def _is_safe_way(database: str) -> bool:
    """Tell whether the way to the records is this machine, proved and encrypted, or said to be closed to others."""
    parts = urlsplit(database)
    asked = parse_qs(parts.query)
    host = asked.get("host", [parts.hostname or ""])[-1]
    if not parts.scheme.startswith("postgresql") or host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback or asked.get("sslmode") in (["verify-full"], ["disable"])
    except ValueError:
        return asked.get("sslmode") in (["verify-full"], ["disable"])
