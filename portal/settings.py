"""Every setting, typed, read from the environment once. A bad one names itself and the program stops."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

SHORTEST_SECRET = 32
LONGEST_BASE_URL = 23  # with `/fr/l/` and a token of 22 characters, a link has 51


class SettingError(ValueError):
    """A setting is missing or cannot be used; the message starts with its name."""


class Mode(StrEnum):
    """How the program runs. A demonstration says that it is one, on every page of the team's console."""

    DEMO = "demo"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know.

    mode: PORTAL_MODE, `demo` or `production`.
    data: PORTAL_DATA, the folder for the database and what is built ahead.
    database: PORTAL_DATABASE, an SQLAlchemy address; by default an SQLite file in `data`.
    base_url: PORTAL_BASE_URL, what links to a personal space begin with; never taken from a request.
    neutral_site: PORTAL_NEUTRAL_SITE, where leaving leads; `{lang}` becomes fr, nl, de or en.
    signing_keys: PORTAL_SIGNING_KEYS, comma-separated, newest last; older ones still verify.
    sealing_key: PORTAL_SEALING_KEY, 32 bytes in base64; wraps the keys of the centres.
    receipt_keys: PORTAL_RECEIPT_KEYS, comma-separated, newest last, each 32 bytes in base64 (Ed25519 seeds);
        the newest signs receipts and anchors of the journal, and those of older ones still verify.
    anchors: PORTAL_ANCHORS, the file or folder in which `portal anchor` writes down where the journal stands; to be of
        use it lies where who changes the database changes nothing.
    staff_log: PORTAL_STAFF_LOG, a file for the hospital's security officer: what the team did, one JSON line each.
    proxy_header: PORTAL_PROXY_HEADER, the header in which a proxy of the hospital's own says which workstation asks.
    """

    mode: Mode
    data: Path
    database: str
    base_url: str
    neutral_site: str
    signing_keys: tuple[str, ...]
    sealing_key: bytes
    receipt_keys: tuple[bytes, ...]
    anchors: Path | None = None
    staff_log: Path | None = None
    proxy_header: str | None = None

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry `Secure` and the `__Host-` prefix wherever the site is served over https."""
        return self.base_url.startswith("https://")


DEMO_DEFAULTS = {
    "PORTAL_DATA": "var/demo",
    "PORTAL_BASE_URL": "http://127.0.0.1:8000",
    "PORTAL_NEUTRAL_SITE": "https://{lang}.wikipedia.org/",
    "PORTAL_SIGNING_KEYS": "demonstration-only-signing-key-not-a-secret",
    "PORTAL_SEALING_KEY": base64.b64encode(b"demonstration-only-not-a-secret!").decode(),
    "PORTAL_RECEIPT_KEYS": base64.b64encode(b"demonstration-only-receipt-seed!").decode(),
}


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings from an environment.

    Raises:
        SettingError: naming the first setting that is missing or unusable.

    """
    mode = _mode(environment.get("PORTAL_MODE", Mode.PRODUCTION))
    values = dict(DEMO_DEFAULTS if mode is Mode.DEMO else {})
    values |= {name: value for name, value in environment.items() if name.startswith("PORTAL_") and value}
    data = Path(_required(values, "PORTAL_DATA")).absolute()
    settings = Settings(
        mode=mode,
        data=data,
        database=values.get("PORTAL_DATABASE", f"sqlite:///{data / 'records.sqlite'}"),
        base_url=_web_address(values, "PORTAL_BASE_URL").rstrip("/"),
        neutral_site=_web_address(values, "PORTAL_NEUTRAL_SITE"),
        signing_keys=_signing_keys(values),
        sealing_key=_key_of_32_bytes("PORTAL_SEALING_KEY", _required(values, "PORTAL_SEALING_KEY")),
        receipt_keys=_receipt_keys(values),
        anchors=_path(values, "PORTAL_ANCHORS"),
        staff_log=_path(values, "PORTAL_STAFF_LOG"),
        proxy_header=values.get("PORTAL_PROXY_HEADER"),
    )
    if mode is Mode.PRODUCTION:
        _refuse_unsafe_production(settings)
    return settings


def _mode(value: str) -> Mode:
    try:
        return Mode(value)
    except ValueError:
        raise SettingError(f"PORTAL_MODE: {value!r} is neither 'demo' nor 'production'") from None


def _required(values: Mapping[str, str], name: str) -> str:
    if not values.get(name):
        raise SettingError(f"{name}: is not set")
    return values[name]


def _path(values: Mapping[str, str], name: str) -> Path | None:
    return Path(values[name]).absolute() if values.get(name) else None


def _web_address(values: Mapping[str, str], name: str) -> str:
    value = _required(values, name)
    try:
        parts = urlsplit(value)
    except ValueError:
        raise SettingError(f"{name}: {value!r} is not a web address") from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingError(f"{name}: {value!r} is not a web address")
    return value


def _signing_keys(values: Mapping[str, str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in _required(values, "PORTAL_SIGNING_KEYS").split(",") if key.strip())
    if not keys or any(len(key) < SHORTEST_SECRET for key in keys):
        raise SettingError(f"PORTAL_SIGNING_KEYS: each key needs at least {SHORTEST_SECRET} characters")
    return keys


def _receipt_keys(values: Mapping[str, str]) -> tuple[bytes, ...]:
    name = "PORTAL_RECEIPT_KEYS"
    keys = [key.strip() for key in _required(values, name).split(",") if key.strip()]
    if not keys:
        raise SettingError(f"{name}: holds no key")
    return tuple(_key_of_32_bytes(name, key) for key in keys)


def _key_of_32_bytes(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SettingError(f"{name}: is not base64") from None
    if len(key) != 32:
        raise SettingError(f"{name}: is not 32 bytes long")
    return key


def _refuse_unsafe_production(settings: Settings) -> None:
    demonstration = (
        DEMO_DEFAULTS["PORTAL_SIGNING_KEYS"],
        base64.b64decode(DEMO_DEFAULTS["PORTAL_SEALING_KEY"]),
        base64.b64decode(DEMO_DEFAULTS["PORTAL_RECEIPT_KEYS"]),
    )
    if demonstration[0] in settings.signing_keys:
        raise SettingError("PORTAL_SIGNING_KEYS: is the demonstration's key")
    if settings.sealing_key == demonstration[1]:
        raise SettingError("PORTAL_SEALING_KEY: is the demonstration's key")
    if demonstration[2] in settings.receipt_keys:
        raise SettingError("PORTAL_RECEIPT_KEYS: is the demonstration's key")
    if not settings.secure_cookies:
        raise SettingError("PORTAL_BASE_URL: production is served over https")
    if len(settings.base_url) > LONGEST_BASE_URL:
        raise SettingError(f"PORTAL_BASE_URL: has more than {LONGEST_BASE_URL} characters; a link must fit one SMS")
    if urlsplit(settings.neutral_site).hostname == urlsplit(settings.base_url).hostname:
        raise SettingError("PORTAL_NEUTRAL_SITE: leads back to this site")
