"""Who takes back what kept the things does not give them back alone: one slip of the pen frees no evidence."""

from collections.abc import Callable
from datetime import date

import pytest

from portal import law
from portal.law.course import Means, Step
from portal.records import notes
from portal.records.corrections import correct_case
from portal.records.database import Database
from portal.records.notebook import About, Entry, who_freed
from tests.clock import StillClock
from tests.records.desk import Desk, Kind

Taking = Callable[[Desk], None]


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    desk = Desk(database, clock)
    desk.agree_on_a_contact()
    desk.clock.forward(seconds=1)
    return desk


def a_seizure_is_taken_back(desk: Desk) -> None:
    desk.note(seized=True)
    desk.note(seized=False)


def the_prosecutor_answers(desk: Desk) -> None:
    desk.note(complaint=law.Complaint.AFTER_EXAM)
    desk.note(answered=True)


def a_complaint_is_corrected(desk: Desk) -> None:
    desk.note(complaint=law.Complaint.AFTER_EXAM)
    correct(desk, complaint=law.Complaint.NONE)


def correct(desk: Desk, **changes: object) -> None:
    where = (desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    correct_case(*where, changes, "another case was meant", agreed=True)


def a_thing_is_here_after_all(desk: Desk) -> None:
    where = (desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    notes.put_back(*where, [desk.hand_on()], "the wrong bag")


TAKEN_BACK = [a_seizure_is_taken_back, the_prosecutor_answers, a_complaint_is_corrected, a_thing_is_here_after_all]


def to_be_handed_over(desk: Desk, confirmed_by: str) -> str:
    """Return a return that was talked over with her by telephone."""
    request_id = desk.ask(Kind.RESTITUTION, (desk.add(),))
    desk.go(request_id, Step.TAKE_UP)
    desk.move(request_id, Step.CONFIRM, confirmed_by, means=Means.VOICE)
    return request_id


@pytest.mark.parametrize("take_back", TAKEN_BACK)
def test_who_took_it_back_and_spoke_with_her_hands_nothing_over_alone(desk: Desk, take_back: Taking) -> None:
    take_back(desk)
    request_id = to_be_handed_over(desk, confirmed_by=desk.nurse)
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) == "second-person"
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.second) is None


@pytest.mark.parametrize("take_back", TAKEN_BACK)
def test_it_is_enough_that_a_second_member_spoke_with_her(desk: Desk, take_back: Taking) -> None:
    take_back(desk)
    request_id = to_be_handed_over(desk, confirmed_by=desk.second)
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) is None


@pytest.mark.parametrize("take_back", TAKEN_BACK)
def test_taken_back_on_the_way_it_is_talked_over_anew_and_two_are_needed(desk: Desk, take_back: Taking) -> None:
    request_id = to_be_handed_over(desk, confirmed_by=desk.second)
    take_back(desk)
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) == "not-now"
    desk.move(request_id, Step.CONFIRM, desk.nurse, means=Means.VOICE)
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) == "second-person"
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.second) is None


@pytest.mark.parametrize("take_back", TAKEN_BACK)
def test_a_destruction_needs_two_after_it_as_before(desk: Desk, take_back: Taking) -> None:
    take_back(desk)
    request_id = desk.ask(Kind.DESTRUCTION, (desk.add(),), asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    assert desk.why_not(request_id, Step.SIGN, desk.nurse) == "second-person"
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) == "not-now"
    assert desk.why_not(request_id, Step.SIGN, desk.second) is None


def test_where_nothing_was_taken_back_one_member_gives_back(desk: Desk) -> None:
    desk.note(vulnerable=False, apt_29_4=True)
    request_id = to_be_handed_over(desk, confirmed_by=desk.nurse)
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) is None


@pytest.mark.parametrize(
    ("about", "what", "before", "after", "frees"),
    [
        (About.KNOWN, "seized", "", "False", True),
        (About.KNOWN, "seized", "", "True", False),
        (About.KNOWN, "answered", "", "True", True),
        (About.KNOWN, "answered", "", "False", False),
        (About.KNOWN, "vulnerable", "", "False", False),
        (About.CORRECTED, "complaint", "after-exam", "none", True),
        (About.CORRECTED, "complaint", "before-exam", "after-exam", True),
        (About.CORRECTED, "complaint", "unknown", "none", True),
        (About.CORRECTED, "complaint", "none", "before-exam", False),
        (About.CORRECTED, "minor", "True", "False", True),
        (About.CORRECTED, "minor", "False", "True", False),
        (About.CORRECTED, "reference", "A", "B", False),
        (About.BACK, "registry", "", "", True),
        (About.MOVED, "registry", "", "", False),
    ],
)
def test_what_frees(about: About, what: str, before: str, after: str, *, frees: bool, clock: StillClock) -> None:
    entry = Entry(about, what, "anna", clock(), on=date(2026, 8, 1), before=before, after=after)
    assert who_freed([entry]) == (frozenset({"anna"}) if frees else frozenset())


def test_who_said_so_is_noted_even_where_nobody_told_why(desk: Desk) -> None:
    notes.note_facts(desk.database, desk.centre_id, desk.case_id, desk.second, desk.clock(), seized=False)
    assert who_freed(desk.case().entries) == {desk.second}
