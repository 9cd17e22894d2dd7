"""From two answers to one plan, as plain data (arts 2, 10, 11, 14, 19, 21, 27, 29, 32, 33, 36, 42, 47).

Nothing here decides a phase: only the centre does, at admission (art. 2, 2° to 4°). An uncertain or a
repeated date counts as the most recent one possible, and is never called non-acute on doubt (A-03).
"""

from dataclasses import dataclass
from enum import StrEnum

from portal.law.phases import Phase


class Who(StrEnum):
    """For whom help is sought."""

    SELF = "self"
    SOMEONE = "someone"
    PROFESSIONAL = "professional"


class When(StrEnum):
    """How long ago it happened, as somebody says it who cannot look at a calendar."""

    TODAY = "today"
    DAYS_2_TO_5 = "days-2-to-5"
    DAYS_6_OR_7 = "days-6-or-7"
    ABOUT_A_WEEK = "about-a-week"
    WITHIN_A_MONTH = "within-a-month"
    LONGER = "longer"
    STILL_GOING_ON = "still-going-on"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """The one thing to do first."""

    COME_NOW = "come-now"
    COME_TODAY = "come-today"
    COME_CENTRE_DECIDES = "come-centre-decides"
    CALL_FIRST = "call-first"


@dataclass(frozen=True)
class Step:
    """One thing to know or to do, with the article or source it rests on."""

    id: str
    source: str


@dataclass(frozen=True)
class Plan:
    """What to do now, what is possible, what is not decided by it, and what may wait."""

    who: Who
    when: When
    action: Action
    phase: Phase
    now: tuple[Step, ...]
    possible: tuple[Step, ...]
    undecided: tuple[Step, ...]
    later: tuple[Step, ...]


ACTIONS = {
    When.TODAY: Action.COME_NOW,
    When.DAYS_2_TO_5: Action.COME_NOW,
    When.DAYS_6_OR_7: Action.COME_TODAY,
    When.ABOUT_A_WEEK: Action.COME_CENTRE_DECIDES,
    When.WITHIN_A_MONTH: Action.COME_CENTRE_DECIDES,
    When.LONGER: Action.CALL_FIRST,
    When.STILL_GOING_ON: Action.COME_NOW,
    When.UNKNOWN: Action.COME_NOW,
}

# The widest phase that is still possible, so that nobody is told of fewer rights than the centre may find.
WIDEST_PHASE = {
    When.TODAY: Phase.ACUTE,
    When.DAYS_2_TO_5: Phase.ACUTE,
    When.DAYS_6_OR_7: Phase.ACUTE,
    When.ABOUT_A_WEEK: Phase.ACUTE,
    When.WITHIN_A_MONTH: Phase.POST_ACUTE,
    When.LONGER: Phase.NON_ACUTE,
    When.STILL_GOING_ON: Phase.ACUTE,
    When.UNKNOWN: Phase.ACUTE,
}

WHAT_A_CENTRE_IS = Step("what-a-centre-is", "art. 16 al. 2")
NO_POLICE_WITHOUT_YOU = Step("no-police-without-you", "art. 32")
BODY_CARE = Step("body-care", "art. 47 § 1 al. 4")
SAFE_PLACE = Step("safe-place", "art. 19 § 4")
CLOTHES_LONG_AGO = Step("clothes-long-ago", "practice")
TIME_LIMITS = Step("time-limits", "limitation")
CHILD = Step("child", "practice")
KEEP_CLOTHES = Step("keep-clothes", "art. 2, 13°")
WASHED_IS_FINE = Step("washed-is-fine", "practice")
MEMORY = Step("memory", "practice")
AGAIN = Step("again", "practice")
POLICE_TRANSPORT = Step("police-transport", "art. 11")
CARE = Step("care", "art. 14 § 1")
EXAM_OFFERED = Step("exam-offered", "art. 27 al. 1")
EXAM_IF_INDICATED = Step("exam-if-indicated", "art. 27 al. 2")
TRACES_KEPT = Step("traces-kept", "art. 29 § 3 al. 1")
HEARING_INSIDE = Step("hearing-inside", "art. 33 § 1")
HEARING_OUTSIDE = Step("hearing-outside", "art. 36")
FOLLOW_UP = Step("follow-up", "art. 14 § 3")
REFERRAL = Step("referral", "art. 14 § 2")
LANGUAGE_HELP = Step("language-help", "art. 19 § 3 al. 2")
COMPANION = Step("companion", "art. 21")
NO_COMPLAINT_NEEDED = Step("no-complaint-needed", "art. 19 § 2")
YOU_CHOOSE = Step("you-choose", "art. 19 § 1")
CENTRE_DECIDES_PHASE = Step("centre-decides-phase", "art. 2, 2°")
NO_BILL = Step("no-bill", "art. 47 § 1 al. 4")
OWN_SUPPORT = Step("own-support", "art. 22")
PERSON_DECIDES = Step("person-decides", "art. 19 § 1")
CONSENT_FIRST = Step("consent-first", "art. 42 al. 2")
DO_NOT_QUESTION = Step("do-not-question", "practice")

HELPERS = {
    Who.SELF: (),
    Who.SOMEONE: (PERSON_DECIDES, CHILD),
    Who.PROFESSIONAL: (DO_NOT_QUESTION, CHILD, CONSENT_FIRST),
}

POSSIBLE = {
    Phase.ACUTE: (CARE, EXAM_OFFERED, TRACES_KEPT, HEARING_INSIDE, FOLLOW_UP, LANGUAGE_HELP, COMPANION),
    Phase.POST_ACUTE: (CARE, EXAM_IF_INDICATED, TRACES_KEPT, HEARING_OUTSIDE, FOLLOW_UP, LANGUAGE_HELP, COMPANION),
    Phase.NON_ACUTE: (REFERRAL, HEARING_OUTSIDE, LANGUAGE_HELP, COMPANION),
}


def plan_for(who: Who, when: When) -> Plan:
    """Return the plan for two answers. It never says that it is too late, and never refuses anybody."""
    phase = WIDEST_PHASE[when]
    return Plan(
        who=who,
        when=when,
        action=ACTIONS[when],
        phase=phase,
        now=_now(who, when, phase),
        possible=_possible(when, phase),
        undecided=(YOU_CHOOSE, NO_COMPLAINT_NEEDED, CENTRE_DECIDES_PHASE),
        later=_later(who),
    )


def _possible(when: When, phase: Phase) -> tuple[Step, ...]:
    """Around the seventh day both rules on the examination are told: only the centre knows which one applies."""
    steps = POSSIBLE[phase]
    if when is not When.ABOUT_A_WEEK:
        return steps
    after_exam = steps.index(EXAM_OFFERED) + 1
    return (*steps[:after_exam], EXAM_IF_INDICATED, *steps[after_exam:])


def _now(who: Who, when: When, phase: Phase) -> tuple[Step, ...]:
    steps: list[Step] = [WHAT_A_CENTRE_IS]
    if when is When.STILL_GOING_ON:
        steps += [AGAIN, SAFE_PLACE]
    if phase is Phase.ACUTE:
        steps.append(MEMORY)  # hours count for whoever was drugged last night, not only for who cannot say when
    if phase is not Phase.NON_ACUTE:
        steps += [KEEP_CLOTHES, WASHED_IS_FINE, BODY_CARE]
    steps += HELPERS[who]
    steps += [NO_POLICE_WITHOUT_YOU, NO_BILL]
    if phase is Phase.ACUTE:
        steps.append(POLICE_TRANSPORT)
    if phase is Phase.NON_ACUTE:
        steps += [CLOTHES_LONG_AGO, TIME_LIMITS]
    return tuple(steps)


def _later(who: Who) -> tuple[Step, ...]:
    return (OWN_SUPPORT,) if who is Who.SOMEONE else ()
