"""How one value of the environment is read: taken as it should be, or refused by the setting's name."""

import base64
import binascii
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit


class SettingError(ValueError):
    """A setting is missing or cannot be used; the message starts with its name."""


def required(values: Mapping[str, str], name: str) -> str:
    """Return a value that every installation has.

    Raises:
        SettingError: it is not set.

    """
    if not values.get(name):
        raise SettingError(f"{name}: is not set")
    return values[name]


def path(values: Mapping[str, str], name: str) -> Path | None:
    """Return a path that may be left out, from the root."""
    return Path(values[name]).absolute() if values.get(name) else None


def web_address(values: Mapping[str, str], name: str) -> str:
    """Return an address that people or links go to.

    Raises:
        SettingError: it is not set, or no web address.

    """
    value = required(values, name)
    try:
        parts = urlsplit(value)
    except ValueError:
        raise SettingError(f"{name}: {value!r} is not a web address") from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingError(f"{name}: {value!r} is not a web address")
    return value


def are_together(values: Mapping[str, str], names: tuple[str, ...]) -> bool:
    """Tell whether a group of settings is there: whole, or not at all.

    Raises:
        SettingError: some of it is missing.

    """
    given = [name for name in names if values.get(name)]
    for name in names:
        if given and name not in given:
            raise SettingError(f"{name}: is not set, and {given[0]} is")
    return bool(given)


def parts_of(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an address that may hold a password: an error never repeats it.

    Raises:
        SettingError: it is no address, or begins with another scheme.

    """
    try:
        parts = urlsplit(values[name].strip())
        port = parts.port
    except ValueError:
        raise SettingError(f"{name}: is not an address") from None
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise SettingError(f"{name}: is not an address that begins with {' or '.join(f'{one}://' for one in schemes)}")
    return parts


def is_this_machine(parts: SplitResult) -> bool:
    """Tell whether an address is one of this machine itself, which may be spoken with in clear."""
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def key_of_32_bytes(name: str, text: str) -> bytes:
    """Return a key from its base64; an error never repeats it.

    Raises:
        SettingError: it is not base64, or has another length.

    """
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SettingError(f"{name}: is not base64") from None
    if len(key) != 32:
        raise SettingError(f"{name}: is not 32 bytes long")
    return key
