"""A bad setting names itself and the program stops."""

import base64
import re
from pathlib import Path

import pytest

from portal.cli import main
from portal.library import Library
from portal.settings import DEMO_DEFAULTS, Mode, SettingError, settings_from

GOOD = {
    "PORTAL_MODE": "production",
    "PORTAL_DATA": "/srv/portal",
    "PORTAL_BASE_URL": "https://after.example",
    "PORTAL_NEUTRAL_SITE": "https://{lang}.weather.example/",
    "PORTAL_SIGNING_KEYS": "o" * 32 + "," + "n" * 32,
    "PORTAL_SEALING_KEY": base64.b64encode(b"s" * 32).decode(),
    "PORTAL_RECEIPT_KEYS": ",".join(base64.b64encode(seed * 32).decode() for seed in (b"o", b"n")),
}


def test_a_good_environment() -> None:
    settings = settings_from(GOOD)
    assert settings.mode is Mode.PRODUCTION
    assert settings.signing_keys == ("o" * 32, "n" * 32)
    assert settings.receipt_keys == (b"o" * 32, b"n" * 32)
    assert settings.secure_cookies
    assert settings.database == "sqlite:////srv/portal/records.sqlite"


def test_several_sealing_keys_or_one_under_its_older_name() -> None:
    old, new = (base64.b64encode(seed * 32).decode() for seed in (b"s", b"n"))
    without = {name: value for name, value in GOOD.items() if name != "PORTAL_SEALING_KEY"}
    assert settings_from(GOOD).sealing_keys == (b"s" * 32,)
    assert settings_from({**without, "PORTAL_SEALING_KEYS": f"{old}, {new}"}).sealing_keys == (b"s" * 32, b"n" * 32)
    assert settings_from({**GOOD, "PORTAL_SEALING_KEYS": f"{new},{old}"}).sealing_keys == (b"n" * 32, b"s" * 32)
    demo = settings_from({"PORTAL_MODE": "demo", "PORTAL_SEALING_KEYS": new})
    assert demo.sealing_keys == (b"n" * 32,)
    for keys, name in ((new, "PORTAL_SEALING_KEY:"), (",", "PORTAL_SEALING_KEYS"), (f"{old},x", "PORTAL_SEALING_KEYS")):
        with pytest.raises(SettingError, match=f"^{name}"):
            settings_from({**GOOD, "PORTAL_SEALING_KEYS": keys})
    with pytest.raises(SettingError, match=r"^PORTAL_SEALING_KEYS: is the demonstration"):
        settings_from({**without, "PORTAL_SEALING_KEYS": f"{DEMO_DEFAULTS['PORTAL_SEALING_KEY']},{new}"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_MODE", "staging"),
        ("PORTAL_DATA", ""),
        ("PORTAL_BASE_URL", ""),
        ("PORTAL_BASE_URL", "after.example"),
        ("PORTAL_BASE_URL", "http://after.example"),
        ("PORTAL_NEUTRAL_SITE", ""),
        ("PORTAL_NEUTRAL_SITE", "https://after.example/away"),
        ("PORTAL_SIGNING_KEYS", ""),
        ("PORTAL_SIGNING_KEYS", "short"),
        ("PORTAL_SIGNING_KEYS", DEMO_DEFAULTS["PORTAL_SIGNING_KEYS"]),
        ("PORTAL_SEALING_KEY", "not base64!"),
        ("PORTAL_SEALING_KEY", base64.b64encode(b"short").decode()),
        ("PORTAL_SEALING_KEY", "éé"),
        ("PORTAL_BASE_URL", "https://[x"),
        ("PORTAL_BASE_URL", "https://a-name-that-is-too-long.example"),
        ("PORTAL_SEALING_KEY", DEMO_DEFAULTS["PORTAL_SEALING_KEY"]),
        ("PORTAL_RECEIPT_KEYS", ""),
        ("PORTAL_RECEIPT_KEYS", ","),
        ("PORTAL_RECEIPT_KEYS", "not base64!"),
        ("PORTAL_RECEIPT_KEYS", GOOD["PORTAL_RECEIPT_KEYS"] + ",c2hvcnQ="),
        ("PORTAL_RECEIPT_KEYS", GOOD["PORTAL_RECEIPT_KEYS"] + "," + DEMO_DEFAULTS["PORTAL_RECEIPT_KEYS"]),
    ],
)
def test_a_bad_one_names_itself(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}"):
        settings_from({**GOOD, name: value})


def test_the_command_stops_with_the_name(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in list(__import__("os").environ):
        if name.startswith("PORTAL_"):
            monkeypatch.delenv(name)
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.startswith("PORTAL_DATA: is not set")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, real: Library) -> None:
    """An installation with its content read and a few of its public pages, which nobody will ask for."""
    for name, value in {**GOOD, "PORTAL_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("portal.server.EmbeddedServer.run", lambda _self: None)
    monkeypatch.setattr("portal.app.load_library", lambda cache: real)
    monkeypatch.setattr("portal.web.press.public_paths", lambda _: ["/", "/fr/", "/de/h/"])


@pytest.mark.usefixtures("production")
def test_production_waits_for_its_tables_and_lists_centres_without_a_checked_phone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["serve"]) == 2
    assert "run `portal migrate`" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["serve"]) == 0
    told = capsys.readouterr().err
    assert '"event": "no-checked-phone", "centre": "liege"' in told
    assert '"centre": "bruxelles"' not in told


@pytest.mark.usefixtures("production")
def test_production_refuses_an_incomplete_language_and_an_address_that_tells(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("portal.web.languages.catalogue_problems", lambda _folder: ["de: home.title is missing"])
    assert main(["serve"]) == 2
    assert "de: home.title is missing" in capsys.readouterr().err
    monkeypatch.setenv("PORTAL_BASE_URL", "https://cpvs.example")
    assert main(["serve"]) == 2
    assert capsys.readouterr().err.startswith("PORTAL_BASE_URL: says 'cpvs'")


def invitation(capsys: pytest.CaptureFixture[str]) -> str:
    told = re.search(
        r"anna, coordinator\n.*shown once.*\nhttps://\S+/(?:fr|nl)/team/join/(\S{22})\n", capsys.readouterr().out
    )
    assert told
    return told[1]


@pytest.mark.usefixtures("production")
def test_a_centre_and_its_team_are_added_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["centre", "North", "--directory", "nowhere"]) == 1
    assert main(["centre", "North", "--directory", "gent"]) == 0
    assert main(["centre", "North"]) == 1
    assert main(["staff", "South", "anna"]) == 1
    assert main(["staff", "North", "anna", "--role", "coordinator"]) == 0
    first = invitation(capsys)
    assert main(["staff", "North", "Anna"]) == 1
    assert main(["staff", "North", "berta", "--again"]) == 1
    capsys.readouterr()
    assert main(["staff", "North", "Anna", "--again", "--language", "nl"]) == 0
    assert invitation(capsys) != first
    for command in (["verify"], ["verify", "journal"]):
        assert main(command) == 0
        assert "North: every line fits" in capsys.readouterr().out


def test_without_a_mode_it_is_production() -> None:
    environment = {key: value for key, value in GOOD.items() if key != "PORTAL_MODE"}
    assert settings_from(environment).mode is Mode.PRODUCTION


MAIL = {"PORTAL_SMTP": "smtps://por%40tal:p%2Fss@mail.example", "PORTAL_MAIL_SENDER": "Après <info@after.example>"}
SMS = {
    "PORTAL_SMS_GATEWAY": "https://gateway.example/v1/send",
    "PORTAL_SMS_TOKEN": "a-secret-token",
    "PORTAL_SMS_SENDER": "Info",
}


def test_messages_are_optional_and_their_secrets_are_shown_nowhere() -> None:
    assert (settings_from(GOOD).mail, settings_from(GOOD).sms) == (None, None)
    settings = settings_from({**GOOD, **MAIL, **SMS})
    assert settings.mail
    assert settings.sms
    server = settings.mail
    assert (server.host, server.port, server.user, server.password) == ("mail.example", 465, "por@tal", "p/ss")
    for secret in ("por@tal", "p/ss", "a-secret-token"):
        assert secret not in repr(settings)
    local = settings_from({**GOOD, **MAIL, "PORTAL_SMTP": "smtp://127.0.0.1:2525"}).mail
    assert local
    assert (local.port, local.user) == (2525, "")
    assert settings_from({**GOOD, **SMS, "PORTAL_SMS_GATEWAY": "http://localhost:8080/"}).sms


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SMTP", "smtp://mail.example"),  # in clear
        ("PORTAL_SMTP", "https://mail.example"),
        ("PORTAL_SMTP", "smtps://:secret-password@"),
        ("PORTAL_SMTP", "smtps://user:secret-password@mail.example:port"),
        ("PORTAL_SMTP", "smtps://mail.example/path"),
        ("PORTAL_SMTP", ""),
        ("PORTAL_MAIL_SENDER", ""),
        ("PORTAL_MAIL_SENDER", "after.example"),
        ("PORTAL_MAIL_SENDER", "a@after.example, b@after.example"),
        ("PORTAL_MAIL_SENDER", "A <a@after.example>\nBcc: b@after.example"),
        ("PORTAL_SMS_GATEWAY", "http://gateway.example/"),
        ("PORTAL_SMS_GATEWAY", "https://gateway.example/?token=secret-password"),
        ("PORTAL_SMS_GATEWAY", ""),
        ("PORTAL_SMS_TOKEN", ""),
        ("PORTAL_SMS_TOKEN", "a\nb"),
        ("PORTAL_SMS_SENDER", "A name that is long"),
        ("PORTAL_SMS_SENDER", ""),
    ],
)
def test_a_bad_way_out_names_itself_and_repeats_no_password(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}") as told:
        settings_from({**GOOD, **MAIL, **SMS, name: value})
    assert "secret-password" not in str(told.value)


HOSPITAL = {
    "PORTAL_OIDC_ISSUER": "https://sign-in.example/realms/staff/",
    "PORTAL_OIDC_CLIENT_ID": "portal",
    "PORTAL_OIDC_CLIENT_SECRET": "secret-password",
}


def test_the_hospitals_sign_in_is_optional_and_its_secret_is_shown_nowhere() -> None:
    assert settings_from(GOOD).hospital is None
    settings = settings_from({**GOOD, **HOSPITAL})
    assert settings.hospital
    assert settings.hospital.issuer == HOSPITAL["PORTAL_OIDC_ISSUER"]  # as the provider writes it: every letter counts
    assert settings.hospital.acr is None
    assert "secret-password" not in repr(settings)
    named = settings_from({**GOOD, **HOSPITAL, "PORTAL_OIDC_ACR": "two-factors"}).hospital
    assert named
    assert named.acr == "two-factors"
    assert settings_from({**GOOD, **HOSPITAL, "PORTAL_OIDC_ISSUER": "http://127.0.0.1:9000"}).hospital


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_OIDC_ISSUER", "http://sign-in.example"),  # in clear
        ("PORTAL_OIDC_ISSUER", "sign-in.example"),
        ("PORTAL_OIDC_ISSUER", "https://user:word@sign-in.example"),
        ("PORTAL_OIDC_ISSUER", "https://sign-in.example/?tenant=1"),
        ("PORTAL_OIDC_ISSUER", "https://[x"),
        ("PORTAL_OIDC_ISSUER", ""),
        ("PORTAL_OIDC_CLIENT_ID", ""),
        ("PORTAL_OIDC_CLIENT_SECRET", ""),
    ],
)
def test_a_bad_sign_in_of_the_hospital_names_itself(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}") as told:
        settings_from({**GOOD, **HOSPITAL, name: value})
    assert "secret-password" not in str(told.value)
    with pytest.raises(SettingError, match=r"^PORTAL_OIDC_ACR"):
        settings_from({**GOOD, "PORTAL_OIDC_ACR": "two-factors"})


@pytest.mark.usefixtures("production")
def test_the_outbox_needs_a_way_out_tables_and_a_neutral_sender(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], real: Library
) -> None:
    monkeypatch.setattr("portal.library.load_library", lambda cache: real)
    assert main(["outbox", "--once"]) == 2
    assert "cards are printed" in capsys.readouterr().err
    for name, value in {**MAIL, **SMS}.items():
        monkeypatch.setenv(name, value)
    assert main(["outbox", "--once"]) == 2
    assert "run `portal migrate`" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["outbox", "--once"]) == 0
    for name, sender in (("PORTAL_MAIL_SENDER", "cpvs@after.example"), ("PORTAL_SMS_SENDER", "Police")):
        with monkeypatch.context() as telling:
            telling.setenv(name, sender)
            for command in (["outbox", "--once"], ["serve"]):
                assert main(command) == 2
                assert capsys.readouterr().err.startswith(f"{name}: says")


def test_every_setting_is_named_where_an_operator_reads() -> None:
    root = Path(__file__).parents[1]
    files = sorted((root / "portal" / "settings").glob("*.py"))
    known = {name for file in files for name in re.findall(r"PORTAL_[A-Z_]+", file.read_text(encoding="utf-8"))}
    told = (root / "README.md").read_text(encoding="utf-8")
    assert "PORTAL_OIDC_ISSUER" in known
    assert sorted(name for name in known if f"`{name}`" not in told) == []


def test_the_records_on_another_machine_are_asked_by_a_way_that_is_proved() -> None:
    of = "postgresql+psycopg://portal_app@{}/portal?{}".format
    proved = "sslmode=verify-full&sslrootcert=/etc/portal/database.pem"
    for safe in (
        of("", "host=/run/postgresql"),
        of("localhost", ""),
        of("127.0.0.1", "connect_timeout=3"),
        of("database", proved),
        of("192.0.2.10", proved),
        of("database", "sslmode=disable"),  # somebody says that nobody else is on the way
    ):
        assert settings_from({**GOOD, "PORTAL_DATABASE": safe}).database == safe
    for unsafe in ("", "sslmode=prefer", "sslmode=require", "sslmode=verify-ca", f"{proved}&sslmode=prefer"):
        for host in ("database", "192.0.2.10"):
            with pytest.raises(SettingError, match=r"^PORTAL_DATABASE: another machine"):
                settings_from({**GOOD, "PORTAL_DATABASE": of(host, unsafe)})
