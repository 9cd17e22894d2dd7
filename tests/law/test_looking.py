"""What is looked at after a period, and when the team calls: doubt never destroys, and nothing stays out of sight."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import (
    Case,
    Complaint,
    Look,
    Phase,
    is_followed_up,
    is_undecided,
    keeping,
    look_at,
    may_be_proposed,
    next_follow_up,
)

EXAM = date(2026, 5, 11)
KEEP_THROUGH = keeping(EXAM, minor=False).keep_through  # 12 November 2026: the latest reading
AFTER = KEEP_THROUGH + timedelta(days=15)

cases = st.builds(
    Case,
    phase=st.none() | st.sampled_from(Phase),
    minor=st.booleans(),
    complaint=st.sampled_from(Complaint),
    exam_on=st.none() | st.just(EXAM),
    extended=st.booleans(),
    hold=st.booleans(),
    seized=st.booleans(),
    destroyed=st.booleans(),
)


def case(**known: object) -> Case:
    return Case(**{"phase": None, "minor": False, "complaint": Complaint.NONE, "exam_on": EXAM, **known})  # type: ignore[arg-type]  # one shape for many


def look(one: Case, today: date = AFTER, grace: int | None = 14, *, held_by_team: bool = False) -> Look:
    return look_at(one, KEEP_THROUGH, today, grace, held_by_team=held_by_team)


def test_the_end_of_a_period_is_proposed_on_the_day_after_the_grace_and_not_before() -> None:
    last = KEEP_THROUGH + timedelta(days=14)
    assert not may_be_proposed(case(), KEEP_THROUGH, last, 14)
    assert may_be_proposed(case(), KEEP_THROUGH, last + timedelta(days=1), 14)
    assert not may_be_proposed(case(), KEEP_THROUGH, KEEP_THROUGH, 0)
    assert may_be_proposed(case(), KEEP_THROUGH, KEEP_THROUGH + timedelta(days=1), 0)


def test_without_a_written_grace_nothing_is_proposed_however_late() -> None:
    assert not may_be_proposed(case(), KEEP_THROUGH, date(2090, 1, 1), None)
    assert look(case(), grace=None) is Look.NO_GRACE


@given(cases, st.integers(-400, 4000), st.none() | st.integers(0, 90))
def test_nothing_is_proposed_where_anything_keeps_it(one: Case, days: int, grace: int | None) -> None:
    today = KEEP_THROUGH + timedelta(days=days)
    if may_be_proposed(one, KEEP_THROUGH, today, grace):
        assert grace is not None
        assert days > grace
        assert one.complaint is Complaint.NONE
        assert not any((one.hold, one.seized, one.destroyed))
        assert one.phase is not Phase.NON_ACUTE
    found = look_at(one, KEEP_THROUGH, today, grace, held_by_team=one.hold)
    assert (found is Look.PROPOSE) <= may_be_proposed(one, KEEP_THROUGH, today, grace)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({}, Look.PROPOSE),
        ({"complaint": Complaint.BEFORE_EXAM, "hold": True}, Look.NEVER_CLAIMED),
        ({"complaint": Complaint.AFTER_EXAM, "hold": True}, Look.COMPLAINT),
        ({"complaint": Complaint.UNKNOWN, "hold": True}, Look.COMPLAINT),
        ({"seized": True}, Look.SEIZED),
        ({"hold": True}, Look.AGAIN),
    ],
)
def test_each_reason_has_its_own_remedy(known: dict[str, object], why: Look) -> None:
    assert look(case(**known)) is why


def test_a_hold_of_the_team_is_reviewed_before_and_after_the_period() -> None:
    for today in (EXAM + timedelta(days=90), AFTER):
        assert look(case(hold=True), today, held_by_team=True) is Look.HOLD


def test_undecided_is_who_can_still_ask_and_a_minor_whose_samples_end() -> None:
    assert is_undecided(case())
    assert is_undecided(case(complaint=Complaint.AFTER_EXAM))  # the clock stays visible, and extending protects: A-11
    assert is_undecided(case(minor=True))
    assert not is_undecided(case(extended=True))
    assert not is_undecided(case(complaint=Complaint.BEFORE_EXAM))
    assert not is_undecided(case(seized=True))
    assert not is_undecided(case(exam_on=None))


def test_the_team_calls_in_the_acute_and_the_post_acute_phase_alone() -> None:
    assert is_followed_up(case(phase=Phase.ACUTE))
    assert is_followed_up(case(phase=Phase.POST_ACUTE, exam_on=None))
    assert not is_followed_up(case(phase=Phase.NON_ACUTE))
    assert is_followed_up(case())  # an examination makes it one of the first two
    assert not is_followed_up(case(exam_on=None))


@given(st.lists(st.integers(1, 730), max_size=8), st.integers(-10, 800))
def test_the_next_call_is_the_first_of_the_rhythm_that_lies_ahead(rhythm: list[int], days: int) -> None:
    after = EXAM + timedelta(days=days)
    ahead = [day for day in rhythm if day > days]
    assert next_follow_up(EXAM, rhythm, after) == (EXAM + timedelta(days=min(ahead)) if ahead else None)
