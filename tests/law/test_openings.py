"""Which requests are open: the thirty-six cells, and what doubt, seizure, age and time change."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.law import Case, Complaint, Opening, Phase, RequestKind, Way, hides_its_cause, keeping, open_requests

EXAM = date(2026, 5, 11)
TODAY = date(2026, 8, 1)
ASK_BY = date(2026, 11, 10)

K = RequestKind
TRACES = (K.EXTENSION, K.DESTRUCTION, K.RESTITUTION)

ADULT = Case(Phase.ACUTE, minor=False, complaint=Complaint.NONE, exam_on=EXAM)
MINOR = replace(ADULT, minor=True)
VULNERABLE = replace(ADULT, vulnerable=True)

PERSONS = {"adult": ADULT, "minor": MINOR, "vulnerable adult": VULNERABLE}
# The four columns of the matrix. A: complaint to the police before coming; B: decided in the centre before the exam.
# Both are before the start of the exam; B's contact with the police belongs to the admission itself (art. 32).
COMPLAINTS = {
    "A": Complaint.BEFORE_EXAM,
    "B": Complaint.BEFORE_EXAM,
    "C": Complaint.AFTER_EXAM,
    "D": Complaint.NONE,
}

ALWAYS_OPEN = {
    K.WITHDRAW_SERVICE,
    K.SUPPORT_PERSON,
    K.SUPPORT_FOR_SUPPORT_PERSON,
    K.LANGUAGE_HELP,
    K.OPEN_DATA_TO_PROFESSIONAL,
}


def ways(case: Case, today: date = TODAY) -> dict[RequestKind, Way]:
    return {kind: opening.way for kind, opening in open_requests(case, today).items()}


@pytest.mark.parametrize(("phase", "person", "column"), list(product(Phase, PERSONS, COMPLAINTS)))
def test_the_thirty_six_cells(phase: Phase, person: str, column: str) -> None:
    exam_on = None if phase is Phase.NON_ACUTE else EXAM
    case = replace(PERSONS[person], phase=phase, complaint=COMPLAINTS[column], exam_on=exam_on)
    answer = ways(case)

    assert {kind for kind in ALWAYS_OPEN if answer[kind] is Way.OPEN} == ALWAYS_OPEN
    # Art. 24 excludes nobody; a minor's right and a report made on requisition go through the team.
    ordered = column in "AB" and exam_on is not None
    assert answer[K.REPORT_COPY] is (Way.NURSE if person == "minor" or ordered else Way.OPEN)
    # Art. 14 § 3: no follow-up, so no contact with the support person, in the non-acute phase; a minor judged apt.
    followed = Way.NURSE if person == "minor" else Way.OPEN
    assert answer[K.CONTACT_SUPPORT_PERSON] is (Way.CLOSED if phase is Phase.NON_ACUTE else followed)
    # Art. 19 § 3 al. 1: an interpreter where there is a hearing.
    assert answer[K.HEARING_INTERPRETER] is (Way.CLOSED if column == "D" else Way.OPEN)
    # Arts 35 and 36: through the centre, or any police service, until it is filed.
    assert (answer[K.COMPLAINT_THROUGH_CENTRE] is Way.OPEN) == (column == "D")
    assert (answer[K.COMPLAINT_TO_POLICE] is Way.OPEN) == (column == "D")
    # Art. 39 al. 1: her own copy, once there is a complaint after the exam.
    assert (answer[K.GIVE_OWN_COPY] is Way.OPEN) == (column == "C" and phase is not Phase.NON_ACUTE)

    if phase is Phase.NON_ACUTE:
        assert [answer[kind] for kind in TRACES] == [Way.CLOSED, Way.CLOSED, Way.NURSE]
    elif column in "AB":
        assert [answer[kind] for kind in TRACES] == [Way.CLOSED] * 3  # art. 30: no clock of art. 29
    elif person == "minor":
        assert [answer[kind] for kind in TRACES] == [Way.CLOSED, Way.NURSE, Way.NURSE]  # no extension exists
    elif person == "vulnerable adult" or column == "C":
        assert [answer[kind] for kind in TRACES] == [Way.OPEN, Way.NURSE, Way.NURSE]
    else:
        assert [answer[kind] for kind in TRACES] == [Way.OPEN] * 3


def test_articles_and_forms_are_the_laws() -> None:
    adult, minor = open_requests(ADULT, TODAY), open_requests(MINOR, TODAY)
    assert {kind: adult[kind].article for kind in (K.REPORT_COPY, *TRACES)} == {
        K.REPORT_COPY: "24",
        K.EXTENSION: "29 § 3 al. 2",
        K.DESTRUCTION: "29 § 3 al. 1",
        K.RESTITUTION: "29 § 3 al. 3",
    }
    assert (minor[K.DESTRUCTION].article, minor[K.RESTITUTION].article) == ("29 § 4 al. 1", "29 § 4 al. 2")
    assert [adult[kind].written for kind in (K.REPORT_COPY, *TRACES)] == [False, True, False, False]
    assert minor[K.DESTRUCTION].written  # the minor's own written consent
    assert not minor[K.RESTITUTION].written


def test_an_extension_is_open_through_ask_by_then_for_the_nurse() -> None:
    assert open_requests(ADULT, ASK_BY)[K.EXTENSION] == Opening(Way.OPEN, ASK_BY, "29 § 3 al. 2", "open", True)
    after = open_requests(ADULT, ASK_BY + timedelta(days=1))[K.EXTENSION]
    assert (after.way, after.reason) == (Way.NURSE, "date-passed")
    assert ways(ADULT, date(2030, 1, 1))[K.EXTENSION] is Way.NURSE  # as long as traces may exist


def test_a_second_extension_is_never_a_silent_error() -> None:
    answer = open_requests(replace(ADULT, extended=True), TODAY)
    assert (answer[K.EXTENSION].way, answer[K.EXTENSION].reason) == (Way.NURSE, "extended-once")
    assert answer[K.DESTRUCTION].ask_by == keeping(EXAM, minor=False, extended=True).ask_by


def test_a_later_complaint_or_a_hold_still_lets_her_extend_and_nothing_else() -> None:
    for case in (replace(ADULT, complaint=Complaint.AFTER_EXAM), replace(ADULT, hold=True)):
        answer = ways(case)
        assert answer[K.EXTENSION] is Way.OPEN
        assert answer[K.DESTRUCTION] is answer[K.RESTITUTION] is Way.NURSE


def test_an_unknown_complaint_is_for_the_nurse() -> None:
    answer = ways(replace(ADULT, complaint=Complaint.UNKNOWN))
    assert {answer[kind] for kind in (K.REPORT_COPY, *TRACES)} == {Way.NURSE}


def test_seized_traces_are_the_judges() -> None:
    answer = open_requests(replace(ADULT, seized=True), TODAY)
    assert {(answer[kind].way, answer[kind].article, answer[kind].reason) for kind in TRACES} == {
        (Way.CLOSED, "40", "seized")
    }
    assert answer[K.REPORT_COPY].way is Way.OPEN  # art. 24 knows no such end


def test_without_an_exam() -> None:
    answer = ways(replace(ADULT, exam_on=None))
    assert [answer[kind] for kind in TRACES] == [Way.CLOSED, Way.CLOSED, Way.NURSE]  # things she handed over


@pytest.mark.parametrize(
    ("capable", "apt", "destruction", "restitution"),
    [
        (None, None, Way.NURSE, Way.NURSE),
        (False, False, Way.NURSE, Way.NURSE),
        (True, None, Way.OPEN, Way.NURSE),
        (None, True, Way.NURSE, Way.OPEN),
    ],
)
def test_the_two_tests_of_art_29_4_are_never_one(
    capable: bool | None, apt: bool | None, destruction: Way, restitution: Way
) -> None:
    answer = ways(replace(MINOR, capable_29_4=capable, apt_29_4=apt))
    assert answer[K.DESTRUCTION] is destruction
    assert answer[K.RESTITUTION] is restitution


@pytest.mark.parametrize("case", [replace(ADULT, vulnerable=True), replace(ADULT, protected=True)])
def test_vulnerable_and_protected_adults_extend_alone(case: Case) -> None:
    answer = open_requests(case, TODAY)
    assert answer[K.EXTENSION].way is Way.OPEN
    assert (answer[K.DESTRUCTION].way, answer[K.DESTRUCTION].reason) == (Way.NURSE, "understanding")


cases = st.builds(
    Case,
    phase=st.sampled_from([*Phase, None]),
    minor=st.booleans(),
    complaint=st.sampled_from(Complaint),
    exam_on=st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    extended=st.booleans(),
    hold=st.booleans(),
    seized=st.booleans(),
    destroyed=st.booleans(),
    vulnerable=st.booleans(),
    protected=st.booleans(),
    capable_29_4=st.sampled_from([True, False, None]),
    apt_29_4=st.sampled_from([True, False, None]),
)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(cases, days)
def test_every_kind_is_always_answered(case: Case, today: date) -> None:
    answers = open_requests(case, today)
    assert set(answers) == set(RequestKind)
    for answer in answers.values():
        assert answer.article
        assert answer.reason
        assert answer.ask_by is None or (answer.way is Way.OPEN and today <= answer.ask_by)


@given(cases, days)
def test_doubt_never_destroys_or_gives_back(case: Case, today: date) -> None:
    doubts = [
        replace(case, complaint=Complaint.UNKNOWN),
        replace(case, hold=True),
        replace(case, phase=Phase.NON_ACUTE),
        replace(case, vulnerable=True),
        replace(case, minor=True, capable_29_4=None, apt_29_4=None),
    ]
    for doubtful in doubts:
        answer = ways(doubtful, today)
        assert answer[K.DESTRUCTION] is not Way.OPEN
        assert answer[K.RESTITUTION] is not Way.OPEN


@given(cases, days)
def test_no_answer_shown_tells_of_a_complaint(case: Case, today: date) -> None:
    """Whatever a complaint, a hold or a seizure changes in the four requests, it reads as "talk with your centre"."""
    quiet = replace(case, complaint=Complaint.NONE, hold=False, seized=False)
    here, there = open_requests(case, today), open_requests(quiet, today)
    for kind in (K.REPORT_COPY, *TRACES):
        if here[kind] != there[kind] and not case.destroyed:
            assert hides_its_cause(here[kind])


@given(cases, days)
def test_withdrawal_is_always_open_and_changes_nothing_else(case: Case, today: date) -> None:
    assert open_requests(case, today)[K.WITHDRAW_SERVICE].way is Way.OPEN
