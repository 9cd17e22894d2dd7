"""What a nurse opens or does costs what one case costs: nothing goes through a table, or through all a centre has."""

import pytest
from flask import Flask

from portal.records.database import Database
from portal.records.recipients import Channel
from tests.clock import StillClock
from tests.conftest import Team
from tests.messages.post import Post
from tests.records.asked import assert_by_index, questions
from tests.web.house import House
from tests.web.test_two_centres import call, lead_of


@pytest.mark.sqlite("says how it answers before it knows how much there is; PostgreSQL only once there is much")
def test_no_page_and_no_act_goes_through_a_table(
    app: Flask, app_database: Database, team: Team, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.app.senders_from", lambda _settings, _clock: {Channel.SMS: Post(clock)})
    house = House(app_database, clock, team)
    tries = list(house.tries())
    lead = lead_of(app, app_database, team, clock)
    house.look_at_everything(team.staff_id)
    with questions(app_database) as asked:
        for one in tries:
            assert call(lead, one).status_code in (200, 303), one
    assert_by_index(app_database, [one for one in asked if not is_for_the_last_line(one[0])])


def is_for_the_last_line(statement: str) -> bool:
    """Tell whether the last line of a journal is asked for: a look at the end of an index is told like a walk."""
    return "FROM journal \nWHERE journal.centre_id = ? ORDER BY journal.seq DESC\n LIMIT" in statement
