"""From the answers to one plan. It never says that it is too late, and never refuses anybody (arts 2 to 4, 14, 27)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from portal.law.guidance.afterwards import AFTERWARDS_RULES
from portal.law.guidance.answers import (
    FIRST_MONTH,
    MINORS,
    OUTSIDE,
    Answers,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.first import ABOUT_THE_BODY, FIRST_RULES, NEVER_FOLDED
from portal.law.guidance.offered import OFFERED_RULES
from portal.law.guidance.steps import ALREADY_EXAMINED, Part, Rule, Step


class Action(StrEnum):
    """The one thing to do first."""

    TALK_YOUNG = "talk-young"
    TALK = "talk"
    BEFORE_IT_HAPPENS = "before-it-happens"
    SEE_A_DOCTOR = "see-a-doctor"
    ASK_WHO_KNOWS = "ask-who-knows"
    CALL_FROM_THERE = "call-from-there"
    TELL_AN_ADULT = "tell-an-adult"
    CALL_FOR_A_MINOR = "call-for-a-minor"
    COME_WHEN_SAFE = "come-when-safe"
    CALL_YOUR_CENTRE = "call-your-centre"
    CALL_AFTER_ORDER = "call-after-order"
    COME_FOR_CARE = "come-for-care"
    COME_NOW = "come-now"
    COME_TODAY_OR_TOMORROW = "come-today-or-tomorrow"
    COME_TODAY = "come-today"
    COME_CENTRE_DECIDES = "come-centre-decides"
    COME_FIRST_MONTH = "come-first-month"
    CALL_FIRST = "call-first"


class Number(StrEnum):
    """Whose number a plan gives."""

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
    def lines_at_once(self) -> int:
        """Return how many lines of "now" are read at once: few, and never fewer than hold safety and the body."""
        steps = self.part(Part.NOW)
        last = max((place for place, step in enumerate(steps, 1) if step in NEVER_FOLDED), default=0)
        return max(LINES_AT_ONCE, last)

    @property
    def speaks_of_the_body(self) -> bool:
        """Tell whether care of the body cannot wait."""
        return any(step in ABOUT_THE_BODY for step in self.steps)

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Return which numbers to tap: the first on the first screen, the others right below."""
        return numbers_for(self.action)


def numbers_for(action: Action) -> tuple[Number, ...]:
    """Return which numbers go with a first action; a centre answers day and night, so it is always among them."""
    return NUMBERS.get(action, (Number.CENTRE,))


RULES: tuple[Rule, ...] = tuple(
    sorted((*FIRST_RULES, *OFFERED_RULES, *AFTERWARDS_RULES), key=lambda rule: list(Part).index(rule.step.part))
)
"""The whole table, in the order a plan is read."""
LINES_AT_ONCE = 5  # a person who cannot think straight reads no more; the rest is one tap away
GOING = frozenset(
    {
        Action.COME_WHEN_SAFE,
        Action.COME_FOR_CARE,
        Action.COME_NOW,
        Action.COME_TODAY_OR_TOMORROW,
        Action.COME_TODAY,
        Action.COME_CENTRE_DECIDES,
        Action.COME_FIRST_MONTH,
    }
)
DAY_AND_NIGHT = "art. 13, 2°"
ACTION_SOURCES: dict[Action, tuple[str, ...]] = {
    Action.TALK_YOUNG: ("services", "practice"),
    Action.TALK: ("services", "practice"),
    Action.BEFORE_IT_HAPPENS: ("services", "emergency", "practice"),
    Action.SEE_A_DOCTOR: ("clinician", "emergency"),
    Action.ASK_WHO_KNOWS: ("services", "practice"),
    Action.CALL_FROM_THERE: (DAY_AND_NIGHT, "practice"),
    Action.TELL_AN_ADULT: (DAY_AND_NIGHT, "emergency", "practice"),
    Action.CALL_FOR_A_MINOR: (DAY_AND_NIGHT, "art. 15", "emergency", "practice"),
    Action.COME_WHEN_SAFE: (DAY_AND_NIGHT, "art. 27 al. 1", "practice"),
    Action.CALL_YOUR_CENTRE: ("art. 29 § 5", "practice"),
    Action.CALL_AFTER_ORDER: ("art. 17 al. 1", "practice"),
    Action.COME_FOR_CARE: (DAY_AND_NIGHT, "art. 14 § 1", "art. 30", "practice"),
    Action.COME_NOW: (DAY_AND_NIGHT, "art. 27 al. 1", "practice"),
    Action.COME_TODAY_OR_TOMORROW: (DAY_AND_NIGHT, "art. 27 al. 1", "practice"),
    Action.COME_TODAY: ("art. 2, 2°", "art. 2, 3°", DAY_AND_NIGHT, "art. 27 al. 1", "practice"),
    Action.COME_CENTRE_DECIDES: (
        "art. 2, 2°",
        "art. 2, 3°",
        DAY_AND_NIGHT,
        "art. 27 al. 1",
        "art. 27 al. 2",
        "practice",
    ),
    Action.COME_FIRST_MONTH: (DAY_AND_NIGHT, "art. 27 al. 2", "practice"),
    Action.CALL_FIRST: ("art. 14 § 2", "practice"),
}
NUMBERS = {
    Action.TALK: (Number.LISTENING, Number.CENTRE),
    Action.TALK_YOUNG: (Number.YOUNG, Number.CENTRE),
    Action.BEFORE_IT_HAPPENS: (Number.CENTRE, Number.YOUNG),
    Action.TELL_AN_ADULT: (Number.CENTRE, Number.YOUNG),
}

# When it happened → the first action. On the sixth and seventh day and around the thirtieth, kindly: never "too late".
BY_TIME = {
    When.TODAY: Action.COME_NOW,
    When.DAYS_2_TO_5: Action.COME_TODAY_OR_TOMORROW,
    When.DAYS_6_OR_7: Action.COME_TODAY,
    When.ABOUT_A_WEEK: Action.COME_CENTRE_DECIDES,
    When.WITHIN_A_MONTH: Action.COME_FIRST_MONTH,
    When.LONGER: Action.CALL_FIRST,
    When.AS_A_CHILD: Action.CALL_FIRST,
    When.STILL_GOING_ON: Action.COME_WHEN_SAFE,
    When.NOT_YET: Action.BEFORE_IT_HAPPENS,
    When.UNKNOWN: Action.COME_NOW,
}

SOMEBODY_ELSES = frozenset({Voice.SUPPORTER, Voice.PROFESSIONAL})

# What goes before the time, in this order: (action, when it holds, why).
BEFORE_TIME: tuple[tuple[Action, Callable[[Answers], bool], str], ...] = (
    (Action.TALK_YOUNG, lambda a: a.what in OUTSIDE and a.age in MINORS, "outside art. 2, 1°, a minor (R-DEF-1)"),
    (Action.TALK, lambda a: a.what in OUTSIDE, "outside art. 2, 1° (R-DEF-1)"),
    (
        Action.BEFORE_IT_HAPPENS,
        lambda a: a.time is When.NOT_YET,
        "feared, not happened: help before it does (practice)",
    ),
    (
        Action.SEE_A_DOCTOR,
        lambda a: a.what is What.MUTILATION and a.time in FIRST_MONTH,
        "recent genital mutilation needs a doctor (clinician)",
    ),
    (Action.ASK_WHO_KNOWS, lambda a: a.what is What.MUTILATION, "genital mutilation, longer ago (services)"),
    (Action.CALL_FROM_THERE, lambda a: a.voice is Voice.CANNOT_LEAVE, "cannot leave: calls or writes from there"),
    (
        Action.TELL_AN_ADULT,
        lambda a: a.is_a_child_alone,
        "a child alone is not sent across a town at night (practice)",
    ),
    (
        Action.CALL_FOR_A_MINOR,
        lambda a: a.voice in SOMEBODY_ELSES and a.age in MINORS and a.time in FIRST_MONTH,
        "a minor, and whoever asks is not the parent: the centre says how to come (art. 15; A-19)",
    ),
    (
        Action.COME_WHEN_SAFE,
        lambda a: a.time is When.STILL_GOING_ON,
        "goes on: each time a new fact (A-03)",
    ),
    (
        Action.CALL_AFTER_ORDER,
        lambda a: a.complaint_asked is ComplaintSoFar.ORDERED,
        "the exam was ordered: no period runs (art. 29 § 1, art. 30)",
    ),
    (
        Action.CALL_YOUR_CENTRE,
        lambda a: a.complaint_asked in ALREADY_EXAMINED,
        "examined already: its phase is fixed (R-PH-4) and a period may be running (art. 29)",
    ),
    (
        Action.COME_FOR_CARE,
        lambda a: a.complaint_asked is ComplaintSoFar.BEFORE_EXAM and a.time in FIRST_MONTH,
        "the exam will be ordered (art. 30): care does not wait for it (art. 14 § 1)",
    ),
)


def plan_for(answers: Answers) -> Plan:
    """Return the one plan for the answers."""
    steps = dict.fromkeys(rule.step for rule in RULES if rule.holds_for(answers))
    return Plan(answers.voice, first_action(answers), tuple(steps))


def first_action(answers: Answers) -> Action:
    """Return the one thing to do first: never non-acute on doubt (A-03)."""
    return next((action for action, holds, _ in BEFORE_TIME if holds(answers)), BY_TIME[answers.time])
