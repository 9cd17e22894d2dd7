"""What one installation needs to know, each setting with its name."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from portal.settings.hospital import HospitalSignIn
from portal.settings.sending import MailServer, SmsGateway


class Mode(StrEnum):
    """How the program runs. A demonstration says that it is one, on every page of the team's console."""

    DEMO = "demo"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Settings:
    """What one installation needs to know.

    Keys, passwords and tokens may each be a file instead, with the setting's name, in the folder that PORTAL_SECRETS
    names or that systemd gives (CREDENTIALS_DIRECTORY): see portal/settings/secrets.py and docs/operating.md.

    mode: PORTAL_MODE, `demo` or `production`.
    data: PORTAL_DATA, the folder for the database and what is built ahead.
    database: PORTAL_DATABASE, an SQLAlchemy address; by default an SQLite file in `data`.
    base_url: PORTAL_BASE_URL, what links to a personal space begin with; never taken from a request.
    neutral_site: PORTAL_NEUTRAL_SITE, where leaving leads; `{lang}` becomes the language of the page, like fr.
    signing_keys: PORTAL_SIGNING_KEYS, comma-separated, newest last; older ones still verify.
    sealing_keys: PORTAL_SEALING_KEYS, comma-separated, newest last, each 32 bytes in base64; the newest wraps the keys
        of the centres, and older ones still open. One alone may be given as PORTAL_SEALING_KEY. See docs/keys.md.
    centre_keys: PORTAL_CENTRE_KEYS, a folder in memory with the keys that hospitals hold themselves and give at the
        start, each as a file or as a socket that is read; a centre whose key is not there is closed. See docs/keys.md.
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
    backup_key: PORTAL_BACKUP_KEY, the public half that `portal backup-key` prints: backups are closed for it, and the
        other half is kept offline; without it no backup is written.
    register_key: PORTAL_REGISTER_KEY, the public half that `portal register-key` prints: the list for the day when
        nothing works is closed for it.
    staff_log: PORTAL_STAFF_LOG, a file for the hospital's security officer: what the team did, one JSON line each.
    proxy_header: PORTAL_PROXY_HEADER, the header in which a proxy of the hospital's own says which workstation asks.
    common_passwords: PORTAL_COMMON_PASSWORDS, a file of common passwords, one a line, the commonest first: the first
        10,000 that could be chosen here are not taken. See docs/sign-in.md.
    security_contacts: PORTAL_SECURITY_CONTACT, who is told of a weakness: `mailto:`, `tel:` or `https://` addresses,
        comma-separated, best first; without it there is no /.well-known/security.txt. See docs/disclosure.md.
    security_policy: PORTAL_SECURITY_POLICY, an https address where it is said what happens then.
    """

    mode: Mode
    data: Path
    database: str
    base_url: str
    neutral_site: str
    signing_keys: tuple[str, ...]
    sealing_keys: tuple[bytes, ...]
    receipt_keys: tuple[bytes, ...]
    centre_keys: Path | None = None
    mail: MailServer | None = None
    sms: SmsGateway | None = None
    hospital: HospitalSignIn | None = None
    anchors: Path | None = None
    erasures: Path | None = None
    periods_approved: str | None = None
    backup_key: str | None = None
    register_key: str | None = None
    staff_log: Path | None = None
    proxy_header: str | None = None
    common_passwords: Path | None = None
    security_contacts: tuple[str, ...] = ()
    security_policy: str | None = None

    @property
    def secure_cookies(self) -> bool:
        """Cookies carry `Secure` and the `__Host-` prefix wherever the site is served over https."""
        return self.base_url.startswith("https://")
