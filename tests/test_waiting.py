"""How long a destruction waits is the hospital's to set, by its command line, and never more than seven days."""

from datetime import timedelta
from pathlib import Path

import pytest

from portal import law
from portal.access.team import add_centre, change_waiting
from portal.cli import main
from portal.clock import brussels_day
from portal.records import requests
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.migrate import upgrade
from portal.records.models import Centre, RequestRecord
from portal.settings import settings_from
from tests.clock import StillClock
from tests.conftest import make_case, make_team


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path))
    settings = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path)})
    made = Database.of(settings)
    upgrade(made)
    return made


def waiting(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {centre.name: centre.waiting_days for centre in session.query(Centre)}


def test_a_centre_is_added_with_its_waiting_time_and_changes_it(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["centre", "North"]) == 0
    assert main(["centre", "South", "--waiting-days", "3"]) == 0
    assert waiting(database) == {"North": 7, "South": 3}
    assert main(["waiting", "North", "0"]) == 0
    assert waiting(database) == {"North": 0, "South": 3}
    assert main(["waiting", "Nowhere", "2"]) == 1
    assert "no centre 'Nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["8", "-1", "two"])
def test_longer_than_seven_days_is_refused(database: Database, days: str) -> None:
    main(["centre", "North"])
    for command in (["centre", "South", "--waiting-days", days], ["waiting", "North", days]):
        with pytest.raises(SystemExit):
            main(command)
    assert waiting(database) == {"North": 7}
    with pytest.raises(ValueError, match="waiting"):
        add_centre(database, "South", waiting=timedelta(days=8))


def test_what_was_asked_before_keeps_the_waiting_time_it_was_told(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "north")
    wish = requests.Wish(law.RequestKind.DESTRUCTION)
    for reference in ("BEFORE", "AFTER"):
        requests.ask(database, team.centre_id, make_case(database, clock, team, reference), wish, clock())
        change_waiting(database, "north", timedelta(days=2), clock())
    with database.reading() as session:
        ends = [one.waits_until for one in session.query(RequestRecord).order_by(RequestRecord.waits_until)]
        assert verify(session, team.centre_id) is None
    assert [brussels_day(end) - brussels_day(clock()) for end in ends if end] == [timedelta(days=2), timedelta(days=7)]
