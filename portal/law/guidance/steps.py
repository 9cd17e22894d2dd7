"""What a plan is made of: steps, and the rules that say to whom each one is told. Plain data, readable as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.law.guidance.answers import COVERED, Age, Answers, ComplaintSoFar, Voice, What, When


class Part(StrEnum):
    """The parts of a plan, in the order they are read."""

    NOW = "now"
    WAY = "way"
    POSSIBLE = "possible"
    CONSENT = "consent"
    COMPLAINT = "complaint"
    TRACES = "traces"
    PEOPLE = "people"
    LATER = "later"


class Urgency(StrEnum):
    """How soon a step is worth doing or knowing."""

    THIS_HOUR = "this-hour"
    THESE_DAYS = "these-days"
    NO_HURRY = "no-hurry"


class Actor(StrEnum):
    """Who acts."""

    PERSON = "person"
    HELPER = "helper"  # who reads the plan for somebody else
    CENTRE = "centre"
    POLICE = "police"
    JUSTICE = "justice"  # the public prosecutor or the investigating judge (art. 2, 31°)
    SERVICE = "service"  # another service


@dataclass(frozen=True, eq=False)
class Step:
    """One thing to know or to do, with the articles or sources it rests on. Each is one object: equal is the same."""

    id: str
    part: Part
    actor: Actor
    urgency: Urgency
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """To whom a step is told: every condition must hold, and no condition means everybody."""

    step: Step
    voices: frozenset[Voice]
    whats: frozenset[What]
    whens: frozenset[When]
    ages: frozenset[Age]
    complaints: frozenset[ComplaintSoFar]

    def holds_for(self, answers: Answers) -> bool:
        """Tell whether the step belongs to the plan for some answers."""
        voice, what, when, age, complaint = answers.that_count
        return (
            what in self.whats
            and when in self.whens
            and complaint in self.complaints
            and age in self.ages
            and voice in self.voices
        )


def told(
    step: Step,
    *,
    voices: Iterable[Voice] = Voice,
    whats: Iterable[What] = What,
    whens: Iterable[When] = When,
    ages: Iterable[Age] = Age,
    complaints: Iterable[ComplaintSoFar] = ComplaintSoFar,
) -> Rule:
    """Write one line of the table; what is left out holds for everybody.

    Raises:
        ValueError: a condition that nobody meets.

    """
    rule = Rule(step, frozenset(voices), frozenset(whats), frozenset(whens), frozenset(ages), frozenset(complaints))
    if not all((rule.voices, rule.whats, rule.whens, rule.ages, rule.complaints)):
        raise ValueError(f"{step.id} would be told to nobody")
    return rule


HERSELF = frozenset({Voice.SELF, Voice.CANNOT_LEAVE})
ALREADY_EXAMINED = frozenset({ComplaintSoFar.AFTER_EXAM, ComplaintSoFar.EXAMINED, ComplaintSoFar.ORDERED})
NOT_EXAMINED = frozenset(set(ComplaintSoFar) - ALREADY_EXAMINED)
FREE_TO_CHOOSE = frozenset({ComplaintSoFar.NONE, ComplaintSoFar.WANTED})
# The exam was done, and not after a complaint: the periods of art. 29 run; a complaint alone does not stop them.
ART_29_RUNS = frozenset({ComplaintSoFar.AFTER_EXAM, ComplaintSoFar.EXAMINED})
GOES_ON = frozenset({When.STILL_GOING_ON})


def told_afresh(
    step: Step, whens: Iterable[When], *, voices: Iterable[Voice] = Voice, ages: Iterable[Age] = Age
) -> list[Rule]:
    """Write what is told while traces may still be found: after an exam too, where it goes on and may be new (A-04)."""
    days, whose, how_old = frozenset(whens), frozenset(voices), frozenset(ages)
    rules = [told(step, whats=COVERED, whens=days, voices=whose, ages=how_old, complaints=NOT_EXAMINED)]
    if goes_on := days & GOES_ON:
        rules.append(told(step, whats=COVERED, whens=goes_on, voices=whose, ages=how_old))
    return rules
