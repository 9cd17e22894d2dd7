"""The plan never turns anybody away, and never decides a phase."""

from itertools import product

import pytest

from portal.law import Action, Phase, Plan, When, Who, plan_for
from portal.law import guidance as g

EVERY = [plan_for(who, when) for who, when in product(Who, When)]


@pytest.mark.parametrize("when", [w for w in When if w is not When.LONGER])
def test_on_doubt_it_is_never_non_acute(when: When) -> None:
    plan = plan_for(Who.SELF, when)
    assert plan.phase is not Phase.NON_ACUTE
    assert plan.action is not Action.CALL_FIRST


@pytest.mark.parametrize("when", [When.UNKNOWN, When.STILL_GOING_ON, When.TODAY, When.DAYS_2_TO_5])
def test_unknown_and_repeated_facts_count_as_recent(when: When) -> None:
    assert plan_for(Who.SELF, when).action is Action.COME_NOW


def test_the_seventh_day_still_counts() -> None:
    assert plan_for(Who.SELF, When.DAYS_6_OR_7).action is Action.COME_TODAY
    assert plan_for(Who.SELF, When.ABOUT_A_WEEK).action is Action.COME_CENTRE_DECIDES


def test_longer_ago_offers_a_talk_and_targeted_help_and_no_exam() -> None:
    plan = plan_for(Who.SELF, When.LONGER)
    assert g.REFERRAL in plan.possible
    assert not {g.EXAM_OFFERED, g.EXAM_IF_INDICATED, g.FOLLOW_UP, g.TRACES_KEPT} & set(plan.possible)


def test_the_exam_is_offered_to_all_only_in_the_acute_phase() -> None:
    assert g.EXAM_OFFERED in plan_for(Who.SELF, When.TODAY).possible
    month = plan_for(Who.SELF, When.WITHIN_A_MONTH).possible
    assert g.EXAM_IF_INDICATED in month
    assert g.EXAM_OFFERED not in month
    assert {g.EXAM_OFFERED, g.EXAM_IF_INDICATED} <= set(plan_for(Who.SELF, When.ABOUT_A_WEEK).possible)


@pytest.mark.parametrize("plan", EVERY, ids=lambda plan: f"{plan.who}-{plan.when}")
def test_every_plan_says_what_it_costs_and_that_a_complaint_is_a_choice(plan: Plan) -> None:
    assert g.NO_BILL in plan.now
    assert g.NO_COMPLAINT_NEEDED in plan.undecided
    assert g.CENTRE_DECIDES_PHASE in plan.undecided
    assert plan.possible
