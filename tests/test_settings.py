"""A bad setting names itself and the program stops."""

import base64

import pytest

from portal.cli import main
from portal.settings import DEMO_DEFAULTS, Mode, SettingError, settings_from

GOOD = {
    "PORTAL_MODE": "production",
    "PORTAL_DATA": "/srv/portal",
    "PORTAL_BASE_URL": "https://after.example",
    "PORTAL_NEUTRAL_SITE": "https://{lang}.weather.example/",
    "PORTAL_SIGNING_KEYS": "o" * 32 + "," + "n" * 32,
    "PORTAL_SEALING_KEY": base64.b64encode(b"s" * 32).decode(),
}


def test_a_good_environment() -> None:
    settings = settings_from(GOOD)
    assert settings.mode is Mode.PRODUCTION
    assert settings.signing_keys == ("o" * 32, "n" * 32)
    assert settings.secure_cookies
    assert settings.database == "sqlite:////srv/portal/records.sqlite"


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
        ("PORTAL_SEALING_KEY", DEMO_DEFAULTS["PORTAL_SEALING_KEY"]),
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


def test_without_a_mode_it_is_production() -> None:
    environment = {key: value for key, value in GOOD.items() if key != "PORTAL_MODE"}
    assert settings_from(environment).mode is Mode.PRODUCTION
