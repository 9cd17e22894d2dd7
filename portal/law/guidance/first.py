"""What to do in the next hour, and the way to a centre (arts 2, 11, 15, 16, 47; rules A-02, A-03, A-34, R-DEF-1).

The lines under "now" are few and in the order of urgency: who may do harm, then the body, then the traces.
"""

from portal.law.guidance.answers import (
    CONTACT,
    COVERED,
    FIRST_MONTH,
    HAPPENED,
    MAYBE_ACUTE,
    MINORS,
    NOT_MINORS,
    OUTSIDE,
    Age,
    Voice,
    What,
    When,
)
from portal.law.guidance.steps import (
    ALREADY_EXAMINED,
    ART_29_RUNS,
    FREE_TO_CHOOSE,
    GOES_ON,
    HERSELF,
    NOT_EXAMINED,
    Actor,
    Part,
    Rule,
    Step,
    Urgency,
    told,
    told_afresh,
)


def _now(name: str, actor: Actor, *sources: str, urgency: Urgency = Urgency.THIS_HOUR) -> Step:
    return Step(name, Part.NOW, actor, urgency, sources)


def _way(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.WAY, actor, Urgency.THIS_HOUR, sources)


PERSON, HELPER, CENTRE, POLICE, SERVICE = Actor.PERSON, Actor.HELPER, Actor.CENTRE, Actor.POLICE, Actor.SERVICE
SOON = Urgency.THESE_DAYS

SHUT_IN = _now("shut-in", PERSON, "emergency", "practice")
TELL_INSIDE = _now("tell-inside", PERSON, "practice")
TELL_AN_ADULT = _now("tell-an-adult", PERSON, "practice")
CHILD_NOT_ALONE = _now("child-not-alone", PERSON, "practice")
CHILD_MAY_TELL = _now("child-may-tell", PERSON, "practice")
A_CHILD = _now("a-child", HELPER, "practice", "emergency")
PERSON_DECIDES = _now("person-decides", HELPER, "art. 19 § 1", "art. 19 § 2", "practice")
PARENT_WORDS = _now("parent-words", HELPER, "practice")
SUSPECT_NEAR = _now("suspect-near", HELPER, "practice", "art. 19 § 4")
CARER_NEAR = _now("carer-near", PERSON, "practice")
DO_NOT_QUESTION = _now("do-not-question", HELPER, "practice")
AGAIN = _now("again", PERSON, "practice", "art. 19 § 4")
WATCHED_PHONE = _now("watched-phone", PERSON, "leaving-research", "practice")
SPEAK_ALONE = _now("speak-alone", PERSON, "practice")
NEW_SINCE = _now("new-since", PERSON, "practice")
THROAT = _now("throat", PERSON, "clinician", "emergency")
BODY_CARE = _now("body-care", CENTRE, "art. 14 § 1", "clinician")
TREAT_FIRST = _now("treat-first", HELPER, "clinician")
ASK_FOR_MORE_TIME = _now("ask-for-more-time", PERSON, "art. 29 § 1", "art. 29 § 3 al. 2", "art. 29 § 5", "practice")
MEDICINES_ON = _now("medicines-on", PERSON, "clinician")
NOT_EXAMINED_YET = _now(
    "not-examined-yet", PERSON, "art. 14 § 1", "art. 27 al. 1", "art. 27 al. 2", "art. 30", "practice"
)
WASHED_IS_FINE = _now("washed-is-fine", PERSON, "art. 2, 13°", "practice")
THINGS_SINCE = _now("things-since", PERSON, "art. 2, 13°", "practice")
MEMORY = _now("memory", PERSON, "clinician")
MEMORY_LATER = _now("memory-later", PERSON, "clinician")
CONSENT_FIRST = _now("consent-first", HELPER, "practice")
ADVICE_FOR_A_MINOR = _now("advice-for-a-minor", HELPER, "services", "practice")
BODY_LATER = _now("body-later", PERSON, "clinician", urgency=SOON)
BACK_THEN = _now("back-then", PERSON, "clinician", "practice", urgency=SOON)
CLOTHES_LONG_AGO = _now("clothes-long-ago", PERSON, "practice", urgency=SOON)
EARLIER_EXAM = _now(
    "earlier-exam",
    PERSON,
    "art. 29 § 1",
    "art. 29 § 3 al. 1",
    "art. 29 § 3 al. 2",
    "art. 29 § 4 al. 1",
    "art. 29 § 5",
    "practice",
)
EARLIER_EXAM_MINOR = _now("earlier-exam-minor", PERSON, "art. 29 § 1", "art. 29 § 4 al. 1", urgency=SOON)
ADVICE_FIRST = _now("advice-first", PERSON, "practice", urgency=SOON)
DO_NOT_PAY = _now("do-not-pay", PERSON, "practice")
PARENT_IMAGES = _now("parent-images", HELPER, "practice")
KEEP_PROOF = _now("keep-proof", PERSON, "practice")
KEEP_PROOF_YOUNG = _now("keep-proof-young", PERSON, "practice")
REMOVE_IMAGES = _now("remove-images", PERSON, "services", urgency=SOON)
ALSO_CONTACT = _now("also-contact", PERSON, "art. 2, 1°", "practice")
MUTILATION_SOON = _now("mutilation-soon", PERSON, "practice", "emergency")
MUTILATION_PEOPLE = _now("mutilation-people", SERVICE, "services", urgency=SOON)
SPEAK_BEFORE = _now("speak-before", PERSON, "practice")

WHAT_A_CENTRE_IS = _way("what-a-centre-is", CENTRE, "art. 2, 6°", "art. 15", "art. 16 al. 2", "practice")
NO_BILL = _way("no-bill", CENTRE, "art. 47 § 1 al. 4")
ANY_CENTRE = _way("any-centre", PERSON, "art. 15", "practice")
AT_THE_POLICE = _way("at-the-police", POLICE, "art. 10 al. 1", "art. 10 al. 2", "art. 11", "art. 42 al. 1")
WHAT_TO_BRING = _way("what-to-bring", PERSON, "practice")
MAY_TELL_PARENTS = _way("may-tell-parents", CENTRE, "art. 14 § 3", "practice")
DECIDES_HERSELF = _way("decides-herself", PERSON, "patients-rights", "art. 38 § 1", "practice")
CENTRE_DECIDES_PHASE = _way("centre-decides-phase", CENTRE, "art. 2, 2°", "art. 2, 3°", "art. 2, 4°", "practice")

HOURS_COUNT = frozenset({When.TODAY, When.DAYS_2_TO_5, When.STILL_GOING_ON, When.UNKNOWN})
SUBSTANCES_PERHAPS = FIRST_MONTH - HOURS_COUNT
DAY_IN_DOUBT = frozenset({When.DAYS_6_OR_7, When.ABOUT_A_WEEK, When.WITHIN_A_MONTH, When.UNKNOWN})
SOME_TIME_AGO = HAPPENED - GOES_ON
FREE_TO_GO = frozenset(set(Voice) - {Voice.CANNOT_LEAVE})
FEARED = frozenset({When.NOT_YET})
OLD_ENOUGH = frozenset(set(Age) - {Age.UNDER_12})


FIRST_RULES: tuple[Rule, ...] = (
    told(SHUT_IN, voices={Voice.CANNOT_LEAVE}),
    told(TELL_INSIDE, voices={Voice.CANNOT_LEAVE}),
    told(A_CHILD, voices={Voice.SUPPORTER, Voice.PROFESSIONAL}, ages=MINORS, whats=set(What) - OUTSIDE),
    told(PERSON_DECIDES, voices={Voice.SUPPORTER}, ages=NOT_MINORS),
    told(PARENT_WORDS, voices={Voice.PARENT}),
    told(PARENT_IMAGES, whats={What.IMAGES}, voices={Voice.PARENT}),
    told(DO_NOT_QUESTION, voices={Voice.PROFESSIONAL}, ages=NOT_MINORS),
    told(DO_NOT_PAY, whats={What.IMAGES}),
    told(SUSPECT_NEAR, voices={Voice.PARENT}, whats=COVERED),
    told(SUSPECT_NEAR, voices={Voice.SUPPORTER, Voice.PROFESSIONAL}, ages=MINORS, whats=COVERED),
    told(SPEAK_BEFORE, whats=COVERED, whens=FEARED),
    told(MUTILATION_SOON, whats={What.MUTILATION}),
    told(TELL_AN_ADULT, voices=HERSELF, ages=MINORS),
    told(CHILD_NOT_ALONE, voices={Voice.SELF}, ages={Age.UNDER_12}, whats=CONTACT, whens=HAPPENED),
    told(SPEAK_ALONE, whats={What.TRAFFICKING}, whens=set(When) - FEARED),
    told(AGAIN, whats=CONTACT, whens=GOES_ON, voices=set(Voice) - {Voice.PARENT}),
    told(WATCHED_PHONE, whats=COVERED, whens=GOES_ON),
    told(WATCHED_PHONE, voices={Voice.CANNOT_LEAVE}),
    told(CARER_NEAR, whats=CONTACT, voices=FREE_TO_GO, ages={Age.ADULT_HELPED}),
    *told_afresh(THROAT, FIRST_MONTH),
    *told_afresh(BODY_CARE, FIRST_MONTH, voices=set(Voice) - {Voice.PROFESSIONAL}),
    *told_afresh(TREAT_FIRST, FIRST_MONTH, voices={Voice.PROFESSIONAL}),
    told(NEW_SINCE, whats=CONTACT, whens=SOME_TIME_AGO, complaints=ALREADY_EXAMINED),
    told(ASK_FOR_MORE_TIME, whats=CONTACT, whens=HAPPENED, ages=NOT_MINORS, complaints=ART_29_RUNS),
    told(NOT_EXAMINED_YET, whats=CONTACT, whens=FIRST_MONTH, complaints=ALREADY_EXAMINED),
    *told_afresh(WASHED_IS_FINE, MAYBE_ACUTE),
    *told_afresh(THINGS_SINCE, {When.WITHIN_A_MONTH}),
    *told_afresh(MEMORY, HOURS_COUNT, voices=FREE_TO_GO - HERSELF),
    *told_afresh(MEMORY, HOURS_COUNT, voices={Voice.SELF}, ages=OLD_ENOUGH),
    *told_afresh(MEMORY_LATER, SUBSTANCES_PERHAPS, voices=FREE_TO_GO - HERSELF),
    *told_afresh(MEMORY_LATER, SUBSTANCES_PERHAPS, voices={Voice.SELF}, ages=OLD_ENOUGH),
    told(MEDICINES_ON, whats=CONTACT, whens=FIRST_MONTH, complaints=ALREADY_EXAMINED),
    told(CHILD_MAY_TELL, voices={Voice.SELF}, ages={Age.UNDER_12}, whats=CONTACT),
    told(CONSENT_FIRST, voices={Voice.PROFESSIONAL}, ages=NOT_MINORS),
    told(ADVICE_FOR_A_MINOR, voices={Voice.PROFESSIONAL}, ages=MINORS, whats=set(What) - OUTSIDE),
    told(BACK_THEN, whats=COVERED, whens={When.AS_A_CHILD}, complaints=NOT_EXAMINED),
    told(EARLIER_EXAM, whats=CONTACT, whens={When.LONGER, When.NOT_YET}, ages=NOT_MINORS, complaints=FREE_TO_CHOOSE),
    told(EARLIER_EXAM_MINOR, whats=CONTACT, whens={When.LONGER, When.NOT_YET}, ages=MINORS, complaints=FREE_TO_CHOOSE),
    told(EARLIER_EXAM_MINOR, whats=CONTACT, whens={When.AS_A_CHILD}, complaints=FREE_TO_CHOOSE),
    told(BODY_LATER, whats=COVERED, whens={When.LONGER}, complaints=NOT_EXAMINED),
    told(CLOTHES_LONG_AGO, whats=COVERED, whens={When.LONGER}, complaints=NOT_EXAMINED),
    told(ADVICE_FIRST, whats={What.TRAFFICKING}),
    told(ALSO_CONTACT, whats=OUTSIDE | {What.MUTILATION}),
    told(KEEP_PROOF_YOUNG, whats=OUTSIDE, ages=MINORS),
    told(KEEP_PROOF, whats=OUTSIDE, ages=NOT_MINORS),
    told(REMOVE_IMAGES, whats={What.IMAGES}),
    told(MUTILATION_PEOPLE, whats={What.MUTILATION}),
    told(WHAT_A_CENTRE_IS, whats=COVERED, complaints=NOT_EXAMINED),
    told(NO_BILL, whats=COVERED),
    told(MAY_TELL_PARENTS, whats=CONTACT, voices=set(Voice) - {Voice.PARENT}, ages=MINORS),
    told(DECIDES_HERSELF, whats=CONTACT, voices=FREE_TO_GO, ages={Age.ADULT_HELPED}),
    told(ANY_CENTRE, whats=COVERED, complaints=NOT_EXAMINED, voices=FREE_TO_GO),
    *told_afresh(AT_THE_POLICE, MAYBE_ACUTE, voices=FREE_TO_GO),
    *told_afresh(WHAT_TO_BRING, FIRST_MONTH, voices=FREE_TO_GO),
    told(CENTRE_DECIDES_PHASE, whats=COVERED, whens=DAY_IN_DOUBT, complaints=NOT_EXAMINED),
)

# What is never folded away: who may do harm, who may read along, and the body.
NEVER_FOLDED = frozenset({SHUT_IN, AGAIN, WATCHED_PHONE, THROAT, BODY_CARE, TREAT_FIRST})
ABOUT_THE_BODY = frozenset({BODY_CARE, TREAT_FIRST})
