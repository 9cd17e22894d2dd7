"""Every setting, typed, read from the environment once. A bad one names itself and the program stops."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

SHORTEST_SECRET = 32
LONGEST_BASE_URL = 23  # with `/fr/l/` and a token of 22 characters, a link has 51

MAIL_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
MAIL_SENDER = re.compile(r"([\w .'’-]{1,60} <)?(?P<address>[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+)(?(1)>)")
SMS_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}|\+?[0-9]{3,15}")


class SettingError(ValueError):
    """A setting is missing or cannot be used; the message starts with its name."""


class Mode(StrEnum):
    """How the program runs. A demonstration says that it is one, on every page of the team's console."""

    DEMO = "demo"
    PRODUCTION = "production"


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


@dataclass(frozen=True)
class HospitalSignIn:
    """The hospital's own sign-in: its provider, and how it knows this portal."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    acr: str | None = None


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
    mail: PORTAL_SMTP, `smtps://user:password@host:465` or `smtp+starttls://…:587` (what is no letter or digit in a name
        or a password is written like %40; `smtp://` in clear is taken on this machine only), and PORTAL_MAIL_SENDER,
        `name@host.example` or `Name <name@host.example>`; without them nothing is sent by e-mail.
    sms: PORTAL_SMS_GATEWAY, an https address, PORTAL_SMS_TOKEN, and PORTAL_SMS_SENDER, the name (11 letters and digits
        at most) or number she will see; without them nothing is sent as a text message. See docs/messages.md.
    hospital: PORTAL_OIDC_ISSUER, the https address of the hospital's OpenID Connect provider as it writes it itself,
        PORTAL_OIDC_CLIENT_ID, PORTAL_OIDC_CLIENT_SECRET, and PORTAL_OIDC_ACR, the value of `acr` by which it says that
        two factors were shown; without the last its `amr` must say `mfa`. Without all of them the team has accounts of
        the portal's own alone. See docs/sign-in.md.
    anchors: PORTAL_ANCHORS, the file or folder in which `portal anchor` writes down where the journal stands; to be of
        use it lies where who changes the database changes nothing.
    erasures: PORTAL_ERASURES, the file or folder in which `portal sweep` lists what it erased, outside the database and
        its backups; without it no case is erased.
    periods_approved: PORTAL_PERIODS_APPROVED, what `portal data-map` prints: that the hospital approved these periods.
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
    mail: MailServer | None = None
    sms: SmsGateway | None = None
    hospital: HospitalSignIn | None = None
    anchors: Path | None = None
    erasures: Path | None = None
    periods_approved: str | None = None
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
        mail=_mail_server(values),
        sms=_sms_gateway(values),
        hospital=_hospital_sign_in(values),
        anchors=_path(values, "PORTAL_ANCHORS"),
        erasures=_path(values, "PORTAL_ERASURES"),
        periods_approved=values.get("PORTAL_PERIODS_APPROVED"),
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


def _mail_server(values: Mapping[str, str]) -> MailServer | None:
    if not _are_together(values, ("PORTAL_SMTP", "PORTAL_MAIL_SENDER")):
        return None
    sender = values["PORTAL_MAIL_SENDER"].strip()
    if not MAIL_SENDER.fullmatch(sender):
        raise SettingError("PORTAL_MAIL_SENDER: is not one address, or one name and <address>")
    parts = _parts_of(values, "PORTAL_SMTP", tuple(MAIL_PORTS))
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


def _sms_gateway(values: Mapping[str, str]) -> SmsGateway | None:
    if not _are_together(values, ("PORTAL_SMS_GATEWAY", "PORTAL_SMS_TOKEN", "PORTAL_SMS_SENDER")):
        return None
    sender, token = values["PORTAL_SMS_SENDER"].strip(), values["PORTAL_SMS_TOKEN"].strip()
    if not SMS_SENDER.fullmatch(sender):
        raise SettingError("PORTAL_SMS_SENDER: is no name of 11 letters and digits at most, and no number")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise SettingError("PORTAL_SMS_TOKEN: cannot stand in a header")
    parts = _parts_of(values, "PORTAL_SMS_GATEWAY", ("https", "http"))
    if parts.scheme == "http" and not is_this_machine(parts):
        raise SettingError("PORTAL_SMS_GATEWAY: in clear on this machine only; use https://")
    if parts.username or parts.query or parts.fragment:
        raise SettingError("PORTAL_SMS_GATEWAY: has more than a server, a port and a path")
    return SmsGateway(parts.geturl(), sender, token)


def _hospital_sign_in(values: Mapping[str, str]) -> HospitalSignIn | None:
    names = ("PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_CLIENT_SECRET")
    acr = values.get("PORTAL_OIDC_ACR", "").strip() or None
    if not _are_together(values, names):
        if acr:
            raise SettingError("PORTAL_OIDC_ACR: is set, and PORTAL_OIDC_ISSUER is not")
        return None
    parts = _parts_of(values, names[0], ("https", "http"))
    if parts.scheme == "http" and not is_this_machine(parts):
        raise SettingError("PORTAL_OIDC_ISSUER: in clear on this machine only; use https://")
    if parts.username or parts.query or parts.fragment:
        raise SettingError("PORTAL_OIDC_ISSUER: has more than a server, a port and a path")
    issuer, client_id, secret = (values[name].strip() for name in names)
    return HospitalSignIn(issuer, client_id, secret, acr)


def _are_together(values: Mapping[str, str], names: tuple[str, ...]) -> bool:
    """Tell whether a group of settings is there: whole, or not at all."""
    given = [name for name in names if values.get(name)]
    for name in names:
        if given and name not in given:
            raise SettingError(f"{name}: is not set, and {given[0]} is")
    return bool(given)


def _parts_of(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> SplitResult:
    """Return the parts of an address that may hold a password: an error never repeats it."""
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
