"""Art. 29 § 5: when the end of a period can be proposed, and all that stands against it. Doubt never destroys."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import Case, Complaint, Item, ItemKind, Phase, RequestKind, as_told, is_listed, told_openings
from portal.law.course import (
    PERSON,
    Around,
    Course,
    Doing,
    NotPossibleError,
    State,
    Step,
    begin,
    follow,
    reopened,
    why_not_asked,
)
from portal.law.ending import ARTICLES, against_ending, last_kept, proposed_from, why_not_over
from tests.law.test_keeping import GOLDEN

D = date.fromisoformat
K = RequestKind
DAY = timedelta(days=1)
EXAM = D("2026-05-11")
KEEP_THROUGH = D("2026-11-12")
OVER = D("2026-11-13")
ADULT = Case(Phase.ACUTE, minor=False, complaint=Complaint.NONE, exam_on=EXAM)
MINOR = replace(ADULT, minor=True)
SHIRT = Item(ItemKind.CLOTHES, EXAM)
TOXICOLOGY = Item(ItemKind.TOXICOLOGY, EXAM)


def why_not_ended(
    case: Case, items: list[Item], today: date, grace_days: int | None, *, others_wait: bool = False
) -> tuple[str, ...]:
    """Say why an end cannot be proposed, as the records ask it; without things none was ever listed."""
    not_over = why_not_over(last_kept(case, items, whole=not items), today, grace_days)
    return against_ending(case, others_wait=others_wait, not_over=not_over)


# ── When it is over ──


@pytest.mark.parametrize(("exam", "ask_by", "keep_through", "extended"), GOLDEN)
def test_it_can_be_proposed_from_the_day_after_the_latest_reading_and_not_a_day_sooner(
    exam: str, ask_by: str, keep_through: str, extended: str
) -> None:
    case = replace(ADULT, exam_on=D(exam))
    assert why_not_ended(case, [], D(ask_by) + DAY, 0) in ((), ("period",))  # what is told says nothing of an end
    assert why_not_ended(case, [], D(keep_through), 0) == ("period",)
    assert why_not_ended(case, [], D(keep_through) + DAY, 0) == ()
    assert why_not_ended(case, [], D(keep_through) + 14 * DAY, 14) == ("grace",)
    assert why_not_ended(case, [], D(keep_through) + 15 * DAY, 14) == ()
    assert why_not_ended(replace(case, extended=True), [], D(extended), 0) == ("period",)


def test_without_a_grace_that_the_hospital_wrote_down_nothing_is_ever_proposed() -> None:
    assert why_not_ended(ADULT, [SHIRT], D("2099-01-01"), None) == ("no-grace",)
    assert why_not_over(KEEP_THROUGH, KEEP_THROUGH, None) == "period"
    with pytest.raises(ValueError, match="-1 days"):
        proposed_from(KEEP_THROUGH, -1)


def test_an_extension_counts_twelve_months_from_the_examination() -> None:
    extended = replace(ADULT, extended=True)
    assert why_not_ended(extended, [SHIRT], OVER, 0) == ("period",)
    assert last_kept(extended, [SHIRT], whole=False) == D("2027-05-11")


def test_what_was_brought_later_is_kept_longer_and_what_was_brought_before_no_shorter() -> None:
    later, before = Item(ItemKind.CLOTHES, D("2026-06-25")), Item(ItemKind.THING, D("2026-05-01"))
    assert last_kept(ADULT, [later], whole=False) == D("2026-12-28")
    assert last_kept(ADULT, [before], whole=False) == KEEP_THROUGH
    assert why_not_ended(ADULT, [SHIRT, later], OVER, 0) == ("period",)


def test_a_minors_toxicology_ends_after_five_years_and_all_else_after_fifty() -> None:
    assert why_not_ended(MINOR, [TOXICOLOGY], D("2031-05-12"), 0) == ("period",)  # 11 May 2031 is a Sunday
    assert why_not_ended(MINOR, [TOXICOLOGY], D("2031-05-13"), 0) == ()
    assert why_not_ended(MINOR, [TOXICOLOGY, SHIRT], D("2031-05-13"), 0) == ("period",)
    assert why_not_ended(MINOR, [], D("2031-05-13"), 0) == ("period",)
    assert why_not_ended(MINOR, [SHIRT], D("2077-01-01"), 0) == ()


# ── What stands against it ──

AGAINST = {
    "complaint": {"complaint": Complaint.AFTER_EXAM},
    "complaint-unknown": {"complaint": Complaint.UNKNOWN},
    "exam-ordered": {"complaint": Complaint.BEFORE_EXAM},
    "hold": {"hold": True},
    "seized": {"seized": True},
    "destroyed": {"destroyed": True},
    "doubt": {"phase": Phase.NON_ACUTE},
    "no-exam": {"exam_on": None},
}


@pytest.mark.parametrize(("reason", "known"), AGAINST.items())
def test_each_of_these_stands_against_it_and_none_hides_another(reason: str, known: dict[str, object]) -> None:
    case = replace(ADULT, **known)  # type: ignore[arg-type]  # one fact each, by name
    assert why_not_ended(case, [], D("2099-01-01"), 0) == (reason,)
    assert set(why_not_ended(replace(case, hold=True), [], D("2099-01-01"), 0)) == {reason, "hold"}


def test_whatever_she_asks_is_answered_first() -> None:
    assert why_not_ended(ADULT, [SHIRT], OVER, 0, others_wait=True) == ("pending",)


def test_every_reason_has_its_article() -> None:
    said = {*AGAINST, "pending", "period", "grace", "no-grace"}
    assert set(ARTICLES) == said


cases = st.builds(
    Case,
    phase=st.sampled_from([*Phase, None]),
    minor=st.booleans(),
    complaint=st.sampled_from(Complaint),
    exam_on=st.none() | st.dates(D("2024-07-01"), D("2027-12-31")),
    extended=st.booleans(),
    hold=st.booleans(),
    seized=st.booleans(),
    destroyed=st.booleans(),
    vulnerable=st.booleans(),
    protected=st.booleans(),
)
things = st.lists(st.builds(Item, st.sampled_from(ItemKind), st.dates(D("2024-07-01"), D("2028-06-30"))), max_size=4)
days = st.dates(D("2024-07-01"), D("2090-12-31"))


@given(cases, things, days, st.none() | st.integers(0, 60))
def test_doubt_never_destroys(case: Case, items: list[Item], today: date, grace: int | None) -> None:
    if why_not_ended(case, items, today, grace):
        return
    assert case.complaint is Complaint.NONE
    assert not any((case.hold, case.seized, case.destroyed))
    assert grace is not None
    last = last_kept(case, items, whole=not items)
    assert last is not None
    assert today > last + grace * DAY
    for doubt in AGAINST.values():
        assert why_not_ended(replace(case, **doubt), items, today, grace)  # type: ignore[arg-type]


@given(cases, things, days, st.integers(0, 60))
def test_more_time_a_longer_grace_and_one_thing_more_never_bring_it_nearer(
    case: Case, items: list[Item], today: date, grace: int
) -> None:
    if not why_not_ended(case, items, today, grace):
        assert not why_not_ended(case, items, today + DAY, grace)
    else:
        assert why_not_ended(case, items, today, grace + 1)
        assert not items or why_not_ended(case, [*items, SHIRT], today, grace)
        assert why_not_ended(replace(case, extended=True), items, today, grace)


# ── The course: proposed by one, looked over, signed by another, done ──

NOON = datetime(2026, 11, 13, 11, tzinfo=UTC)
HERE = Around(ADULT, not_over=None)
ANNA, BRAM, CHLOE = "anna", "bram", "chloe"


def step(course: Course, what: Step, by: str, here: Around = HERE) -> Course:
    return follow(course, Doing(what, by, NOON), here)


def proposed() -> Course:
    return begin(K.END_OF_PERIOD, NOON, timedelta(0))


def test_it_goes_from_the_proposal_to_the_act_of_two_and_nobody_is_spoken_with() -> None:
    signed = step(step(proposed(), Step.CONFIRM, ANNA), Step.SIGN, BRAM)
    assert (signed.waits_until, signed.means) == (None, None)
    done = step(signed, Step.CARRY_OUT, ANNA)
    assert (done.state, done.confirmed_by, done.signed_by, done.ended_by) == (State.DONE, ANNA, BRAM, ANNA)
    with pytest.raises(NotPossibleError, match="signer"):
        step(signed, Step.CARRY_OUT, CHLOE)
    with pytest.raises(NotPossibleError, match="second-person"):
        step(step(proposed(), Step.CONFIRM, ANNA), Step.SIGN, ANNA)


def test_anything_new_takes_it_back_to_the_proposal() -> None:
    signed = step(step(proposed(), Step.CONFIRM, ANNA), Step.SIGN, BRAM)
    assert reopened(signed) == proposed()


def test_no_link_proposes_it_moves_it_or_takes_it_back() -> None:
    assert why_not_asked(K.END_OF_PERIOD, PERSON, HERE) == "team-only"
    assert why_not_asked(K.END_OF_PERIOD, ANNA, HERE) is None
    assert why_not_asked(K.EXTENSION, PERSON, HERE) is None
    for what in (Step.CONFIRM, Step.CANCEL):
        with pytest.raises(NotPossibleError, match="team-only"):
            step(proposed(), what, PERSON)


def test_where_nobody_looked_at_the_period_it_is_not_over() -> None:
    assert why_not_asked(K.END_OF_PERIOD, ANNA, Around(ADULT)) == "period"


# ── What her link tells: the same, whether it was destroyed or not ──


@given(cases, things, days)
def test_no_link_tells_whether_the_end_came(case: Case, items: list[Item], today: date) -> None:
    """The one whose things were destroyed, and the one whose were not because of a complaint, a hold or a seizure."""
    over = [one for one in items if not why_not_ended(case, [one], today, 0)]
    if why_not_ended(case, [], today, 0) and not over:
        return
    ended = replace(case, destroyed=True, ended=True)
    for secret in ({"complaint": Complaint.AFTER_EXAM}, {"hold": True}, {"seized": True}, {}):
        kept = replace(case, **secret)
        told = as_told(kept)
        assert told is not None
        assert told == as_told(ended)
        assert told_openings(told, today) == told_openings(as_told(ended), today)
        assert not any(is_listed(told, one, today) for one in over), "a thing that may be gone is not listed"


def test_what_she_had_destroyed_herself_stays_told() -> None:
    told = as_told(replace(ADULT, destroyed=True))
    assert told is not None
    assert told.destroyed
