"""From the answers to one plan. It never says that it is too late, and never refuses anybody (arts 2 to 4, 14, 27)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.law.guidance.afterwards import AFTERWARDS_RULES
from portal.law.guidance.answers import (
    FIRST_MONTH,
    MINORS,
    NON_ACUTE,
    OUTSIDE,
    Answers,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.first import FIRST_RULES
from portal.law.guidance.offered import OFFERED_RULES
from portal.law.guidance.steps import Part, Rule, Step


class Action(StrEnum):
    """The one thing to do first."""

    TALK_YOUNG = "talk-young"
    TALK = "talk"
    SEE_A_DOCTOR = "see-a-doctor"
    ASK_WHO_KNOWS = "ask-who-knows"
    CALL_FROM_THERE = "call-from-there"
    BACK_TO_YOUR_CENTRE = "back-to-your-centre"
    CALL_YOUR_CENTRE = "call-your-centre"
    COME_NOW = "come-now"
    COME_TODAY_OR_TOMORROW = "come-today-or-tomorrow"
    COME_TODAY = "come-today"
    COME_CENTRE_DECIDES = "come-centre-decides"
    COME_FIRST_MONTH = "come-first-month"
    CALL_FIRST = "call-first"


class Number(StrEnum):
    """Which number stands on the first screen."""

    CENTRE = "centre"
    LISTENING = "listening"
    YOUNG = "young"


@dataclass(frozen=True)
class Plan:
    """What to do first, and every step in the order it is read."""

    voice: Voice
    action: Action
    steps: tuple[Step, ...]

    def part(self, part: Part) -> tuple[Step, ...]:
        """Return the steps of one part."""
        return tuple(step for step in self.steps if step.part is part)

    @property
    def goes_to_a_centre(self) -> bool:
        """Tell whether the first thing is to go, not to call."""
        return self.action in GOING

    @property
    def sources(self) -> tuple[str, ...]:
        """Return every article and source the plan rests on, each once."""
        told = [source for step in self.steps for source in step.sources]
        return tuple(dict.fromkeys([*ACTION_SOURCES[self.action], *told]))

    @property
    def number(self) -> Number:
        """Return which number to tap first."""
        return number_for(self.action)


def number_for(action: Action) -> Number:
    """Return which number goes with a first action."""
    return NUMBERS.get(action, Number.CENTRE)


RULES: tuple[Rule, ...] = tuple(
    sorted((*FIRST_RULES, *OFFERED_RULES, *AFTERWARDS_RULES), key=lambda rule: list(Part).index(rule.step.part))
)
"""The whole table, in the order a plan is read."""
GOING = frozenset(
    {
        Action.COME_NOW,
        Action.COME_TODAY_OR_TOMORROW,
        Action.COME_TODAY,
        Action.COME_CENTRE_DECIDES,
        Action.COME_FIRST_MONTH,
    }
)
ACTION_SOURCES: dict[Action, tuple[str, ...]] = {
    Action.TALK_YOUNG: ("services", "practice"),
    Action.TALK: ("services", "practice"),
    Action.SEE_A_DOCTOR: ("clinician", "emergency"),
    Action.ASK_WHO_KNOWS: ("services", "practice"),
    Action.CALL_FROM_THERE: ("art. 13, 2°", "practice"),
    Action.BACK_TO_YOUR_CENTRE: ("art. 13, 2°", "practice"),
    Action.CALL_YOUR_CENTRE: ("practice",),
    Action.COME_NOW: ("art. 13, 2°", "art. 27 al. 1", "practice"),
    Action.COME_TODAY_OR_TOMORROW: ("art. 13, 2°", "art. 27 al. 1", "practice"),
    Action.COME_TODAY: ("art. 2, 2°", "art. 13, 2°", "art. 27 al. 1", "practice"),
    Action.COME_CENTRE_DECIDES: ("art. 2, 2°", "art. 13, 2°", "art. 27 al. 2", "practice"),
    Action.COME_FIRST_MONTH: ("art. 13, 2°", "art. 27 al. 2", "practice"),
    Action.CALL_FIRST: ("art. 14 § 2", "practice"),
}
NUMBERS = {Action.TALK: Number.LISTENING, Action.TALK_YOUNG: Number.YOUNG}

# When it happened → the first action. On the sixth and seventh day and around the thirtieth, kindly: never "too late".
BY_TIME = {
    When.TODAY: Action.COME_NOW,
    When.DAYS_2_TO_5: Action.COME_TODAY_OR_TOMORROW,
    When.DAYS_6_OR_7: Action.COME_TODAY,
    When.ABOUT_A_WEEK: Action.COME_CENTRE_DECIDES,
    When.WITHIN_A_MONTH: Action.COME_FIRST_MONTH,
    When.LONGER: Action.CALL_FIRST,
    When.AS_A_CHILD: Action.CALL_FIRST,
    When.STILL_GOING_ON: Action.COME_NOW,
    When.UNKNOWN: Action.COME_NOW,
}

# What goes before the time, in this order: (action, when it holds, why).
BEFORE_TIME: tuple[tuple[Action, Callable[[Answers], bool], str], ...] = (
    (Action.TALK_YOUNG, lambda a: a.what in OUTSIDE and a.age in MINORS, "outside art. 2, 1°, a minor (R-DEF-1)"),
    (Action.TALK, lambda a: a.what in OUTSIDE, "outside art. 2, 1° (R-DEF-1)"),
    (
        Action.SEE_A_DOCTOR,
        lambda a: a.what is What.MUTILATION and a.when in FIRST_MONTH,
        "recent genital mutilation needs a doctor (clinician)",
    ),
    (Action.ASK_WHO_KNOWS, lambda a: a.what is What.MUTILATION, "genital mutilation, longer ago (services)"),
    (Action.CALL_FROM_THERE, lambda a: a.voice is Voice.CANNOT_LEAVE, "cannot leave: calls or writes from there"),
    (
        Action.BACK_TO_YOUR_CENTRE,
        lambda a: _was_examined(a) and a.when in FIRST_MONTH,
        "examined already; in the first month the centre is there day and night (art. 13, 2°)",
    ),
    (Action.CALL_YOUR_CENTRE, lambda a: _was_examined(a) and a.when in NON_ACUTE, "examined already, longer ago"),
)


def plan_for(answers: Answers) -> Plan:
    """Return the one plan for the answers."""
    steps = dict.fromkeys(rule.step for rule in RULES if rule.holds_for(answers))
    return Plan(answers.voice, first_action(answers), tuple(steps))


def first_action(answers: Answers) -> Action:
    """Return the one thing to do first: never non-acute on doubt (A-03)."""
    return next((action for action, holds, _ in BEFORE_TIME if holds(answers)), BY_TIME[answers.when])


def _was_examined(answers: Answers) -> bool:
    return answers.complaint_asked is ComplaintSoFar.AFTER_EXAM
