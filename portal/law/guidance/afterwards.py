"""Consent, a complaint and the traces (arts 19, 29 to 43; rules §6 to §10, A-11, A-16, A-18, A-20 to A-22, A-26)."""

from collections.abc import Iterable

from portal.law.guidance.answers import (
    ADULTS,
    CONTACT,
    COVERED,
    FIRST_MONTH,
    HAPPENED,
    MAYBE_ACUTE,
    MAYBE_POST_ACUTE,
    MINORS,
    NON_ACUTE,
    NOT_MINORS,
    Age,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.offered import NEAR_OR_AFTER_DAY_7
from portal.law.guidance.steps import (
    ALREADY_EXAMINED,
    ART_29_RUNS,
    FREE_TO_CHOOSE,
    Actor,
    Part,
    Rule,
    Step,
    Urgency,
    told,
)

PERSON, CENTRE, POLICE, JUSTICE = Actor.PERSON, Actor.CENTRE, Actor.POLICE, Actor.JUSTICE
NONE, WANTED, EXAMINED = ComplaintSoFar.NONE, ComplaintSoFar.WANTED, ComplaintSoFar.EXAMINED
BEFORE, ORDERED, AFTER = ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.ORDERED, ComplaintSoFar.AFTER_EXAM


def _consent(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.CONSENT, actor, Urgency.THESE_DAYS, sources)


def _complaint(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.COMPLAINT, actor, Urgency.THESE_DAYS, sources)


def _traces(name: str, actor: Actor, *sources: str, urgency: Urgency = Urgency.NO_HURRY) -> Step:
    return Step(name, Part.TRACES, actor, urgency, sources)


YOU_CHOOSE = _consent("you-choose", PERSON, "art. 19 § 1")
NO_POLICE_WITHOUT_YOU = _consent(
    "no-police-without-you", CENTRE, "art. 32", "art. 35 § 2", "art. 36", "art. 42 al. 2", "practice"
)
DANGER_EXCEPTION = _consent("danger-exception", CENTRE, "practice")
REPORT_CAN_BE_SEIZED = _consent("report-can-be-seized", JUSTICE, "art. 39 al. 1", "art. 39 al. 2")
PROTECTION_MEETING = _consent("protection-meeting", CENTRE, "art. 43")

NO_COMPLAINT_NEEDED = _complaint("no-complaint-needed", PERSON, "art. 14 § 1", "art. 19 § 2", "practice")
YOUR_CHOICE_OUTSIDE = _complaint("your-choice-outside", PERSON, "practice")
MOMENT_MATTERS = _complaint(
    "moment-matters", PERSON, "art. 2, 9°", "art. 17 al. 1", "art. 29 § 1", "art. 30", "art. 31 al. 1", "art. 31 al. 3"
)
NURSE_CALLS = _complaint("nurse-calls", CENTRE, "art. 32", "art. 35 § 2", "art. 36", "art. 42 al. 2", "art. 42 al. 3")
COORDINATOR = _complaint("coordinator", CENTRE, "art. 36", "art. 42 al. 2", "art. 42 al. 3")
ORDERED_EXAM = _complaint(
    "ordered-exam",
    JUSTICE,
    "art. 19 § 1",
    "art. 25",
    "art. 30",
    "art. 31 al. 1",
    "art. 31 al. 3",
    "practice",
)
HEARING_INSIDE = _complaint("hearing-inside", POLICE, "art. 33 § 1", "art. 35 § 3", "art. 12 al. 2", "art. 37 al. 1")
RECORDING = _complaint("recording", POLICE, "art. 33 § 2")
REPORT_IS_READ = _complaint("report-is-read", POLICE, "art. 34", "practice")
ASK_WHO_READS = _complaint("ask-who-reads", PERSON, "art. 34", "practice")
FILMED_INSIDE = _complaint(
    "filmed-inside", POLICE, "art. 2, 18°", "art. 12 al. 2", "art. 37 al. 1", "art. 37 al. 2", "criminal-procedure"
)
HEARING_EITHER = _complaint(
    "hearing-either", POLICE, "art. 33 § 1", "art. 35 § 3", "art. 12 al. 2", "art. 37 al. 1", "art. 37 al. 2"
)
HEARING_OUTSIDE = _complaint("hearing-outside", POLICE, "art. 12 al. 2", "art. 35 § 3", "art. 36", "art. 37 al. 1")
FILMED_OUTSIDE = _complaint(
    "filmed-outside", POLICE, "art. 12 al. 2", "art. 37 al. 1", "art. 37 al. 2", "criminal-procedure"
)
HEARING_OUTSIDE_EITHER = _complaint(
    "hearing-outside-either", POLICE, "art. 12 al. 2", "art. 35 § 3", "art. 36", "art. 37 al. 1", "art. 37 al. 2"
)
HEARING_ARRANGED = _complaint(
    "hearing-arranged", POLICE, "art. 12 al. 1", "art. 33 § 2", "art. 35 § 3", "art. 37 al. 1", "practice"
)
FILMED_ARRANGED = _complaint(
    "filmed-arranged", POLICE, "art. 12 al. 2", "art. 37 al. 1", "art. 37 al. 2", "criminal-procedure"
)
COMPLAINT_LATER = _complaint(
    "complaint-later",
    PERSON,
    "art. 35 § 1",
    "art. 35 § 2",
    "art. 35 § 3",
    "art. 36",
    "art. 37 al. 1",
    "art. 42 al. 2",
    "art. 42 al. 3",
    "limitation",
)
ANY_POLICE = _complaint("any-police", PERSON, "practice")
INTERPRETER = _complaint("interpreter", POLICE, "art. 19 § 3 al. 1")
BESIDE_A_MINOR = _complaint("beside-a-minor", PERSON, "criminal-procedure")
WHO_SIGNS = _complaint("who-signs", PERSON, "art. 38 § 1", "art. 38 § 2", "practice")
SEIZED_BY_PROCEDURE = _complaint("seized-by-procedure", POLICE, "art. 38 § 3")
KEPT_INFORMED = _complaint("kept-informed", PERSON, "injured-person", "told-of-release")
CHILD_LIMITATION = _complaint("child-limitation", PERSON, "limitation-minors")
TIME_LIMITS = _complaint("time-limits", PERSON, "limitation", "limitation-minors")

YOUR_CENTRE_KNOWS = _traces("your-centre-knows", CENTRE, "practice")
KEPT_ADULT = _traces("kept-adult", CENTRE, "art. 29 § 1", "art. 29 § 2", "art. 29 § 3 al. 1", "art. 29 § 3 al. 2")
KEPT_MINOR = _traces("kept-minor", CENTRE, "art. 29 § 1", "art. 29 § 4 al. 1")
KEPT_EITHER = _traces("kept-either", CENTRE, "art. 29 § 1", "art. 29 § 2", "art. 29 § 3", "art. 29 § 4 al. 1")
NO_NOTICE = _traces("no-notice", CENTRE, "art. 29 § 5", urgency=Urgency.THESE_DAYS)
OTHER_REQUESTS = _traces("other-requests", PERSON, "art. 29 § 3", "art. 29 § 4", "practice")
JUSTICE_DECIDES = _traces("justice-decides", JUSTICE, "art. 17 al. 1", "art. 29 § 1", "art. 30", "practice")
NOT_A_SEIZURE = _traces(
    "not-a-seizure", PERSON, "art. 17 al. 1", "art. 29 § 5", "art. 42 al. 3", "practice", urgency=Urgency.THESE_DAYS
)

EITHER = frozenset({Age.ADULT_HELPED, Age.UNKNOWN})  # the police look at who is vulnerable in law (art. 2, 18°)
LATER = (MAYBE_POST_ACUTE - MAYBE_ACUTE) | NON_ACUTE
FILED = frozenset({BEFORE, ORDERED, AFTER})
MAY_COMPLAIN = frozenset(set(Voice) - {Voice.CANNOT_LEAVE})


def _contact(
    step: Step,
    *,
    whens: Iterable[When] = HAPPENED,
    ages: Iterable[Age] = Age,
    complaints: Iterable[ComplaintSoFar] = ComplaintSoFar,
) -> Rule:
    """Write a line about what an exam is about, for whoever can go on to a complaint."""
    return told(step, voices=MAY_COMPLAIN, whats=CONTACT, whens=whens, ages=ages, complaints=complaints)


def _in_the_first_month(step: Step, ages: Iterable[Age] = Age) -> Rule:
    return _contact(step, whens=FIRST_MONTH, ages=ages, complaints=FREE_TO_CHOOSE)


def _after_an_exam(step: Step, ages: Iterable[Age] = Age) -> Rule:
    return _contact(step, ages=ages, complaints=ART_29_RUNS)


def _short_way(step: Step, ages: Iterable[Age] = Age) -> list[Rule]:
    return [
        told(step, whats={What.TRAFFICKING}, whens=FIRST_MONTH, ages=ages),
        told(step, whats=CONTACT, voices={Voice.CANNOT_LEAVE}, whens=FIRST_MONTH, ages=ages),
    ]


AFTERWARDS_RULES: tuple[Rule, ...] = (
    told(YOU_CHOOSE, whats=COVERED),
    told(NO_POLICE_WITHOUT_YOU, whats=COVERED, complaints=FREE_TO_CHOOSE | {EXAMINED}),
    told(DANGER_EXCEPTION, whats=COVERED),
    _contact(REPORT_CAN_BE_SEIZED, whens=FIRST_MONTH, complaints=FREE_TO_CHOOSE),
    _contact(REPORT_CAN_BE_SEIZED, complaints={EXAMINED, AFTER}),
    _contact(PROTECTION_MEETING),
    told(NO_COMPLAINT_NEEDED, whats=COVERED, complaints=FREE_TO_CHOOSE | {EXAMINED}),
    told(YOUR_CHOICE_OUTSIDE, whats=set(What) - COVERED),
    told(MOMENT_MATTERS, whats=COVERED, whens=FIRST_MONTH, complaints=FREE_TO_CHOOSE),
    _contact(MOMENT_MATTERS, whens={When.STILL_GOING_ON}, complaints=ALREADY_EXAMINED),
    _contact(NURSE_CALLS, whens=MAYBE_ACUTE, complaints={WANTED}),
    _contact(COORDINATOR, whens=LATER, complaints=FREE_TO_CHOOSE),
    _contact(ORDERED_EXAM, whens=FIRST_MONTH, complaints={BEFORE}),
    _contact(HEARING_INSIDE, whens=MAYBE_ACUTE, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _contact(FILMED_INSIDE, whens=MAYBE_ACUTE, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _contact(HEARING_EITHER, whens=MAYBE_ACUTE, ages=EITHER, complaints=FREE_TO_CHOOSE),
    _contact(RECORDING, whens=MAYBE_ACUTE, ages=NOT_MINORS, complaints=FREE_TO_CHOOSE),
    _contact(REPORT_IS_READ, whens=MAYBE_ACUTE, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _contact(ASK_WHO_READS, whens=MAYBE_ACUTE, ages=set(Age) - {Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _contact(HEARING_OUTSIDE, whens=LATER, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _contact(FILMED_OUTSIDE, whens=LATER, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _contact(HEARING_OUTSIDE_EITHER, whens=LATER, ages=EITHER, complaints=FREE_TO_CHOOSE),
    _contact(HEARING_ARRANGED, ages=NOT_MINORS, complaints=FILED),
    _contact(FILMED_ARRANGED, ages=MINORS, complaints=FILED),
    _contact(COMPLAINT_LATER, complaints={EXAMINED}),
    _contact(ANY_POLICE, complaints=FREE_TO_CHOOSE),
    told(ANY_POLICE, whats=set(What) - COVERED),
    _contact(INTERPRETER),
    _contact(BESIDE_A_MINOR, ages=MINORS),
    _contact(WHO_SIGNS, whens=MAYBE_ACUTE, complaints={WANTED, BEFORE}),
    _contact(WHO_SIGNS, complaints={ORDERED, AFTER}),
    _contact(SEIZED_BY_PROCEDURE, whens=NEAR_OR_AFTER_DAY_7, complaints={WANTED}),
    _contact(SEIZED_BY_PROCEDURE, whens={When.WITHIN_A_MONTH}, complaints={NONE}),
    _contact(KEPT_INFORMED, complaints=FILED),
    told(CHILD_LIMITATION, whats=COVERED | {What.MUTILATION}, whens={When.AS_A_CHILD}, complaints=FREE_TO_CHOOSE),
    _contact(CHILD_LIMITATION, whens={When.LONGER}, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _contact(TIME_LIMITS, whens={When.LONGER}, ages=NOT_MINORS, complaints=FREE_TO_CHOOSE),
    told(TIME_LIMITS, whats={What.TRAFFICKING}, whens={When.LONGER}),
    _in_the_first_month(KEPT_ADULT, ADULTS),
    _in_the_first_month(KEPT_MINOR, MINORS),
    _in_the_first_month(KEPT_EITHER, {Age.UNKNOWN}),
    _in_the_first_month(NO_NOTICE),
    _in_the_first_month(OTHER_REQUESTS),
    _after_an_exam(KEPT_MINOR, MINORS),
    _after_an_exam(KEPT_EITHER, NOT_MINORS),  # whoever is an adult now may have been a minor then
    _after_an_exam(NO_NOTICE),
    _contact(OTHER_REQUESTS, complaints={EXAMINED}),
    *_short_way(KEPT_MINOR, MINORS),
    *_short_way(KEPT_EITHER, NOT_MINORS),
    *_short_way(NO_NOTICE),
    _contact(YOUR_CENTRE_KNOWS, complaints=ALREADY_EXAMINED),
    _contact(JUSTICE_DECIDES, whens=FIRST_MONTH, complaints={BEFORE}),
    _contact(JUSTICE_DECIDES, complaints={ORDERED}),
    _contact(NOT_A_SEIZURE, complaints={AFTER}),
)
