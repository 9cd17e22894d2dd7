"""What an operator watches: what is late is counted, over all centres; what merely happens is not."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from portal.law import RequestKind
from portal.law.course import Step
from portal.records.anchoring import anchor_all
from portal.records.database import Database
from portal.records.measures import Measures, measures
from portal.records.models import CaseRecord, Message, RequestRecord
from portal.records.outbox import sweep
from portal.records.outbox.kinds import State
from portal.records.outbox.undelivered import end_line
from tests.clock import StillClock, at
from tests.conftest import make_case, make_team
from tests.records.asked import assert_by_index, questions
from tests.records.morning import Morning

WELL = Measures(0, 0, 0, dict.fromkeys(("requests", "calls", "looks", "contacts"), 0), 0, 0)
KEYS = (b"o" * 32,)


@pytest.fixture
def north(database: Database, tmp_path: Path) -> Morning:
    clock = StillClock(at("2026-08-01T06:30:00"))
    morning = Morning(database, clock, make_team(database, clock, "north"))
    anchor(morning, tmp_path)
    return morning


def anchor(morning: Morning, folder: Path) -> None:
    anchor_all(morning.database, folder / "anchors.jsonl", KEYS, morning.clock(), "operator")


def told(morning: Morning, **later: float) -> Measures:
    return measures(morning.database, morning.clock() + timedelta(**later))


def change(morning: Morning, message_id: str, state: str, claimed_at: datetime | None = None) -> None:
    with morning.database.writing(morning.team.centre_id) as session:
        message = session.get_one(Message, message_id)
        message.state, message.claimed_at = state, claimed_at


def test_a_centre_at_work_where_nothing_is_late_is_told_of_by_no_number(north: Morning) -> None:
    assert told(north) == WELL
    for number in range(9):
        case_id = north.case(f"REF-{number}", "2026-07-01")
        north.ask(case_id, RequestKind.CONTACT_ME)
        north.message(case_id, State.SENT)
        north.message(case_id, State.WAITING)
        north.put(case_id, follow_up_on=north.today, review_on=north.today)
    assert told(north) == WELL


def test_a_message_that_should_have_gone_is_late_from_a_quarter_of_an_hour_on(north: Morning) -> None:
    north.message(north.case("REF-1", "2026-07-01"), State.WAITING)
    assert told(north, minutes=15) == WELL
    assert told(north, minutes=16) == replace(WELL, messages_late=1, seconds_late=16 * 60)


def test_a_message_that_was_cut_off_is_late_where_no_outbox_gives_it_up(north: Morning) -> None:
    case_id = north.case("REF-1", "2026-07-01")
    in_hand, waiting = (north.message(case_id, State.WAITING) for _ in range(2))
    change(north, in_hand, State.SENDING, north.clock())
    change(north, waiting, State.CANCELLED)
    assert told(north, minutes=30) == WELL
    assert told(north, minutes=31) == replace(WELL, messages_late=1, seconds_late=31 * 60)
    sweep(north.database, north.clock() + timedelta(minutes=31))
    assert told(north, minutes=31) == replace(WELL, messages_undelivered=1)


def test_what_did_not_arrive_is_counted_until_a_member_saw_it(north: Morning) -> None:
    case_id = north.case("REF-1", "2026-07-01")
    failed, _unsure = north.message(case_id), north.message(case_id, State.UNSURE)
    assert told(north) == replace(WELL, messages_undelivered=2)
    with north.database.writing(north.team.centre_id) as session:
        end_line(session, session.get_one(Message, failed), north.team.staff_id, north.clock())
    assert told(north) == replace(WELL, messages_undelivered=1)


def test_the_teams_late_work_is_counted_over_all_centres_and_names_none(north: Morning) -> None:
    south = make_team(north.database, north.clock, "south")
    late, proposed = north.today - timedelta(days=1), north.clock() - timedelta(days=8)
    for number, team in enumerate((north.team, south, south)):
        case_id = make_case(north.database, north.clock, team, f"REF-{number}")
        with north.database.writing(team.centre_id) as session:
            case = session.get_one(CaseRecord, case_id)
            case.follow_up_on, case.review_on, case.contact_proposed_at = late, late, proposed
    assert told(north).lines == {"requests": 0, "calls": 3, "looks": 3, "contacts": 3}
    with north.database.writing(south.centre_id) as session:
        session.get_one(CaseRecord, case_id).moved_at = north.clock()
    assert told(north).lines == {"requests": 0, "calls": 2, "looks": 2, "contacts": 2}


def test_a_request_is_late_a_week_after_it_was_asked_or_after_the_day_it_waits_for(north: Morning) -> None:
    first, taken, waiting = (north.case(f"REF-{number}", "2026-07-01") for number in range(3))
    north.ask(first, RequestKind.CONTACT_ME)
    north.move(north.ask(taken, RequestKind.CONTACT_ME), Step.TAKE_UP, north.colleague)
    waits = north.ask(waiting, RequestKind.CONTACT_ME)
    with north.database.writing(north.team.centre_id) as session:
        session.get_one(RequestRecord, waits).waits_until = north.clock() + timedelta(days=3)
    assert told(north, days=7).lines["requests"] == 0
    assert told(north, days=7, minutes=1).lines["requests"] == 1
    assert told(north, days=10, minutes=1).lines["requests"] == 2


def test_a_journal_is_unanchored_a_day_after_its_last_anchor_and_what_stands_since_is_told_in_hundreds(
    north: Morning, tmp_path: Path
) -> None:
    assert told(north, hours=26) == WELL
    assert told(north, hours=26, minutes=1).journals_unanchored == 1
    for number in range(105):
        north.case(f"REF-{number}", "2026-07-01")
    assert told(north).journal_lines_unanchored == 100
    north.clock.forward(days=1)
    make_team(north.database, north.clock, "south")
    anchor(north, tmp_path)
    assert told(north) == WELL


def test_a_centre_that_just_came_is_not_late_until_a_night_has_passed_without_an_anchor(north: Morning) -> None:
    north.clock.forward(hours=26)
    make_team(north.database, north.clock, "south")
    assert told(north) == WELL
    assert told(north, hours=26).journals_unanchored == 1
    assert told(north, hours=26, minutes=1).journals_unanchored == 2


def test_no_count_goes_through_a_table_or_unseals_anything(north: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    north.one_of_each()
    monkeypatch.setattr("portal.records.seal.unseal", None)
    with questions(north.database) as asked:
        told(north)
    assert len(asked) >= len(WELL.lines) + 4
    assert not re.search(r"sealed_|wrapped_key|reference", " ".join(statement for statement, _ in asked))
    if north.database.engine.dialect.name != "sqlite":
        return  # PostgreSQL says how it answers only once there is much
    # One look at the end of an index is told like a walk through it.
    assert_by_index(north.database, [one for one in asked if "max(journal.seq)" not in one[0]])
