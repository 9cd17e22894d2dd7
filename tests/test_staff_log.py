"""The staff log tells the security officer who of the team did what; of her and of readers it tells nothing."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from portal.access.links import NewLink
from portal.settings import Settings
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Reader
from tests.test_privacy import ADDRESS, AGENT, REFERENCE

WARD = "198.51.100.4"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "staff.log"


@pytest.fixture
def settings(settings: Settings, file: Path) -> Settings:
    return replace(settings, staff_log=file)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def from_(reader: Reader, address: str, agent: str = AGENT) -> Reader:
    reader.client.environ_base.update({"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent})
    return reader


@pytest.fixture
def nurse(app: Flask, team: Team, clock: StillClock) -> Reader:
    reader = from_(Reader(app), WARD)
    reader.sign_in(team, clock(), "en")
    return reader


def test_what_a_member_does_and_opens_with_account_workstation_and_time(
    nurse: Reader, team: Team, case_id: str, file: Path
) -> None:
    token = nurse.get("/en/team/account").token()
    nurse.send(f"/en/team/c/{case_id}/open", {"token": token, "why": "case-viewed-file"})
    nurse.get(f"/en/team/c/{case_id}")
    opened, shown = lines(file)[-2:]
    number = opened.pop("number")
    assert number.isdigit()
    assert opened == {
        "event": "work",
        "account": "nurse-north",
        "centre": "north",
        "at": "2026-08-01T10:00:00+00:00",
        "workstation": WARD,
        "what": "team.open_one",
        "method": "POST",
        "status": 303,
        "subject": case_id,
    }
    assert (shown["what"], shown["method"], shown["status"]) == ("team.case", "GET", 200)
    assert file.stat().st_mode & 0o077 == 0


def test_who_signs_in_and_who_tries(app: Flask, team: Team, clock: StillClock, file: Path) -> None:
    reader = from_(Reader(app), WARD)
    wrong = {"login": "NURSE-North ", "password": "a guess", "code": "000000"}
    reader.post("/en/team/in", wrong, status=422)
    reader.post("/en/team/in", {**wrong, "login": "my own pass phrase"}, status=422)
    reader.post("/en/team/in", {}, status=422)
    clock.forward(minutes=2)
    code = pyotp.TOTP(team.authenticator).at(clock())
    reader.send("/en/team/in", {"login": team.login, "password": team.password, "code": code})
    assert [(one["event"], one["account"]) for one in lines(file)] == [
        ("sign-in-refused", "nurse-north"),
        ("sign-in-refused", "unknown"),
        ("sign-in-refused", "unknown"),
        ("signed-in", "nurse-north"),
    ]
    text = file.read_text(encoding="utf-8")
    for typed in ("a guess", "my own pass phrase", "000000", team.password, code):
        assert typed not in text


def test_what_is_refused_is_told_too(nurse: Reader, file: Path) -> None:
    nurse.get("/en/team/journal", status=403)
    nurse.get(f"/en/team/c/{'f' * 32}", status=404)
    assert [(one["what"], one["status"]) for one in lines(file)[-2:]] == [("team.journal", 403), ("team.case", 404)]


def test_no_reference_no_token_and_nothing_typed(nurse: Reader, file: Path) -> None:
    form = nurse.get("/en/team/new")
    case = {"exam_on": "2026-07-20", "age": "adult", "complaint": "none", "language": "nl"}
    to = nurse.send("/en/team/new", {**case, "reference": REFERENCE, "token": form.token()})
    page = nurse.get(to)
    shown = nurse.post(f"{to}/link", {"token": page.token(f"{to}/link"), "power": "extend"})
    nurse.post(f"{to}/thing", {"token": page.token(), "mark": REFERENCE}, status=422)
    nurse.get(f"/en/team/c/{REFERENCE}", status=404)
    nurse.get(f"/en/team/journal?about={REFERENCE}", status=403)
    cookie = nurse.client.get_cookie("t")
    link = "".join(next(one for one in shown.all("p") if one.get("class") == "address").itertext()).rsplit("/", 1)[1]
    assert cookie is not None
    text = file.read_text(encoding="utf-8")
    assert len(lines(file)) >= 8
    assert len(link) == 22
    for planted in (REFERENCE, cookie.value, link, form.token(), page.token(), "2026-07-20", AGENT):
        assert planted not in text


def test_of_her_and_of_readers_there_is_nothing(
    app: Flask, link: NewLink, file: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Public pages, a wrong code, her space, an extension, leaving: also from an address and an agent of her own."""
    caplog.set_level(logging.DEBUG)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    her = from_(Reader(app), ADDRESS)
    for path in ("/", "/fr/", "/fr/i/", "/fr/e/", "/fr/s/", "/fr/o/", "/fr/nothing", "/fr/team/in", "/fr/team/"):
        her.client.get(path)
    her.client.post("/fr/f/", data={"words": "planted words"}, headers={"Sec-Fetch-Site": "same-origin"})
    her.post(f"/fr/l/{link.token}", {"code": "0000 0000"}, status=422)
    her.open_space(link)
    her.get("/fr/m/a/1/")
    her.client.get("/fr/q")
    her.client.get("/fr/m/")
    assert (file.read_text(encoding="utf-8") if file.exists() else "") == before
    said = caplog.text + "".join(capfd.readouterr())
    for planted in (ADDRESS, AGENT, link.token, link.code, "planted words"):
        assert planted not in said


def test_it_can_be_rotated_at_any_moment(nurse: Reader, file: Path) -> None:
    file.rename(file.with_suffix(".1"))
    nurse.get("/en/team/account")
    assert len(lines(file)) == 1


def test_where_it_cannot_be_written_a_nurse_goes_on_and_the_operator_reads_it(
    nurse: Reader, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file.unlink()
    file.mkdir()
    nurse.get("/en/team/account")
    assert "staff-log-not-written {'kind': 'IsADirectoryError'" in caplog.text
    assert "nurse-north" not in caplog.text


def test_without_the_setting_there_is_no_log(app: Flask, team: Team, clock: StillClock, tmp_path: Path) -> None:
    rooms = app.extensions["portal"]
    app.extensions["portal"] = replace(rooms, settings=replace(rooms.settings, staff_log=None))
    Reader(app).sign_in(team, clock(), "en")
    assert not list(tmp_path.glob("*.log"))


def test_the_workstation_is_that_of_the_connection_or_of_the_hospitals_own_proxy(app: Flask, file: Path) -> None:
    rooms = app.extensions["portal"]
    reader = from_(Reader(app), WARD)
    expected = []
    for header, sent, told in (
        (None, {"X-Forwarded-For": "192.0.2.66"}, WARD),  # nobody is believed who was not named
        ("X-Real-IP", {"X-Real-IP": "192.0.2.9"}, "192.0.2.9"),
        ("X-Forwarded-For", {"X-Forwarded-For": "lies, 192.0.2.66, 192.0.2.9"}, "192.0.2.9"),
        ("X-Real-IP", {"X-Real-IP": '","account":"somebody'}, "unknown"),
        ("X-Real-IP", {}, "unknown"),
        ("X-Real-IP", {"X-Real-IP": "2001:DB8::1"}, "2001:db8::1"),
    ):
        app.extensions["portal"] = replace(rooms, settings=replace(rooms.settings, proxy_header=header))
        reader.post("/en/team/in", {}, status=422, headers=sent)
        expected.append(told)
    assert [one["workstation"] for one in lines(file)] == expected
