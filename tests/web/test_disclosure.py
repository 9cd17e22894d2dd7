"""Whoever finds a weakness finds whom to tell: security.txt, where the installation has somebody who answers."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.cli import main
from portal.settings import SettingError, settings_from
from portal.web.rooms import Rooms
from tests.clock import StillClock
from tests.reader import Reader, check_headers
from tests.test_settings import GOOD

ADDRESS = "/.well-known/security.txt"
CONTACTS = "mailto:weakness@after.example, https://after.example/tell,tel:+32-2-555-00-00"
POLICY = "https://after.example/weaknesses"


def with_contact(app: Flask) -> Reader:
    rooms: Rooms = app.extensions["portal"]
    own = settings_from({**GOOD, "PORTAL_SECURITY_CONTACT": CONTACTS, "PORTAL_SECURITY_POLICY": POLICY})
    told = replace(rooms.settings, security_contacts=own.security_contacts, security_policy=own.security_policy)
    app.extensions["portal"] = replace(rooms, settings=told)
    return Reader(app)


def test_where_nobody_was_named_there_is_no_such_page(reader: Reader) -> None:
    reader.get(ADDRESS, status=404)


def test_it_says_whom_to_tell_in_which_languages_and_until_when(app: Flask, clock: StillClock) -> None:
    answer = with_contact(app).client.get(ADDRESS)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    check_headers(answer)
    lines = [line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines()]
    assert [value for name, value in lines if name == "Contact"] == [one.strip() for one in CONTACTS.split(",")]
    once = {name: value for name, value in lines if name != "Contact"}
    assert len(once) == len(lines) - 3  # RFC 9116: everything but Contact stands once
    assert once["Preferred-Languages"] == "fr, nl, de, en"
    assert once["Canonical"] == f"http://localhost{ADDRESS}"
    assert once["Policy"] == POLICY
    assert timedelta(days=30) < datetime.fromisoformat(once["Expires"]) - clock() < timedelta(days=365)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_SECURITY_CONTACT", "weakness@after.example"),
        ("PORTAL_SECURITY_CONTACT", "http://after.example/"),
        ("PORTAL_SECURITY_CONTACT", "mailto:a@b.example\nExpires: 2099-01-01T00:00:00Z"),
        ("PORTAL_SECURITY_CONTACT", "https://after.example/,tel:112"),
        ("PORTAL_SECURITY_POLICY", "mailto:a@b.example"),
        ("PORTAL_SECURITY_POLICY", "https://after.example/a b"),
    ],
)
def test_what_cannot_stand_in_it_names_its_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name}"):
        settings_from({**GOOD, name: value})


def test_the_pages_as_files_have_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("portal.web.export.public_paths", lambda _app: ["/fr/"])
    monkeypatch.setattr("portal.web.places.place_paths", list)
    for contacts, there in (("", False), (CONTACTS, True)):
        monkeypatch.setenv("PORTAL_SECURITY_CONTACT", contacts)
        folder = tmp_path / str(there)
        assert main(["export", str(folder)]) == 0
        file = folder / ADDRESS.strip("/")
        assert file.exists() is there
        if there:
            assert re.match(r"Contact: mailto:weakness@after.example\n", file.read_text(encoding="utf-8"))
            assert "Canonical" not in file.read_text(encoding="utf-8")  # where it will lie is not known here
