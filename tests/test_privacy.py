"""Promises as tests: plant a value, walk the whole house, and look for it."""

import logging
from pathlib import Path

import pytest
from flask import Flask

from portal.access.links import make_link
from portal.records.database import Database
from portal.settings import Settings
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Reader

REFERENCE = "PLANTED-REFERENCE-7731"
ADDRESS = "203.0.113.7"
AGENT = "PlantedAgent/9.9"
POSTCODE = "4987"


@pytest.fixture
def walked(
    app: Flask, app_database: Database, team: Team, clock: StillClock, caplog: pytest.LogCaptureFixture
) -> list[str]:
    """Walk everywhere as somebody with a known address and browser; return what was planted."""
    caplog.set_level(logging.DEBUG)
    case_id = make_case(app_database, clock, team, REFERENCE, "2026-05-11")
    link = make_link(app_database, team.centre_id, case_id, team.staff_id, clock())
    person = Reader(app)
    person.client.environ_base.update({"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT})
    for path in ("/", "/fr/", "/fr/o/", "/fr/i/5", f"/fr/l/{link.token}", "/fr/nothing"):
        person.client.get(path)
    person.send("/fr/p/", {"place": POSTCODE})
    person.post(f"/fr/l/{link.token}", {"code": "00000000"}, status=422)
    person.open_space(link)
    cookie = person.client.get_cookie("v")
    assert cookie is not None
    person.send("/fr/m/a/1/", {"token": person.get("/fr/m/a/1/").token()})
    person.client.get("/fr/q")
    nurse = Reader(app)
    nurse.client.environ_base.update({"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT})
    nurse.sign_in(team, clock())
    team_cookie = nurse.client.get_cookie("t")
    assert team_cookie is not None
    nurse.get(f"/fr/team/c/{case_id}")
    return [
        REFERENCE,
        ADDRESS,
        AGENT,
        link.token,
        link.code,
        cookie.value,
        team_cookie.value,
        team.password,
        team.authenticator,
    ]


def test_the_log_tells_nothing(walked: list[str], caplog: pytest.LogCaptureFixture) -> None:
    for planted in [*walked, POSTCODE, "2026-05-11"]:
        assert planted not in caplog.text


def test_a_stolen_database_does_not_tell_who(walked: list[str], settings: Settings) -> None:
    files = [path for path in settings.data.iterdir() if path.name.startswith("records.sqlite")]
    assert files
    content = b"".join(path.read_bytes() for path in files)
    for planted in [*walked, "2026-05-11", "before-exam"]:
        assert planted.encode() not in content
    assert b"nurse-north" in content  # the team's names stand in clear: docs/what-stands-in-clear.md says so


def test_an_unforeseen_error_is_logged_without_what_was_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"{REFERENCE} from {ADDRESS}")

    monkeypatch.setattr("portal.web.followup.entering.try_code", broken)
    Reader(app).post(f"/fr/l/{'A' * 22}", {"code": "1234 5678"}, status=500)
    assert "RuntimeError" in caplog.text
    assert REFERENCE not in caplog.text
    assert ADDRESS not in caplog.text
    assert "A" * 22 not in caplog.text


def test_what_stands_in_clear_is_all_listed() -> None:
    from portal.records.models import Base

    listed = (Path(__file__).parents[1] / "docs" / "what-stands-in-clear.md").read_text(encoding="utf-8")
    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert f"`{table.name}.{column.name}`" in listed, f"{table.name}.{column.name} is not listed"
