"""`portal migrate` on a database of the first version, as an operator types it: with its keys, and without."""

import base64
from pathlib import Path

import pytest

from portal.cli import main
from portal.records import migrate
from portal.records.database import Database
from portal.records.older_sheets import closed_with_older_sheets
from portal.settings import DEMO_DEFAULTS
from tests.records.test_migrations import OLD_STATES, database, first, rows

__all__ = ["database", "first"]  # two fixtures
THEN, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def old(first: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    """An installation of the first version, whose only centre hangs on a key that is not given."""
    own = {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path / "data")}
    own["PORTAL_DATABASE"] = first.engine.url.render_as_string(hide_password=False)
    own["PORTAL_SEALING_KEY"] = base64.b64encode(OTHER).decode()
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    return first


def test_where_a_key_is_missing_it_is_said_and_nothing_is_changed(
    old: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(old)
    assert main(["migrate"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("north: CLOSED. The key that wraps its key was not given")
    assert "nothing was changed. Give the key, and run this again" in said.err
    assert "Traceback" not in said.err
    assert rows(old) == before


def test_once_it_is_given_everything_is_done(
    old: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"]) == 2
    given = ",".join(base64.b64encode(key).decode() for key in (OTHER, THEN))
    monkeypatch.delenv("PORTAL_SEALING_KEY")
    monkeypatch.setenv("PORTAL_SEALING_KEYS", given)
    assert main(["migrate"]) == 0
    said = capsys.readouterr().out
    assert f"{len(OLD_STATES)} cases were sealed anew" in said
    assert migrate.is_current(old)


def test_a_key_that_is_lost_for_good_stops_nobody_else(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    sealed = [one["sealed_facts"] for one in rows(old)["case_record"]]
    assert main(["migrate", "--leave-closed"]) == 0
    assert "north: CLOSED" in capsys.readouterr().err
    assert migrate.is_current(old)
    assert [one["sealed_facts"] for one in rows(old)["case_record"]] == sealed


def test_no_key_is_asked_for_where_there_are_no_older_sheets(old: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert closed_with_older_sheets(old) == ()  # this connection has the key
    migrate.downgrade(old, "base")
    assert closed_with_older_sheets(old) == ()
    assert main(["migrate"]) == 0
    assert capsys.readouterr().err == ""
