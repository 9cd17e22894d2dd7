"""Consent, a complaint and the traces (arts 19, 29 to 43; rules §6 to §10, A-11, A-16, A-18, A-20 to A-22, A-26)."""

from collections.abc import Iterable

from portal.law.guidance.answers import (
    ADULTS,
    CONTACT,
    COVERED,
    FIRST_MONTH,
    MAYBE_ACUTE,
    MAYBE_POST_ACUTE,
    MINORS,
    NON_ACUTE,
    OUTSIDE,
    Age,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.steps import FREE_TO_CHOOSE, Actor, Part, Rule, Step, Urgency, told

PERSON, CENTRE, POLICE, JUSTICE = Actor.PERSON, Actor.CENTRE, Actor.POLICE, Actor.JUSTICE
NONE, WANTED, BEFORE, AFTER = (
    ComplaintSoFar.NONE,
    ComplaintSoFar.WANTED,
    ComplaintSoFar.BEFORE_EXAM,
    ComplaintSoFar.AFTER_EXAM,
)


def _consent(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.CONSENT, actor, Urgency.THESE_DAYS, sources)


def _complaint(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.COMPLAINT, actor, Urgency.THESE_DAYS, sources)


def _traces(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.TRACES, actor, Urgency.NO_HURRY, sources)


YOU_CHOOSE = _consent("you-choose", PERSON, "art. 19 § 1")
NO_COMPLAINT_NEEDED = _consent("no-complaint-needed", PERSON, "art. 19 § 2")
NO_POLICE_WITHOUT_YOU = _consent("no-police-without-you", CENTRE, "art. 32", "art. 36", "art. 42 al. 2")
DANGER_EXCEPTION = _consent("danger-exception", CENTRE, "practice")
REPORT_CAN_BE_SEIZED = _consent("report-can-be-seized", JUSTICE, "art. 39 al. 2")
PROTECTION_MEETING = _consent("protection-meeting", CENTRE, "art. 43")

MOMENT_MATTERS = _complaint("moment-matters", PERSON, "art. 29 § 1", "art. 30", "art. 31 al. 3")
ORDERED_EXAM = _complaint("ordered-exam", JUSTICE, "art. 30", "art. 31 al. 1", "art. 31 al. 3", "practice")
HEARING_INSIDE = _complaint("hearing-inside", POLICE, "art. 33 § 1", "art. 33 § 2")
REPORT_IS_READ = _complaint("report-is-read", POLICE, "art. 34", "practice")
ASK_WHO_READS = _complaint("ask-who-reads", PERSON, "art. 34", "art. 33 § 2", "practice")
FILMED_INSIDE = _complaint("filmed-inside", POLICE, "art. 37 al. 1", "art. 37 al. 2", "criminal-procedure")
HEARING_EITHER = _complaint("hearing-either", POLICE, "art. 33 § 1", "art. 37 al. 1", "art. 37 al. 2")
HEARING_OUTSIDE = _complaint("hearing-outside", POLICE, "art. 12 al. 2", "art. 36")
FILMED_OUTSIDE = _complaint("filmed-outside", POLICE, "art. 12 al. 2", "art. 37 al. 1", "criminal-procedure")
HEARING_OUTSIDE_EITHER = _complaint("hearing-outside-either", POLICE, "art. 12 al. 2", "art. 36", "art. 37 al. 1")
HEARING_ARRANGED = _complaint("hearing-arranged", POLICE, "practice")
COORDINATOR = _complaint("coordinator", CENTRE, "art. 36", "art. 42 al. 2")
ANY_POLICE = _complaint("any-police", PERSON, "art. 35 § 1", "practice")
INTERPRETER = _complaint("interpreter", POLICE, "art. 19 § 3 al. 1")
BESIDE_A_MINOR = _complaint("beside-a-minor", PERSON, "criminal-procedure")
SIGNS_HERSELF = _complaint("signs-herself", PERSON, "art. 38 § 1")
REPRESENTATIVE_SIGNS = _complaint("representative-signs", PERSON, "art. 38 § 1")
WHO_SIGNS = _complaint("who-signs", PERSON, "art. 38 § 1")
SEIZED_BY_PROCEDURE = _complaint("seized-by-procedure", POLICE, "art. 38 § 3")
KEPT_INFORMED = _complaint("kept-informed", PERSON, "injured-person", "told-of-release")
CHILD_LIMITATION = _complaint("child-limitation", PERSON, "limitation-minors")
TIME_LIMITS = _complaint("time-limits", PERSON, "limitation")

KEPT_ADULT = _traces("kept-adult", CENTRE, "art. 29 § 1", "art. 29 § 3 al. 1", "art. 29 § 3 al. 2")
KEPT_MINOR = _traces("kept-minor", CENTRE, "art. 29 § 1", "art. 29 § 4 al. 1")
KEPT_EITHER = _traces("kept-either", CENTRE, "art. 29 § 1", "art. 29 § 3", "art. 29 § 4 al. 1")
NO_NOTICE = _traces("no-notice", CENTRE, "art. 29 § 5")
JUSTICE_DECIDES = _traces("justice-decides", JUSTICE, "art. 29 § 1", "art. 30")
NOT_A_SEIZURE = _traces("not-a-seizure", PERSON, "art. 29 § 5", "practice")
ASK_FOR_MORE_TIME = _traces("ask-for-more-time", PERSON, "art. 29 § 3 al. 2", "practice")

ASKED = frozenset(set(Voice) - {Voice.CANNOT_LEAVE})
SIGNING_AGES = frozenset({Age.FROM_16_TO_17, Age.ADULT})
UNDER_16 = frozenset({Age.UNDER_12, Age.FROM_12_TO_15})
# Whether an adult is vulnerable in law, the police look at (art. 2, 18°): both ways are told.
EITHER = frozenset({Age.ADULT_HELPED, Age.UNKNOWN})
ONLY_POST_ACUTE = MAYBE_POST_ACUTE - MAYBE_ACUTE
LATER = ONLY_POST_ACUTE | NON_ACUTE


def _asked(
    step: Step,
    *,
    whens: Iterable[When] = When,
    ages: Iterable[Age] = Age,
    complaints: Iterable[ComplaintSoFar] = ComplaintSoFar,
) -> Rule:
    """Write a line for those who were asked about a complaint, and for what an exam is about."""
    return told(step, voices=ASKED, whats=CONTACT, whens=whens, ages=ages, complaints=complaints)


AFTERWARDS_RULES: tuple[Rule, ...] = (
    told(YOU_CHOOSE, whats=COVERED),
    told(NO_COMPLAINT_NEEDED, whats=CONTACT, complaints=FREE_TO_CHOOSE),
    told(NO_COMPLAINT_NEEDED, whats=set(What) - CONTACT),
    told(NO_POLICE_WITHOUT_YOU, whats=CONTACT, complaints=FREE_TO_CHOOSE),
    told(NO_POLICE_WITHOUT_YOU, whats={What.TRAFFICKING}),
    told(DANGER_EXCEPTION, whats=COVERED),
    _asked(REPORT_CAN_BE_SEIZED, whens=FIRST_MONTH, complaints=FREE_TO_CHOOSE | {AFTER}),
    _asked(PROTECTION_MEETING),
    _asked(MOMENT_MATTERS, whens=FIRST_MONTH, complaints=FREE_TO_CHOOSE),
    _asked(ORDERED_EXAM, whens=FIRST_MONTH, complaints={BEFORE}),
    _asked(HEARING_INSIDE, whens=MAYBE_ACUTE, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _asked(FILMED_INSIDE, whens=MAYBE_ACUTE, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _asked(HEARING_EITHER, whens=MAYBE_ACUTE, ages=EITHER, complaints=FREE_TO_CHOOSE),
    _asked(REPORT_IS_READ, whens=MAYBE_ACUTE, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _asked(ASK_WHO_READS, whens=MAYBE_ACUTE, ages=set(Age) - {Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _asked(HEARING_OUTSIDE, whens=LATER, ages={Age.ADULT}, complaints=FREE_TO_CHOOSE),
    _asked(FILMED_OUTSIDE, whens=LATER, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _asked(HEARING_OUTSIDE_EITHER, whens=LATER, ages=EITHER, complaints=FREE_TO_CHOOSE),
    _asked(HEARING_ARRANGED, complaints={BEFORE}),
    _asked(COORDINATOR, whens=LATER, complaints={WANTED}),
    _asked(ANY_POLICE, complaints=FREE_TO_CHOOSE),
    told(ANY_POLICE, whats=OUTSIDE),
    _asked(INTERPRETER, complaints={WANTED, BEFORE, AFTER}),
    _asked(BESIDE_A_MINOR, ages=MINORS, complaints={WANTED, BEFORE, AFTER}),
    _asked(SIGNS_HERSELF, whens=MAYBE_ACUTE, ages=SIGNING_AGES, complaints={WANTED, BEFORE}),
    _asked(REPRESENTATIVE_SIGNS, whens=MAYBE_ACUTE, ages=UNDER_16, complaints={WANTED, BEFORE}),
    _asked(
        WHO_SIGNS,
        whens=MAYBE_ACUTE,
        ages=EITHER,
        complaints={WANTED, BEFORE},
    ),
    _asked(SEIZED_BY_PROCEDURE, whens=MAYBE_POST_ACUTE, complaints={WANTED, BEFORE}),
    _asked(KEPT_INFORMED, complaints={BEFORE, AFTER}),
    told(CHILD_LIMITATION, whats=CONTACT, whens={When.AS_A_CHILD}, complaints=FREE_TO_CHOOSE),
    told(CHILD_LIMITATION, whats=CONTACT, whens={When.LONGER}, ages=MINORS, complaints=FREE_TO_CHOOSE),
    told(TIME_LIMITS, whats=CONTACT, whens={When.LONGER}, ages=set(Age) - MINORS, complaints=FREE_TO_CHOOSE),
    told(TIME_LIMITS, whats={What.TRAFFICKING}, whens=NON_ACUTE),
    _asked(KEPT_ADULT, whens=FIRST_MONTH, ages=ADULTS, complaints=FREE_TO_CHOOSE),
    _asked(KEPT_MINOR, whens=FIRST_MONTH, ages=MINORS, complaints=FREE_TO_CHOOSE),
    _asked(KEPT_EITHER, whens=FIRST_MONTH, ages={Age.UNKNOWN}, complaints=FREE_TO_CHOOSE),
    told(KEPT_EITHER, whats=CONTACT, voices={Voice.CANNOT_LEAVE}, whens=FIRST_MONTH),
    told(KEPT_EITHER, whats={What.TRAFFICKING}, whens=FIRST_MONTH),
    _asked(NO_NOTICE, whens=FIRST_MONTH, complaints=FREE_TO_CHOOSE),
    _asked(JUSTICE_DECIDES, whens=FIRST_MONTH, complaints={BEFORE}),
    _asked(NOT_A_SEIZURE, complaints={AFTER}),
    _asked(ASK_FOR_MORE_TIME, ages=ADULTS, complaints={AFTER}),
)
