"""What is past its period, kept: found by its dates, told by the law, ended by two people, and otherwise kept."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal import law
from portal.law.course import PERSON, Doing, NotPossibleError, Step
from portal.records import requests
from portal.records.database import Database
from portal.records.ending import Period, past, ran_out
from portal.records.models import RequestRecord
from portal.records.requests import Wish
from portal.records.reviews import review
from tests.clock import StillClock
from tests.conftest import make_team
from tests.records.desk import ACT, Desk, Kind, dump

KEEP_THROUGH = date(2026, 11, 12)
OVER = date(2026, 11, 13)


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    desk = Desk(database, clock)
    desk.write_down_a_grace(0)
    return desk


def to_look_at(desk: Desk, limit: int = 10) -> list[str]:
    with desk.database.reading() as session:
        return [one.id for one in past(session, desk.centre_id, desk.clock().date(), limit)]


def period(desk: Desk) -> Period | None:
    with desk.database.reading() as session:
        return ran_out(session, desk.case(), desk.clock().date())


def against(desk: Desk) -> tuple[str, ...]:
    found = period(desk)
    assert found is not None
    return found.against


# ── Found by the dates ──


def test_a_case_comes_up_the_day_after_its_last_day_and_the_grace(desk: Desk) -> None:
    desk.add()
    desk.write_down_a_grace(10)
    desk.day(KEEP_THROUGH + timedelta(days=10))
    assert to_look_at(desk) == []
    assert against(desk) == ("grace",)
    desk.day(KEEP_THROUGH + timedelta(days=11))
    assert to_look_at(desk) == [desk.case_id]
    assert against(desk) == ()


def test_where_no_grace_was_written_down_nothing_comes_up_or_is_proposed(desk: Desk) -> None:
    shirt = desk.add()
    desk.write_down_a_grace(None)
    desk.day(date(2030, 1, 1))
    assert to_look_at(desk) == []
    assert against(desk) == ("no-grace",)
    assert desk.why_not_proposed((shirt,)) == "no-grace"


def test_the_longest_past_come_first_each_once_and_no_more_than_were_asked_for(desk: Desk) -> None:
    first = desk.case_id
    desk.add()
    desk.add(law.ItemKind.SAMPLE)
    unlisted = desk.another_case("REF-1", exam_on="2026-04-01")
    later = desk.another_case("REF-2", exam_on="2026-05-21")
    desk.add()
    desk.another_case("REF-3", exam_on="2026-07-20")
    desk.add()
    desk.day(date(2026, 12, 1))
    assert to_look_at(desk) == [unlisted, first, later]
    assert to_look_at(desk, 2) == [unlisted, first]


def test_another_centre_sees_none_of_it_and_can_do_nothing(desk: Desk) -> None:
    desk.add()
    desk.day(OVER)
    south = make_team(desk.database, desk.clock, "south")
    before = dump(desk.database)
    with desk.database.reading() as session:
        assert past(session, south.centre_id, desk.clock().date(), 10) == []
    with pytest.raises(LookupError):
        review(desk.database, south.centre_id, desk.case_id, south.staff_id, date(2027, 1, 4), desk.clock())
    wish = Wish(Kind.END_OF_PERIOD)
    with pytest.raises(LookupError):
        requests.ask(desk.database, south.centre_id, desk.case_id, wish, desk.clock(), asked_by=south.staff_id)
    assert dump(desk.database) == before


def test_what_was_looked_at_comes_back_on_the_day_that_was_noted(desk: Desk) -> None:
    """A-12: nobody claims what a judge ordered, and no period runs; somebody keeps asking the prosecutor."""
    desk.another_case("ORDERED", complaint=law.Complaint.BEFORE_EXAM)
    desk.add()
    desk.day(OVER)
    assert desk.case_id in to_look_at(desk)
    assert against(desk) == ("exam-ordered",)
    again = OVER + timedelta(days=90)
    review(desk.database, desk.centre_id, desk.case_id, desk.nurse, again, desk.clock())
    assert desk.journal()[-1] == (desk.nurse, "case-reviewed", desk.case_id)
    assert desk.case_id not in to_look_at(desk)
    desk.day(again)
    assert desk.case_id in to_look_at(desk)
    for wrong in (again, again + timedelta(days=367)):
        with pytest.raises(ValueError, match="looked at again"):
            review(desk.database, desk.centre_id, desk.case_id, desk.nurse, wrong, desk.clock())


# ── What stands against it ──


def test_no_day_no_list_and_no_hospitals_wish_ends_anything_by_itself(desk: Desk) -> None:
    desk.add()
    before = dump(desk.database)
    desk.day(date(2060, 1, 1))
    assert to_look_at(desk) == [desk.case_id]
    assert against(desk) == ()
    assert dump(desk.database) == before


def test_everything_that_stands_against_it_is_found(desk: Desk) -> None:
    desk.add()
    desk.day(OVER)
    desk.hold()
    desk.note(seized=True, complaint=law.Complaint.AFTER_EXAM)
    desk.receipt(Kind.CONTACT_ME)
    assert against(desk) == ("seized", "complaint", "hold", "pending")
    assert desk.why_not_proposed() == "seized"


def test_her_link_proposes_nothing_and_finds_no_proposal(desk: Desk) -> None:
    desk.add()
    desk.day(OVER)
    with pytest.raises(NotPossibleError, match="team-only"):
        desk.ask(Kind.END_OF_PERIOD)
    proposal = desk.propose()
    with pytest.raises(NotPossibleError, match="team-only"):
        desk.ask(Kind.END_OF_PERIOD)
    with pytest.raises(NotPossibleError, match="team-only"):
        desk.cancel(proposal)


def test_an_extension_that_is_entered_takes_it_back_and_its_dates_count(desk: Desk) -> None:
    shirt = desk.add()
    desk.day(OVER)
    proposal = desk.propose((shirt,))
    desk.go(proposal, Step.CONFIRM, Step.SIGN)
    extension = desk.ask(Kind.EXTENSION)
    assert desk.state(proposal) == "asked"
    assert desk.why_not(proposal, Step.CONFIRM) == "pending"
    desk.go(extension, Step.TAKE_UP, Step.CARRY_OUT)
    assert desk.why_not(proposal, Step.CONFIRM) == "period"
    assert desk.kept() == {shirt}
    desk.day(date(2027, 5, 12))
    desk.go(proposal, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    assert desk.kept() == set()


def test_it_holds_nothing_and_what_she_asks_never_waits_for_it(desk: Desk) -> None:
    shirt = desk.add()
    desk.day(OVER)
    proposal = desk.propose((shirt,))
    assert desk.held_by() == []
    back = desk.ask(Kind.RESTITUTION, (shirt,))
    desk.go(back, Step.TAKE_UP, Step.CONFIRM, Step.CARRY_OUT)
    assert desk.why_not(proposal, Step.CONFIRM) == "destroyed"
    desk.go(proposal, Step.CANCEL)
    assert period(desk) is None


def test_a_minors_toxicology_ends_alone_and_the_rest_goes_on(desk: Desk) -> None:
    desk.another_case("MINOR", minor=True)
    blood, shirt = desk.add(law.ItemKind.TOXICOLOGY), desk.add()
    desk.day(date(2031, 5, 13))
    found = period(desk)
    assert found is not None
    assert [one.id for one in found.things] == [blood]
    assert desk.why_not_proposed((blood, shirt)) == "period"
    desk.go(desk.propose((blood,)), Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    case = desk.case()
    assert desk.kept() == {shirt}
    assert (case.law_case.destroyed, case.law_case.ended) == (False, False)
    assert case.record.keep_through == date(2076, 5, 11)
    assert desk.case_id not in to_look_at(desk)


def test_another_thing_that_is_found_afterwards_is_kept_and_has_its_own_period(desk: Desk) -> None:
    desk.day(OVER)
    desk.go(desk.propose(), Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    assert desk.case().law_case.ended
    found = desk.add(taken_on=date(2026, 6, 25))
    case = desk.case()
    assert (case.law_case.destroyed, case.law_case.ended) == (False, False)
    assert desk.why_not_proposed((found,)) == "period"


def test_one_of_the_team_ends_nothing_and_the_database_says_so_too(desk: Desk) -> None:
    desk.day(OVER)
    proposal = desk.propose()
    desk.go(proposal, Step.CONFIRM)
    assert desk.why_not(proposal, Step.SIGN, desk.nurse) == "second-person"
    for step in (Step.CONFIRM, Step.SIGN, Step.CARRY_OUT):
        with pytest.raises(NotPossibleError):
            requests.move(desk.database, desk.centre_id, proposal, Doing(step, PERSON, desk.clock()), outcome=ACT)
    with pytest.raises(IntegrityError), desk.database.writing(desk.centre_id) as session:
        session.get_one(RequestRecord, proposal).state = "done"
