"""Secrets given as files: by systemd to a unit, or to a container. What is wrong with one is said by its name alone."""

import os
from pathlib import Path

import pytest

from portal.cli import main
from portal.settings import SettingError, settings_from
from portal.settings.secrets import FOLDERS, LONGEST, SECRETS
from tests.test_settings import GOOD, HOSPITAL, MAIL, SMS

WHOLE = {
    **GOOD,
    **MAIL,
    **SMS,
    **HOSPITAL,
    "PORTAL_SEALING_KEYS": GOOD["PORTAL_SEALING_KEY"],
    "PORTAL_DATABASE": "postgresql+psycopg://portal_app:word@localhost/portal",
}


def given(folder: Path, *names: str) -> dict[str, str]:
    """Move settings of an installation into files, as an operator writes them."""
    for name in names:
        (folder / name).write_text(f"{WHOLE[name]}\n", encoding="utf-8")
    return {name: value for name, value in WHOLE.items() if name not in names}


@pytest.mark.parametrize("where", FOLDERS)
def test_an_environment_without_any_secret_says_the_same(tmp_path: Path, where: str) -> None:
    left = given(tmp_path, *SECRETS)
    assert settings_from({**left, where: str(tmp_path)}) == settings_from(WHOLE)
    assert not [name for name in SECRETS if name in left]


def test_what_the_settings_keep_from_being_shown_may_all_be_files() -> None:
    """Whatever the program itself hides when it prints its settings is among them."""
    shown = repr(settings_from(WHOLE))
    for name in ("PORTAL_SMS_TOKEN", "PORTAL_OIDC_CLIENT_SECRET"):
        assert name in SECRETS
        assert WHOLE[name] not in shown


def test_a_folder_may_hold_one_and_what_is_nobodys_business(tmp_path: Path) -> None:
    left = given(tmp_path, "PORTAL_SIGNING_KEYS")
    (tmp_path / "pgpass").write_text("database:5432:portal:portal_app:word")
    (tmp_path / "PORTAL_MODE").write_text("demo")  # no secret: it is read from the environment alone
    (tmp_path / "PORTAL_SMS_TOKEN").write_text("\n")  # empty: as if it were not there
    assert settings_from({**left, "PORTAL_SECRETS": str(tmp_path)}) == settings_from(WHOLE)
    assert settings_from({**WHOLE, "PORTAL_SECRETS": str(tmp_path / "nowhere")}) == settings_from(WHOLE)


@pytest.mark.parametrize("name", SECRETS)
def test_the_same_secret_in_two_places_stops_the_program(tmp_path: Path, name: str) -> None:
    given(tmp_path, name)
    with pytest.raises(SettingError, match=f"^{name}: is set, and lies in a file as well") as told:
        settings_from({**WHOLE, "CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert WHOLE[name] not in str(told.value)


@pytest.mark.parametrize("content", [b"\xff\xfe word", b"word" * LONGEST, b"word"])
def test_a_bad_one_is_told_by_its_name_and_never_repeated(tmp_path: Path, content: bytes) -> None:
    left = given(tmp_path, "PORTAL_SEALING_KEYS")
    left.pop("PORTAL_SEALING_KEY")
    (tmp_path / "PORTAL_SEALING_KEYS").write_bytes(content)
    with pytest.raises(SettingError, match=r"^PORTAL_SEALING_KEYS: ") as told:
        settings_from({**left, "PORTAL_SECRETS": str(tmp_path)})
    assert "word" not in str(told.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    left = given(tmp_path)
    left.pop("PORTAL_SIGNING_KEYS")
    (tmp_path / "PORTAL_SIGNING_KEYS").mkdir()
    with pytest.raises(SettingError, match=r"^PORTAL_SIGNING_KEYS: its file cannot be read"):
        settings_from({**left, "PORTAL_SECRETS": str(tmp_path)})


def test_a_command_takes_its_keys_from_the_folder_that_systemd_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [*os.environ]:
        if name.startswith("PORTAL_"):
            monkeypatch.delenv(name)
    names = ("PORTAL_SIGNING_KEYS", "PORTAL_SEALING_KEY", "PORTAL_RECEIPT_KEYS")
    given(tmp_path, *names)
    own = {name: value for name, value in GOOD.items() if name not in names} | {"PORTAL_DATA": str(tmp_path / "data")}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("PORTAL_SIGNING_KEYS: is not set")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert main(["migrate"]) == 0
