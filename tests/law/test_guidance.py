# ruff: noqa: E501 (a table is read by its rows)
"""Every combination of answers, held against the law: what a plan must say, and what must never meet in one."""

from collections.abc import Callable
from itertools import product

import pytest

from portal.law import (
    ACTION_SOURCES,
    RULES,
    Action,
    Age,
    Answers,
    ComplaintSoFar,
    Part,
    Plan,
    Voice,
    What,
    When,
    Who,
    plan_for,
)
from portal.law.guidance import answers as answers_module
from portal.law.guidance.answers import ADULTS, COVERED, FIRST_MONTH, MINORS, OUTSIDE, VOICES
from portal.law.guidance.steps import ALREADY_EXAMINED, FREE_TO_CHOOSE

EVERY: list[tuple[Answers, Plan]] = [
    (answers, plan_for(answers))
    for given in product(Who, What, When, Age, ComplaintSoFar)
    for answers in [Answers.of(given)]
]

MINOR = {Age.UNDER_12, Age.FROM_12_TO_15, Age.FROM_16_TO_17}
CERTAINLY_ACUTE = {When.TODAY, When.DAYS_2_TO_5}
ACUTE = {When.TODAY, When.DAYS_2_TO_5, When.DAYS_6_OR_7}
NON_ACUTE = {When.LONGER, When.AS_A_CHILD}
CONTACT = {What.CONTACT, What.UNSURE}
NOT_COVERED = {What.IMAGES, What.WATCHED, What.MUTILATION}
EXAMINED = {ComplaintSoFar.EXAMINED, ComplaintSoFar.ORDERED, ComplaintSoFar.AFTER_EXAM}
FILED = {ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.ORDERED, ComplaintSoFar.AFTER_EXAM}
KEPT = {"kept-adult", "kept-minor", "kept-either"}
INSIDE = {"hearing-inside", "filmed-inside", "hearing-either"}


def ids(plan: Plan) -> set[str]:
    return {step.id for step in plan.steps}


def complained(answers: Answers, *so_far: ComplaintSoFar) -> bool:
    return answers.complaint_asked in so_far


def not_yet_examined(answers: Answers) -> bool:
    return answers.complaint_asked not in EXAMINED


def examined(answers: Answers) -> bool:
    """Tell whether the exam was done, and nothing new may have happened since."""
    return answers.complaint_asked in EXAMINED and answers.time is not When.STILL_GOING_ON


Condition = Callable[[Answers], bool]
Row = tuple[str, Condition, set[str], str]


def numbered(rows: list[Row]) -> list[str]:
    return [f"{number}: {name}, art. {provision}" for number, (name, _, _, provision) in enumerate(rows, 1)]


# Who must never be told what, and on which provision: the forbidden pairs.
FORBIDDEN: list[Row] = [
    ("non-acute", lambda a: a.time in NON_ACUTE, {"exam-offered", "exam-if-indicated", "care-without-exam", "care"}, "14 § 2, 27"),
    ("non-acute", lambda a: a.time in NON_ACUTE, {"follow-up"}, "2, 19°; 14 § 3"),
    ("non-acute", lambda a: a.time in NON_ACUTE, INSIDE | {"recording", "report-is-read", "ask-who-reads"}, "12 al. 2, 37 al. 2"),
    ("non-acute", lambda a: a.time in NON_ACUTE, {"at-the-police", "nurse-calls"}, "10, 11, 36"),
    ("non-acute, not examined", lambda a: a.time in NON_ACUTE and not_yet_examined(a), KEPT | {"no-notice", "other-requests"}, "29 § 1"),
    ("non-acute", lambda a: a.time in NON_ACUTE, {"seized-by-procedure", "ordered-exam", "moment-matters"}, "30, 38 § 3"),
    ("first visit after the seventh day", lambda a: a.time in NON_ACUTE | {When.WITHIN_A_MONTH} and not_yet_examined(a), {"who-signs"}, "38 § 1, 38 § 3"),
    ("non-acute", lambda a: a.time in NON_ACUTE, {"washed-is-fine", "things-since", "memory", "what-to-bring", "not-examined-yet", "medicines-on"}, "14 § 2, 27"),
    ("post-acute", lambda a: a.time is When.WITHIN_A_MONTH, {"exam-offered"}, "27 al. 2"),
    ("post-acute", lambda a: a.time is When.WITHIN_A_MONTH, INSIDE | {"recording"}, "12 al. 2"),
    ("post-acute", lambda a: a.time is When.WITHIN_A_MONTH, {"at-the-police", "nurse-calls"}, "10, 11, 36"),
    ("post-acute", lambda a: a.time is When.WITHIN_A_MONTH, {"report-is-read", "ask-who-reads"}, "34"),
    ("in the first month, not examined", lambda a: a.time in ACUTE | {When.WITHIN_A_MONTH, When.ABOUT_A_WEEK}, {"referral", "time-limits", "clothes-long-ago", "earlier-exam"}, "14 § 1, A-03"),
    ("certainly acute", lambda a: a.time in CERTAINLY_ACUTE, {"exam-if-indicated", "seized-by-procedure", "referral-if-longer"}, "27 al. 1, 38 § 1"),
    ("acute", lambda a: a.time in ACUTE, {"hearing-outside", "filmed-outside", "hearing-outside-either", "coordinator"}, "32, 33"),
    ("day unknown or going on", lambda a: a.time in {When.UNKNOWN, When.STILL_GOING_ON}, {"hearing-outside", "filmed-outside", "referral", "coordinator"}, "A-03"),
    ("feared, not happened", lambda a: a.time is When.NOT_YET, KEPT | {"exam-offered", "exam-if-indicated", "throat", "body-care", "washed-is-fine", "copy"}, "2, 2° to 4°"),
    ("minor", lambda a: a.age in MINOR, {"ask-for-more-time", "kept-adult", "earlier-exam"}, "29 § 4"),
    ("minor", lambda a: a.age in MINOR, {"hearing-inside", "hearing-outside", "hearing-arranged", "hearing-either"}, "37 al. 1"),
    ("minor", lambda a: a.age in MINOR, {"report-is-read", "recording"}, "33 § 2, 34"),
    ("minor", lambda a: a.age in MINOR, {"decides-herself", "person-decides", "consent-first"}, "patients' rights law, 42"),
    ("adult", lambda a: a.age in {Age.ADULT, Age.ADULT_HELPED}, {"kept-minor", "filmed-inside", "filmed-outside", "filmed-arranged", "beside-a-minor"}, "29 § 3, 37"),
    ("adult", lambda a: a.age in {Age.ADULT, Age.ADULT_HELPED}, {"may-tell-parents", "own-voice"}, "14 § 3"),
    ("adult who decides alone", lambda a: a.age is Age.ADULT, {"decides-herself", "carer-near", "hearing-either"}, "37"),
    ("adult who may be vulnerable", lambda a: a.age in {Age.ADULT_HELPED, Age.UNKNOWN}, {"hearing-inside", "hearing-outside", "report-is-read"}, "2, 17° and 18°; 37"),
    ("age unknown", lambda a: a.age is Age.UNKNOWN, {"kept-adult", "kept-minor"}, "A-22"),
    ("an exam ordered or to be ordered", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.ORDERED), KEPT | {"no-notice", "ask-for-more-time", "other-requests", "earlier-exam", "earlier-exam-minor"}, "29 § 1, 29 § 5, 30"),
    ("an exam ordered or to be ordered", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.ORDERED), {"not-a-seizure", "copy", "report-can-be-seized"}, "A-23, 31 al. 3"),
    ("complaint filed, nothing new", lambda a: complained(a, *FILED) and a.time is not When.STILL_GOING_ON, {"moment-matters"}, "30"),
    ("complaint filed", lambda a: complained(a, *FILED), {"no-complaint-needed", "no-police-without-you", "any-police", "nurse-calls", "coordinator", "complaint-later"}, "32, 36"),
    ("complaint after the exam", lambda a: complained(a, ComplaintSoFar.AFTER_EXAM), {"ordered-exam", "justice-decides", "copy-ordered"}, "29 § 1"),
    ("examined, nothing new", examined, {"exam-offered", "exam-if-indicated", "referral", "follow-up", "care"}, "2, 2° to 4°: the phase is that of the first visit"),
    ("not examined", not_yet_examined, {"new-since", "medicines-on", "not-examined-yet", "came-before", "your-centre-knows", "complaint-later"}, "29"),
    ("no complaint", lambda a: complained(a, ComplaintSoFar.NONE), {"ordered-exam", "justice-decides", "not-a-seizure", "kept-informed", "who-signs", "nurse-calls"}, "19 § 2, 29"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, KEPT | INSIDE | {"exam-offered", "exam-if-indicated", "at-the-police", "follow-up", "ordered-exam"}, "2, 1°"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, {"protection-meeting", "report-can-be-seized", "no-complaint-needed"}, "39, 43"),
    ("cannot leave", lambda a: a.voice is Voice.CANNOT_LEAVE, {"memory", "what-to-bring", "at-the-police", "protection-meeting"}, "practice"),
    ("not a parent", lambda a: a.voice is not Voice.PARENT, {"parent-place", "parent-words", "parent-images"}, "A-19"),
    ("a parent", lambda a: a.voice is Voice.PARENT, {"helper-place", "person-decides"}, "2, 8°; patients' rights law"),
    ("the person", lambda a: a.voice in {Voice.SELF, Voice.CANNOT_LEAVE}, {"person-decides", "do-not-question", "own-support", "suspect-near"}, "22"),
    ("a helper", lambda a: a.voice not in {Voice.SELF, Voice.CANNOT_LEAVE}, {"tell-an-adult", "tell-inside"}, "2, 8°"),
    ("a parent", lambda a: a.voice is Voice.PARENT, {"may-tell-parents"}, "A-19"),
]  # fmt: skip


def test_every_answer_belongs_to_one_of_the_sets_the_rules_are_written_with() -> None:
    """A new answer that nobody thought of must not slip into "all the others"."""
    for kind, groups in (
        (Age, (MINORS, ADULTS, {Age.UNKNOWN})),
        (What, (COVERED, OUTSIDE, {What.MUTILATION})),
        (When, (FIRST_MONTH, answers_module.NON_ACUTE, {When.NOT_YET})),
        (ComplaintSoFar, (FREE_TO_CHOOSE, ALREADY_EXAMINED, {ComplaintSoFar.BEFORE_EXAM})),
        (Who, (VOICES.keys(), {Who.CHILD})),
    ):
        assert sorted(value for group in groups for value in group) == sorted(kind)


@pytest.mark.parametrize(("name", "condition", "forbidden", "provision"), FORBIDDEN, ids=numbered(FORBIDDEN))
def test_these_never_meet(name: str, condition: Condition, forbidden: set[str], provision: str) -> None:
    known = {rule.step.id for rule in RULES}
    assert forbidden <= known, f"{forbidden - known} is no step"
    concerned = [(answers, plan) for answers, plan in EVERY if condition(answers)]
    assert concerned
    for answers, plan in concerned:
        assert not forbidden & ids(plan), (name, provision, answers)


# What must be told to whom: the other half of the table.
OWED: list[Row] = [
    ("covered", lambda a: a.what not in NOT_COVERED, {"you-choose", "danger-exception", "no-bill", "language-help", "companion", "safe-place"}, "19, 21, 47"),
    ("acute, free to go, not examined", lambda a: a.what in CONTACT and a.time in ACUTE and a.voice is not Voice.CANNOT_LEAVE and not_yet_examined(a), {"exam-offered", "at-the-police", "follow-up", "what-to-bring"}, "10, 11, 14, 27"),
    ("near or after the seventh day, or unknown", lambda a: a.what in CONTACT and a.time in {When.DAYS_6_OR_7, When.ABOUT_A_WEEK, When.UNKNOWN} and not_yet_examined(a), {"exam-offered", "exam-if-indicated", "centre-decides-phase"}, "A-02, A-03"),
    ("it goes on, whatever came before", lambda a: a.what in CONTACT and a.time is When.STILL_GOING_ON, {"exam-offered", "exam-if-indicated", "care", "throat", "washed-is-fine", "watched-phone"}, "A-03, A-04"),
    ("post-acute, not examined", lambda a: a.what in CONTACT and a.time is When.WITHIN_A_MONTH and not_yet_examined(a), {"exam-if-indicated", "care", "follow-up", "referral-if-longer"}, "27 al. 2"),
    ("non-acute, not examined", lambda a: a.what in CONTACT and a.time in NON_ACUTE and not_yet_examined(a), {"referral"}, "14 § 2"),
    ("first month, not examined: the body", lambda a: a.what not in NOT_COVERED and a.time in ACUTE | {When.WITHIN_A_MONTH, When.ABOUT_A_WEEK, When.UNKNOWN} and not_yet_examined(a), {"throat"}, "clinician"),
    ("free to choose", lambda a: a.what in CONTACT and complained(a, ComplaintSoFar.NONE, ComplaintSoFar.WANTED, ComplaintSoFar.EXAMINED), {"no-complaint-needed", "no-police-without-you"}, "19 § 2, 32, 36"),
    ("an exam may be offered, no complaint yet", lambda a: a.what not in NOT_COVERED and a.time in ACUTE | {When.UNKNOWN, When.WITHIN_A_MONTH} and complained(a, ComplaintSoFar.NONE, ComplaintSoFar.WANTED), {"moment-matters"}, "29 § 1, 30, 31 al. 3"),
    ("complaint wanted, first month", lambda a: complained(a, ComplaintSoFar.WANTED) and a.time in ACUTE | {When.WITHIN_A_MONTH}, {"report-can-be-seized", "protection-meeting", "interpreter"}, "39 al. 2, 43"),
    ("complaint wanted, acute", lambda a: complained(a, ComplaintSoFar.WANTED) and a.time in ACUTE, {"nurse-calls", "who-signs"}, "32, 38 § 1"),
    ("complaint wanted, later", lambda a: complained(a, ComplaintSoFar.WANTED) and a.time in NON_ACUTE | {When.WITHIN_A_MONTH}, {"coordinator"}, "36"),
    ("complaint before the exam, first month", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM) and a.time in ACUTE | {When.WITHIN_A_MONTH}, {"ordered-exam", "justice-decides", "copy-ordered"}, "30, 31 al. 3"),
    ("the exam was ordered", lambda a: complained(a, ComplaintSoFar.ORDERED) and a.time is not When.NOT_YET, {"justice-decides", "copy-ordered", "your-centre-knows"}, "29 § 1, A-23"),
    ("complaint after the exam", lambda a: complained(a, ComplaintSoFar.AFTER_EXAM) and a.time is not When.NOT_YET, {"not-a-seizure", "no-notice", "your-centre-knows", "copy"}, "29 § 5, A-11"),
    ("an exam offered while it goes on", lambda a: a.what in CONTACT and a.time is When.STILL_GOING_ON and not complained(a, ComplaintSoFar.BEFORE_EXAM), {"moment-matters"}, "29 § 1, 30, A-04"),
    ("an interview is told of", lambda a: a.what in CONTACT and a.voice is not Voice.CANNOT_LEAVE and a.time is not When.NOT_YET, {"interpreter"}, "19 § 3 al. 1"),
    ("examined without a complaint", lambda a: complained(a, ComplaintSoFar.EXAMINED) and a.time is not When.NOT_YET, {"no-notice", "other-requests", "complaint-later", "copy"}, "24, 29 § 5, 35, 36"),
    ("period of an adult may run", lambda a: complained(a, ComplaintSoFar.EXAMINED, ComplaintSoFar.AFTER_EXAM) and a.time is not When.NOT_YET and a.age not in MINOR, {"ask-for-more-time"}, "29 § 3 al. 2, A-07, A-22"),
    ("examined already", lambda a: a.complaint_asked in EXAMINED and a.time is not When.NOT_YET, {"came-before"}, "R-PH-4"),
    ("examined already, in the first month", lambda a: a.complaint_asked in EXAMINED and a.time in FIRST_MONTH, {"not-examined-yet", "medicines-on"}, "27"),
    ("it goes on, or cannot leave", lambda a: a.what not in NOT_COVERED and (a.time is When.STILL_GOING_ON or a.voice is Voice.CANNOT_LEAVE), {"watched-phone"}, "practice"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, {"sent-on", "also-contact", "your-choice-outside"}, "R-DEF-1"),
    ("a minor asks", lambda a: a.age in MINOR and a.voice in {Voice.SELF, Voice.CANNOT_LEAVE}, {"tell-an-adult"}, "practice"),
    ("a minor and a complaint", lambda a: a.what in CONTACT and a.age in MINOR and complained(a, *FILED) and a.time is not When.NOT_YET, {"filmed-arranged"}, "37 al. 1"),
    ("a parent", lambda a: a.what not in NOT_COVERED and a.voice is Voice.PARENT, {"parent-words", "suspect-near", "parent-place"}, "A-19"),
    ("a professional and an adult", lambda a: a.voice is Voice.PROFESSIONAL and a.age not in MINOR, {"consent-first", "do-not-question"}, "42 al. 2"),
    ("a helper of a minor", lambda a: a.what not in NOT_COVERED and a.voice in {Voice.SUPPORTER, Voice.PROFESSIONAL} and a.age in MINOR, {"a-child", "suspect-near"}, "practice"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "condition", "owed", "provision"), OWED, ids=numbered(OWED))
def test_these_are_always_told(name: str, condition: Condition, owed: set[str], provision: str) -> None:
    concerned = [(answers, plan) for answers, plan in EVERY if condition(answers)]
    assert concerned
    for answers, plan in concerned:
        assert owed <= ids(plan), (name, provision, answers, owed - ids(plan))


def test_whoever_may_still_be_acute_is_told_of_the_interview_that_fits_the_age() -> None:
    expected = dict.fromkeys(MINOR, "filmed-inside") | {Age.ADULT: "hearing-inside"}
    for answers, plan in EVERY:
        asked = answers.what in CONTACT and answers.voice is not Voice.CANNOT_LEAVE
        free = complained(answers, ComplaintSoFar.NONE, ComplaintSoFar.WANTED)
        if asked and free and answers.time not in {*NON_ACUTE, When.WITHIN_A_MONTH, When.NOT_YET}:
            assert ids(plan) & INSIDE == {expected.get(answers.age, "hearing-either")}


def test_every_plan_about_traces_names_one_regime_and_never_two() -> None:
    regimes = KEPT | {"justice-decides"}
    for answers, plan in EVERY:
        told = ids(plan) & regimes
        assert len(told) <= 1, answers
        if answers.what in CONTACT and answers.time in ACUTE | {When.WITHIN_A_MONTH, When.UNKNOWN}:
            assert told, answers


def test_six_months_are_told_as_the_only_period_to_nobody_who_may_have_been_a_minor_at_the_exam() -> None:
    for answers, plan in EVERY:
        if "kept-adult" in ids(plan):
            assert not_yet_examined(answers)
            assert answers.age in {Age.ADULT, Age.ADULT_HELPED}


def test_a_period_is_never_told_without_its_end() -> None:
    for answers, plan in EVERY:
        assert not ids(plan) & KEPT or "no-notice" in ids(plan), answers


ACTIONS = {
    When.TODAY: Action.COME_NOW,
    When.DAYS_2_TO_5: Action.COME_TODAY_OR_TOMORROW,
    When.DAYS_6_OR_7: Action.COME_TODAY,
    When.ABOUT_A_WEEK: Action.COME_CENTRE_DECIDES,
    When.WITHIN_A_MONTH: Action.COME_FIRST_MONTH,
    When.STILL_GOING_ON: Action.COME_WHEN_SAFE,
    When.UNKNOWN: Action.COME_NOW,
    When.LONGER: Action.CALL_FIRST,
    When.AS_A_CHILD: Action.CALL_FIRST,
    When.NOT_YET: Action.BEFORE_IT_HAPPENS,
}


@pytest.mark.parametrize("when", When)
def test_the_first_action_by_the_time(when: When) -> None:
    for answers, plan in EVERY:
        apart = answers.voice is Voice.CANNOT_LEAVE or (answers.age in MINOR and answers.voice is not Voice.PARENT)
        plain = not complained(answers, *EXAMINED, ComplaintSoFar.BEFORE_EXAM)
        if answers.time is when and answers.what not in NOT_COVERED and not apart and plain:
            assert plan.action is ACTIONS[when], answers


def test_nobody_covered_is_called_non_acute_on_doubt() -> None:
    for answers, plan in EVERY:
        if plan.action is Action.CALL_FIRST:
            assert answers.when in NON_ACUTE
        if plan.action is Action.CALL_YOUR_CENTRE:
            assert examined(answers)


def test_a_child_alone_is_not_sent_across_a_town() -> None:
    for answers, plan in EVERY:
        if answers.voice is Voice.SELF and answers.age is Age.UNDER_12 and answers.what not in NOT_COVERED:
            assert plan.action in {Action.TELL_AN_ADULT, Action.BEFORE_IT_HAPPENS}


def test_every_plan_has_one_action_steps_to_read_and_a_source_for_all() -> None:
    for answers, plan in EVERY:
        assert ACTION_SOURCES[plan.action]
        assert plan.part(Part.NOW), answers
        assert all(step.sources for step in plan.steps)
        assert len(plan.steps) == len(ids(plan))


def test_not_knowing_never_narrows_what_is_told_of_the_exam() -> None:
    for when in (When.UNKNOWN, When.STILL_GOING_ON, When.ABOUT_A_WEEK):
        for what in CONTACT:
            plan = plan_for(Answers(Who.SELF, what, when, Age.UNKNOWN, ComplaintSoFar.NONE))
            assert "exam-offered" in ids(plan)


def test_doubt_about_the_word_gives_the_same_plan_as_contact() -> None:
    for answers, plan in EVERY:
        if answers.what is What.UNSURE:
            same = Answers(answers.who, What.CONTACT, answers.when, answers.age, answers.complaint)
            assert plan == plan_for(same)


def test_a_parent_of_an_adult_supports_and_does_not_represent() -> None:
    for answers, plan in EVERY:
        if answers.who is Who.CHILD and answers.age in {Age.ADULT, Age.ADULT_HELPED}:
            assert plan.voice is Voice.SUPPORTER
