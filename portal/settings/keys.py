"""The keys that sign, several at a time: the newest is the last, and the older ones still verify."""

from collections.abc import Mapping

from portal.settings.values import SettingError, key_of_32_bytes, required

SHORTEST_SECRET = 32


def signing_keys(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that sign forms and invitations, newest last.

    Raises:
        SettingError: there is none, or one is shorter than 32 characters.

    """
    keys = tuple(key.strip() for key in required(values, "PORTAL_SIGNING_KEYS").split(",") if key.strip())
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise SettingError(f"PORTAL_SIGNING_KEYS: each key needs at least {SHORTEST_SECRET} characters")
    return keys


def receipt_keys(values: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the seeds that sign receipts and anchors, newest last.

    Raises:
        SettingError: there is none, or one is not 32 bytes in base64.

    """
    name = "PORTAL_RECEIPT_KEYS"
    keys = [key.strip() for key in required(values, name).split(",") if key.strip()]
    if not keys:
        raise SettingError(f"{name}: holds no key")
    return tuple(key_of_32_bytes(name, key) for key in keys)
