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

EVERY: list[tuple[Answers, Plan]] = [
    (answers, plan_for(answers))
    for given in product(Who, What, When, Age, ComplaintSoFar)
    for answers in [Answers.of(given)]
]

MINOR = {Age.UNDER_12, Age.FROM_12_TO_15, Age.FROM_16_TO_17}
CERTAINLY_ACUTE = {When.TODAY, When.DAYS_2_TO_5, When.DAYS_6_OR_7}
NON_ACUTE = {When.LONGER, When.AS_A_CHILD}
CONTACT = {What.CONTACT, What.UNSURE}
NOT_COVERED = {What.IMAGES, What.WATCHED, What.MUTILATION}


def ids(plan: Plan) -> set[str]:
    return {step.id for step in plan.steps}


def complained(answers: Answers, *so_far: ComplaintSoFar) -> bool:
    return answers.complaint_asked in so_far


Condition = Callable[[Answers], bool]

# Who must never be told what, and on which provision: the forbidden pairs.
FORBIDDEN: list[tuple[str, Condition, set[str], str]] = [
    ("non-acute", lambda a: a.when in NON_ACUTE, {"exam-offered", "exam-if-indicated", "care-without-exam"}, "14 § 2, 27"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"follow-up"}, "2, 19°; 14 § 3"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"hearing-inside", "filmed-inside", "hearing-either"}, "12 al. 2, 37 al. 2"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"police-transport"}, "11"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"kept-adult", "kept-minor", "kept-either", "no-notice"}, "29 § 1"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"signs-herself", "representative-signs", "who-signs"}, "38 § 1"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"seized-by-procedure", "ordered-exam", "moment-matters"}, "30"),
    ("non-acute", lambda a: a.when in NON_ACUTE, {"not-examined-yet", "keep-clothes", "washed-is-fine"}, "27"),
    ("post-acute", lambda a: a.when is When.WITHIN_A_MONTH, {"exam-offered"}, "27 al. 2"),
    ("post-acute", lambda a: a.when is When.WITHIN_A_MONTH, {"hearing-inside", "filmed-inside", "hearing-either"}, "12 al. 2"),
    ("post-acute", lambda a: a.when is When.WITHIN_A_MONTH, {"police-transport"}, "11"),
    ("post-acute", lambda a: a.when is When.WITHIN_A_MONTH, {"signs-herself", "representative-signs", "who-signs"}, "38 § 3"),
    ("post-acute", lambda a: a.when is When.WITHIN_A_MONTH, {"report-is-read", "ask-who-reads"}, "34"),
    ("in the first month", lambda a: a.when not in NON_ACUTE, {"referral"}, "14 § 1 and 2"),
    ("in the first month", lambda a: a.when not in NON_ACUTE, {"time-limits", "clothes-long-ago", "earlier-exam"}, "A-03"),
    ("certainly acute", lambda a: a.when in CERTAINLY_ACUTE, {"exam-if-indicated"}, "27 al. 1"),
    ("certainly acute", lambda a: a.when in CERTAINLY_ACUTE, {"seized-by-procedure"}, "38 § 1"),
    ("certainly acute", lambda a: a.when in CERTAINLY_ACUTE, {"hearing-outside", "filmed-outside", "coordinator"}, "32, 33"),
    ("day unknown or going on", lambda a: a.when in {When.UNKNOWN, When.STILL_GOING_ON}, {"hearing-outside", "referral"}, "A-03"),
    ("minor", lambda a: a.age in MINOR, {"ask-for-more-time", "kept-adult"}, "29 § 4"),
    ("minor", lambda a: a.age in MINOR, {"hearing-inside", "hearing-outside"}, "37 al. 1"),
    ("minor", lambda a: a.age in MINOR, {"report-is-read"}, "34"),
    ("minor", lambda a: a.age in MINOR, {"decides-herself"}, "A-05"),
    ("under 16", lambda a: a.age in {Age.UNDER_12, Age.FROM_12_TO_15}, {"signs-herself", "who-signs"}, "38 § 1 al. 2"),
    ("16 or 17", lambda a: a.age is Age.FROM_16_TO_17, {"representative-signs", "who-signs"}, "38 § 1 al. 2"),
    ("adult", lambda a: a.age in {Age.ADULT, Age.ADULT_HELPED}, {"kept-minor", "filmed-inside", "beside-a-minor"}, "29 § 3"),
    ("adult", lambda a: a.age in {Age.ADULT, Age.ADULT_HELPED}, {"representative-signs", "may-tell-parents"}, "38 § 1 al. 2"),
    ("adult who decides alone", lambda a: a.age is Age.ADULT, {"decides-herself", "hearing-either"}, "37"),
    ("age unknown", lambda a: a.age is Age.UNKNOWN, {"kept-adult", "ask-for-more-time", "hearing-inside"}, "A-22"),
    ("complaint before the exam", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM), {"kept-adult", "kept-minor", "kept-either"}, "29 § 1, 30"),
    ("complaint before the exam", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM), {"no-notice", "ask-for-more-time"}, "29 § 5"),
    ("complaint before the exam", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM), {"no-complaint-needed", "moment-matters"}, "30"),
    ("complaint filed", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.AFTER_EXAM), {"no-police-without-you", "any-police"}, "32"),
    ("complaint after the exam", lambda a: complained(a, ComplaintSoFar.AFTER_EXAM), {"ordered-exam", "justice-decides"}, "29 § 1"),
    ("complaint after the exam", lambda a: complained(a, ComplaintSoFar.AFTER_EXAM), {"exam-offered", "exam-if-indicated"}, "A-04"),
    ("no complaint", lambda a: complained(a, ComplaintSoFar.NONE), {"ordered-exam", "justice-decides", "not-a-seizure"}, "29"),
    ("no complaint", lambda a: complained(a, ComplaintSoFar.NONE), {"kept-informed", "signs-herself", "coordinator"}, "19 § 2"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, {"exam-offered", "exam-if-indicated", "kept-adult", "police-transport"}, "2, 1°"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, {"hearing-inside", "hearing-either", "follow-up", "ordered-exam"}, "2, 1°"),
    ("not a parent", lambda a: a.voice is not Voice.PARENT, {"parent-place", "parent-words", "suspect-near"}, "A-19"),
    ("the person", lambda a: a.voice in {Voice.SELF, Voice.CANNOT_LEAVE}, {"person-decides", "do-not-question", "own-support"}, "22"),
    ("a helper", lambda a: a.voice not in {Voice.SELF, Voice.CANNOT_LEAVE}, {"tell-an-adult", "tell-inside"}, "2, 8°"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "condition", "forbidden", "provision"), FORBIDDEN, ids=lambda value: str(value)[:40])
def test_these_never_meet(name: str, condition: Condition, forbidden: set[str], provision: str) -> None:
    known = {rule.step.id for rule in RULES}
    assert forbidden <= known, f"{forbidden - known} is no step"
    concerned = [(answers, plan) for answers, plan in EVERY if condition(answers)]
    assert concerned
    for answers, plan in concerned:
        assert not forbidden & ids(plan), (name, provision, answers)


# What must be told to whom: the other half of the table.
OWED: list[tuple[str, Condition, set[str], str]] = [
    ("covered", lambda a: a.what not in NOT_COVERED, {"you-choose", "danger-exception", "no-bill", "language-help", "companion"}, "19, 21, 47"),
    ("certainly acute, not examined", lambda a: a.what in CONTACT and a.when in CERTAINLY_ACUTE and not complained(a, ComplaintSoFar.AFTER_EXAM), {"exam-offered", "police-transport", "memory", "follow-up"}, "11, 14, 27"),
    ("day unknown or going on", lambda a: a.what in CONTACT and a.when in {When.UNKNOWN, When.STILL_GOING_ON} and not complained(a, ComplaintSoFar.AFTER_EXAM), {"exam-offered", "memory", "care"}, "A-03"),
    ("just over a week", lambda a: a.what in CONTACT and a.when is When.ABOUT_A_WEEK and not complained(a, ComplaintSoFar.AFTER_EXAM), {"exam-offered", "exam-if-indicated", "centre-decides-phase"}, "A-02"),
    ("post-acute", lambda a: a.what in CONTACT and a.when is When.WITHIN_A_MONTH and not complained(a, ComplaintSoFar.AFTER_EXAM), {"exam-if-indicated", "care", "follow-up"}, "27 al. 2"),
    ("non-acute", lambda a: a.what in CONTACT and a.when in NON_ACUTE, {"referral"}, "14 § 2"),
    ("first month, body", lambda a: a.what not in NOT_COVERED and a.when not in NON_ACUTE, {"body-care", "safe-place"}, "14, 19 § 4"),
    ("free to choose", lambda a: a.what in CONTACT and complained(a, ComplaintSoFar.NONE, ComplaintSoFar.WANTED), {"no-complaint-needed", "no-police-without-you"}, "19 § 2, 32, 36"),
    ("complaint wanted, first month", lambda a: a.what in CONTACT and complained(a, ComplaintSoFar.WANTED) and a.when not in NON_ACUTE, {"moment-matters", "report-can-be-seized", "protection-meeting", "interpreter"}, "30, 31 al. 3, 39 al. 2, 43"),
    ("complaint before the exam, first month", lambda a: complained(a, ComplaintSoFar.BEFORE_EXAM) and a.when not in NON_ACUTE, {"ordered-exam", "justice-decides"}, "30, 31 al. 3"),
    ("complaint after the exam", lambda a: complained(a, ComplaintSoFar.AFTER_EXAM), {"not-a-seizure", "your-centre-knows"}, "A-11"),
    ("outside art. 2, 1°", lambda a: a.what in NOT_COVERED, {"sent-on", "also-contact"}, "R-DEF-1"),
    ("a minor asks", lambda a: a.age in MINOR and a.voice in {Voice.SELF, Voice.CANNOT_LEAVE}, {"tell-an-adult"}, "practice"),
    ("a parent", lambda a: a.what not in NOT_COVERED and a.voice is Voice.PARENT, {"parent-words", "suspect-near", "parent-place"}, "A-19"),
    ("a professional", lambda a: a.voice is Voice.PROFESSIONAL, {"consent-first", "do-not-question"}, "42 al. 2"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "condition", "owed", "provision"), OWED, ids=lambda value: str(value)[:40])
def test_these_are_always_told(name: str, condition: Condition, owed: set[str], provision: str) -> None:
    concerned = [(answers, plan) for answers, plan in EVERY if condition(answers)]
    assert concerned
    for answers, plan in concerned:
        assert owed <= ids(plan), (name, provision, answers, owed - ids(plan))


def test_whoever_may_still_be_acute_is_told_of_the_interview_that_fits_the_age() -> None:
    hearing = {"hearing-inside", "filmed-inside", "hearing-either"}
    expected = dict.fromkeys(MINOR, "filmed-inside") | {Age.ADULT: "hearing-inside"}
    for answers, plan in EVERY:
        asked = answers.what in CONTACT and answers.voice is not Voice.CANNOT_LEAVE
        free = complained(answers, ComplaintSoFar.NONE, ComplaintSoFar.WANTED)
        if asked and free and answers.when not in {*NON_ACUTE, When.WITHIN_A_MONTH}:
            assert ids(plan) & hearing == {expected.get(answers.age, "hearing-either")}


def test_every_plan_about_traces_names_one_period_and_never_two() -> None:
    periods = {"kept-adult", "kept-minor", "kept-either", "justice-decides", "not-a-seizure"}
    for answers, plan in EVERY:
        if answers.what in CONTACT and answers.when not in NON_ACUTE:
            assert len(ids(plan) & periods) == 1, answers


ACTIONS = {
    When.TODAY: Action.COME_NOW,
    When.DAYS_2_TO_5: Action.COME_TODAY_OR_TOMORROW,
    When.DAYS_6_OR_7: Action.COME_TODAY,
    When.ABOUT_A_WEEK: Action.COME_CENTRE_DECIDES,
    When.WITHIN_A_MONTH: Action.COME_FIRST_MONTH,
    When.STILL_GOING_ON: Action.COME_NOW,
    When.UNKNOWN: Action.COME_NOW,
    When.LONGER: Action.CALL_FIRST,
    When.AS_A_CHILD: Action.CALL_FIRST,
}


@pytest.mark.parametrize("when", When)
def test_the_first_action_by_the_time_and_never_non_acute_on_doubt(when: When) -> None:
    for answers, plan in EVERY:
        ordinary = answers.what not in NOT_COVERED and answers.voice is not Voice.CANNOT_LEAVE
        if answers.when is when and ordinary and not complained(answers, ComplaintSoFar.AFTER_EXAM):
            assert plan.action is ACTIONS[when], answers


def test_every_plan_has_one_action_steps_to_read_and_a_source_for_all() -> None:
    for answers, plan in EVERY:
        assert plan.action in Action
        assert ACTION_SOURCES[plan.action]
        assert plan.part(Part.NOW), answers
        assert all(step.sources for step in plan.steps)
        assert len(plan.steps) == len(set(plan.steps))


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
