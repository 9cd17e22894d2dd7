"""The course of one request, rule by rule: art. 29 §§ 3 and 4, and what never bends about evidence."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.law import Case, Complaint, Phase, RequestKind
from portal.law.course import (
    PERSON,
    Around,
    Course,
    Doing,
    Means,
    NotPossibleError,
    State,
    Step,
    begin,
    follow,
    reopened,
    steps_from,
)

K = RequestKind
ASKED = datetime(2026, 6, 1, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
LATER = ASKED + WEEK
ANNA, BRAM, CHLOE = "anna", "bram", "chloe"

ADULT = Around(Case(Phase.ACUTE, minor=False, complaint=Complaint.NONE, exam_on=date(2026, 5, 11)), contact_agreed=True)
MINOR = replace(ADULT, case=replace(ADULT.case, minor=True, capable_29_4=True, apt_29_4=True), written_consent=True)


def knowing(around: Around, **flags: object) -> Around:
    return replace(around, case=replace(around.case, **flags))  # type: ignore[arg-type]


def do(
    course: Course,
    step: Step,
    by: str = ANNA,
    *,
    around: Around = ADULT,
    means: Means | None = None,
    at: datetime = LATER,
) -> Course:
    return follow(course, Doing(step, by, at, means), around)


def refused(
    course: Course,
    step: Step,
    by: str = ANNA,
    *,
    around: Around = ADULT,
    means: Means | None = None,
    at: datetime = LATER,
) -> str:
    with pytest.raises(NotPossibleError) as refusal:
        do(course, step, by, around=around, means=means, at=at)
    return refusal.value.reason


def taken_up(kind: RequestKind) -> Course:
    return do(begin(kind, ASKED, WEEK), Step.TAKE_UP)


def confirmed(kind: RequestKind, means: Means = Means.VOICE) -> Course:
    return do(taken_up(kind), Step.CONFIRM, means=means)


def signed(means: Means = Means.VOICE) -> Course:
    return do(confirmed(K.DESTRUCTION, means), Step.SIGN, BRAM)


# ── Destruction: she asks, time passes, she is spoken with, two people sign, it is done ──


def test_a_destruction_goes_from_her_wish_to_the_act_of_two() -> None:
    course = do(signed(), Step.CARRY_OUT, BRAM)
    assert course == Course(K.DESTRUCTION, State.DONE, LATER, ANNA, ANNA, Means.VOICE, BRAM, BRAM)
    assert course.has_ended
    assert steps_from(course) == ()


def test_a_destruction_waits_and_not_a_moment_less() -> None:
    course = taken_up(K.DESTRUCTION)
    almost = LATER - timedelta(microseconds=1)
    assert refused(course, Step.CONFIRM, means=Means.VOICE, at=almost) == "waiting"
    assert do(course, Step.CONFIRM, means=Means.VOICE, at=LATER).state is State.CONFIRMED


@pytest.mark.parametrize("waiting", [timedelta(microseconds=-1), WEEK + timedelta(microseconds=1)])
def test_no_hospital_makes_her_wait_longer_than_seven_days(waiting: timedelta) -> None:
    with pytest.raises(ValueError, match="waiting"):
        begin(K.DESTRUCTION, ASKED, waiting)


def test_who_asks_in_person_does_not_wait() -> None:
    course = do(taken_up(K.DESTRUCTION), Step.END_WAITING, at=ASKED)
    assert do(course, Step.CONFIRM, means=Means.IN_PERSON, at=ASKED).state is State.CONFIRMED


@pytest.mark.parametrize("means", [Means.VOICE, Means.WRITING, Means.RELAY, Means.INTERPRETER])
def test_nothing_but_her_presence_ends_the_waiting(means: Means) -> None:
    assert refused(taken_up(K.DESTRUCTION), Step.END_WAITING, means=means, at=ASKED) == "in-person"


@pytest.mark.parametrize("means", Means)
def test_who_does_not_speak_on_the_telephone_is_heard_as_well(means: Means) -> None:
    assert confirmed(K.DESTRUCTION, means).means is means


def test_she_is_spoken_with_by_some_means() -> None:
    assert refused(taken_up(K.DESTRUCTION), Step.CONFIRM) == "means"


def test_one_person_never_destroys_alone() -> None:
    assert refused(confirmed(K.DESTRUCTION), Step.SIGN, ANNA) == "second-person"
    assert refused(confirmed(K.DESTRUCTION), Step.CARRY_OUT, BRAM) == "not-now"
    assert refused(signed(), Step.CARRY_OUT, CHLOE) == "signer"


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"complaint": Complaint.AFTER_EXAM}, "complaint"),
        ({"complaint": Complaint.UNKNOWN}, "complaint"),
        ({"complaint": Complaint.BEFORE_EXAM}, "complaint"),
        ({"seized": True}, "seized"),
        ({"hold": True}, "hold"),
        ({"destroyed": True}, "destroyed"),
    ],
)
def test_whatever_stands_in_the_way_stands_in_the_way_of_every_step(flags: dict[str, object], reason: str) -> None:
    around = knowing(ADULT, **flags)
    assert refused(taken_up(K.DESTRUCTION), Step.CONFIRM, around=around, means=Means.IN_PERSON) == reason
    assert refused(confirmed(K.DESTRUCTION), Step.SIGN, BRAM, around=around) == reason
    assert refused(signed(), Step.CARRY_OUT, around=around) == reason
    assert refused(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=around) == reason


def test_an_examination_that_the_law_does_not_provide_for_is_a_doubt_and_doubt_never_destroys() -> None:
    around = knowing(ADULT, phase=Phase.NON_ACUTE)  # art. 27
    assert refused(signed(), Step.CARRY_OUT, around=around) == "doubt"


def test_what_is_not_kept_any_more_is_neither_destroyed_nor_given_back() -> None:
    gone = replace(ADULT, is_gone=True)
    assert refused(signed(), Step.CARRY_OUT, around=gone) == "destroyed"
    assert refused(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=gone) == "destroyed"


@pytest.mark.parametrize("course", [begin(K.DESTRUCTION, ASKED, WEEK), taken_up(K.DESTRUCTION), signed()])
def test_she_can_cancel_until_it_is_done(course: Course) -> None:
    assert do(course, Step.CANCEL, PERSON).state is State.CANCELLED


@pytest.mark.parametrize("step", sorted(set(Step) - {Step.CANCEL, Step.REOPEN}))
def test_her_link_and_code_do_nothing_that_the_team_does(step: Step) -> None:
    for kind in (K.DESTRUCTION, K.RESTITUTION, K.EXTENSION, K.CONTACT_ME):
        for course in (begin(kind, ASKED, WEEK), taken_up(kind)):
            assert refused(course, step, PERSON, means=Means.IN_PERSON) in ("team-only", "not-now")
    assert refused(signed(), step, PERSON, means=Means.IN_PERSON) in ("team-only", "not-now")


# ── Restitution: explained by one, handed over by one, without waiting ──


def test_what_she_gave_is_explained_and_handed_over_without_waiting() -> None:
    course = do(begin(K.RESTITUTION, ASKED, WEEK), Step.TAKE_UP, at=ASKED)
    explained = do(course, Step.CONFIRM, means=Means.VOICE, at=ASKED)
    assert do(explained, Step.CARRY_OUT, at=ASKED).state is State.DONE  # by one nurse


def test_whoever_cannot_be_reached_as_agreed_is_seen_by_two_before_anything_is_handed_over() -> None:
    seen = do(taken_up(K.RESTITUTION), Step.CONFIRM, means=Means.IN_PERSON, around=replace(ADULT, contact_agreed=False))
    assert refused(seen, Step.CARRY_OUT) == "second-person"
    assert do(seen, Step.CARRY_OUT, BRAM).state is State.DONE


def test_nothing_is_handed_over_unexplained() -> None:
    assert refused(taken_up(K.RESTITUTION), Step.CARRY_OUT) == "not-now"


# ── Extension: once, a right, never taken back ──


def test_an_extension_is_entered_once() -> None:
    course = do(taken_up(K.EXTENSION), Step.CARRY_OUT)
    assert course.state is State.DONE
    assert refused(taken_up(K.EXTENSION), Step.CARRY_OUT, around=knowing(ADULT, extended=True)) == "no-period"


def test_an_extension_that_arrived_late_is_for_the_team_to_decide() -> None:
    late = replace(ADULT, is_late=True)
    assert do(taken_up(K.EXTENSION), Step.DECLINE, around=late).state is State.NOT_DONE
    assert do(taken_up(K.EXTENSION), Step.CARRY_OUT, around=late).state is State.DONE


def test_an_extension_is_a_right_while_the_period_runs() -> None:
    assert refused(taken_up(K.EXTENSION), Step.DECLINE) == "is-a-right"
    for complaint in (Complaint.AFTER_EXAM, Complaint.UNKNOWN):  # art. 29 runs on until a seizure
        assert refused(taken_up(K.EXTENSION), Step.DECLINE, around=knowing(ADULT, complaint=complaint)) == "is-a-right"


def test_an_extension_is_entered_after_a_seizure_too() -> None:
    """It binds nobody then; but refusing what her page says is open would tell whoever holds her phone."""
    seized = knowing(ADULT, seized=True)
    assert refused(taken_up(K.EXTENSION), Step.DECLINE, around=seized) == "is-a-right"
    assert do(taken_up(K.EXTENSION), Step.CARRY_OUT, around=seized).state is State.DONE


def test_where_no_period_runs_the_team_answers_with_her() -> None:
    no_period = [MINOR, *(knowing(ADULT, **flags) for flags in ({"exam_on": None}, {"destroyed": True}))]
    for around in no_period:
        assert refused(taken_up(K.EXTENSION), Step.CARRY_OUT, around=around) == "no-period"
        assert do(taken_up(K.EXTENSION), Step.DECLINE, around=around).state is State.NOT_DONE


@pytest.mark.parametrize("by", [PERSON, ANNA])
def test_nobody_cancels_an_extension(by: str) -> None:
    assert refused(begin(K.EXTENSION, ASKED, WEEK), Step.CANCEL, by) == "not-now"
    assert refused(taken_up(K.EXTENSION), Step.CANCEL, by) == "not-now"


# ── A minor: two tests that are not each other, and her own writing ──


def test_a_capable_minor_has_traces_destroyed_in_writing() -> None:
    assert do(taken_up(K.DESTRUCTION), Step.CONFIRM, around=MINOR, means=Means.VOICE).state is State.CONFIRMED
    unwritten = replace(MINOR, written_consent=False)
    assert refused(taken_up(K.DESTRUCTION), Step.CONFIRM, around=unwritten, means=Means.VOICE) == "written"


@pytest.mark.parametrize("capable", [False, None])
def test_only_a_capable_minor_destroys(capable: bool | None) -> None:
    around = knowing(MINOR, capable_29_4=capable, apt_29_4=True)
    assert refused(signed(), Step.CARRY_OUT, around=around) == "ability"
    assert do(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=around).state is State.DONE


@pytest.mark.parametrize("apt", [False, None])
def test_only_an_apt_minor_is_given_back(apt: bool | None) -> None:
    around = knowing(MINOR, capable_29_4=True, apt_29_4=apt)
    assert refused(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=around) == "ability"
    assert do(signed(), Step.CARRY_OUT, around=around).state is State.DONE


def test_a_return_asks_no_writing_of_a_minor() -> None:
    around = replace(MINOR, written_consent=False)
    assert do(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=around).state is State.DONE


# ── Where only seeing her is sure ──

UNSURE = [
    (knowing(ADULT, vulnerable=True), "understanding"),
    (knowing(ADULT, protected=True), "understanding"),
    (replace(ADULT, contact_agreed=False), "no-contact"),
]


@pytest.mark.parametrize(("around", "reason"), UNSURE)
@pytest.mark.parametrize("kind", [K.DESTRUCTION, K.RESTITUTION])
def test_she_is_seen_where_understanding_or_the_contact_is_unsure(
    kind: RequestKind, around: Around, reason: str
) -> None:
    for means in set(Means) - {Means.IN_PERSON}:
        assert refused(taken_up(kind), Step.CONFIRM, around=around, means=means) == reason
    assert do(taken_up(kind), Step.CONFIRM, around=around, means=Means.IN_PERSON).state is State.CONFIRMED


@pytest.mark.parametrize(("around", "reason"), UNSURE)
def test_what_becomes_unsure_after_she_was_spoken_with_stops_the_act(around: Around, reason: str) -> None:
    assert refused(confirmed(K.DESTRUCTION), Step.SIGN, BRAM, around=around) == reason
    assert refused(signed(), Step.CARRY_OUT, around=around) == reason
    assert refused(confirmed(K.RESTITUTION), Step.CARRY_OUT, around=around) == reason
    assert do(signed(Means.IN_PERSON), Step.CARRY_OUT, around=around).state is State.DONE


# ── Something new: she is asked again ──


@pytest.mark.parametrize("course", [confirmed(K.DESTRUCTION), signed(), confirmed(K.RESTITUTION)])
def test_a_later_sign_reopens_what_was_confirmed(course: Course) -> None:
    again = reopened(course)
    assert again == taken_up(course.kind)
    assert again == do(course, Step.REOPEN)
    assert refused(course, Step.REOPEN, PERSON) == "team-only"  # asking anew is what reopens, not a step of her own
    assert refused(again, Step.CARRY_OUT) == "not-now"


@pytest.mark.parametrize(
    "course",
    [
        begin(K.DESTRUCTION, ASKED, WEEK),
        taken_up(K.RESTITUTION),
        taken_up(K.EXTENSION),
        do(signed(), Step.CARRY_OUT),
        do(signed(), Step.DECLINE),
        do(signed(), Step.CANCEL, PERSON),
    ],
)
def test_a_later_sign_leaves_everything_else_as_it_is(course: Course) -> None:
    assert reopened(course) is course
