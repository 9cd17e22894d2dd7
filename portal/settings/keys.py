"""The keys of an installation, several at a time: the newest is the last, and the older ones still verify and open."""

from collections.abc import Mapping

from portal.settings.values import SettingError, key_of_32_bytes, required

SHORTEST_SECRET = 32
SEALING_KEYS, SEALING_KEY = "PORTAL_SEALING_KEYS", "PORTAL_SEALING_KEY"


def signing_keys(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys that sign forms and invitations, newest last.

    Raises:
        SettingError: there is none, or one is shorter than 32 characters.

    """
    keys = tuple(key.strip() for key in required(values, "PORTAL_SIGNING_KEYS").split(",") if key.strip())
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise SettingError(f"PORTAL_SIGNING_KEYS: each key needs at least {SHORTEST_SECRET} characters")
    return keys


def sealing_keys(values: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the keys that wrap the keys of the centres, newest last; one alone may stand under the older name.

    Raises:
        SettingError: there is none, one is not 32 bytes in base64, or the older name holds one that is not among them.

    """
    if not values.get(SEALING_KEYS):
        return (key_of_32_bytes(SEALING_KEY, required(values, SEALING_KEY)),)
    keys = _keys_of_32_bytes(values, SEALING_KEYS)
    if values.get(SEALING_KEY) and key_of_32_bytes(SEALING_KEY, values[SEALING_KEY]) not in keys:
        raise SettingError(f"{SEALING_KEY}: is not among {SEALING_KEYS}; what hangs on it would not open")
    return keys


def receipt_keys(values: Mapping[str, str]) -> tuple[bytes, ...]:
    """Return the seeds that sign receipts and anchors, newest last.

    Raises:
        SettingError: there is none, or one is not 32 bytes in base64.

    """
    return _keys_of_32_bytes(values, "PORTAL_RECEIPT_KEYS")


def _keys_of_32_bytes(values: Mapping[str, str], name: str) -> tuple[bytes, ...]:
    keys = [key.strip() for key in required(values, name).split(",") if key.strip()]
    if not keys:
        raise SettingError(f"{name}: holds no key")
    return tuple(key_of_32_bytes(name, key) for key in keys)
