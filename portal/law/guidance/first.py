"""What to do in the next hour, and the way to a centre (arts 2, 11, 15, 16, 47; rules A-02, A-03, A-34, R-DEF-1)."""

from portal.law.guidance.answers import (
    CONTACT,
    COVERED,
    FIRST_MONTH,
    MAYBE_ACUTE,
    MINORS,
    NON_ACUTE,
    OUTSIDE,
    Age,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.steps import (
    HERSELF,
    NOT_EXAMINED,
    Actor,
    Part,
    Rule,
    Step,
    Urgency,
    told,
)


def _now(name: str, actor: Actor, *sources: str, urgency: Urgency = Urgency.THIS_HOUR) -> Step:
    return Step(name, Part.NOW, actor, urgency, sources)


def _way(name: str, actor: Actor, *sources: str) -> Step:
    return Step(name, Part.WAY, actor, Urgency.THIS_HOUR, sources)


PERSON, HELPER, CENTRE, POLICE, SERVICE = Actor.PERSON, Actor.HELPER, Actor.CENTRE, Actor.POLICE, Actor.SERVICE
SOON, NO_HURRY = Urgency.THESE_DAYS, Urgency.NO_HURRY

UNKNOWN_DAY = _now("unknown-day", PERSON, "art. 2, 2°", "practice")
MEMORY = _now("memory", PERSON, "clinician")
AGAIN = _now("again", PERSON, "practice")
TELL_INSIDE = _now("tell-inside", PERSON, "practice")
SHUT_IN = _now("shut-in", PERSON, "emergency")
TELL_AN_ADULT = _now("tell-an-adult", PERSON, "practice")
PERSON_DECIDES = _now("person-decides", HELPER, "art. 19 § 1", "art. 19 § 2")
PARENT_WORDS = _now("parent-words", HELPER, "practice")
SUSPECT_NEAR = _now("suspect-near", HELPER, "practice", "art. 19 § 4")
DO_NOT_QUESTION = _now("do-not-question", HELPER, "practice")
A_CHILD = _now("a-child", HELPER, "practice")
CONSENT_FIRST = _now("consent-first", HELPER, "art. 42 al. 2", "practice")
YOUR_CENTRE_KNOWS = _now("your-centre-knows", CENTRE, "practice")
NOT_EXAMINED_YET = _now("not-examined-yet", PERSON, "art. 14 § 1", "practice")
BODY_CARE = _now("body-care", CENTRE, "art. 47 § 1 al. 4", "clinician")
THROAT = _now("throat", PERSON, "clinician")
WASHED_IS_FINE = _now("washed-is-fine", PERSON, "practice")
KEEP_CLOTHES = _now("keep-clothes", PERSON, "art. 2, 13°", "practice")
BODY_LATER = _now("body-later", PERSON, "clinician", urgency=SOON)
CLOTHES_LONG_AGO = _now("clothes-long-ago", PERSON, "practice", urgency=SOON)
EARLIER_EXAM = _now("earlier-exam", PERSON, "art. 29 § 3", "art. 29 § 4", urgency=SOON)
SPEAK_ALONE = _now("speak-alone", PERSON, "practice")
PROFIT_CENTRES = _now("profit-centres", SERVICE, "myria", "practice", urgency=SOON)
ADVICE_FIRST = _now("advice-first", PERSON, "practice", urgency=SOON)
KEEP_PROOF = _now("keep-proof", PERSON, "practice")
DO_NOT_PAY = _now("do-not-pay", PERSON, "practice")
CHILD_IMAGE = _now("child-image", PERSON, "practice")
REMOVE_IMAGES = _now("remove-images", PERSON, "services", urgency=SOON)
INSTITUTE = _now("institute", SERVICE, "institute", urgency=SOON)
CHILD_FOCUS = _now("child-focus", SERVICE, "services")
ALSO_CONTACT = _now("also-contact", PERSON, "art. 2, 1°", "practice")
MUTILATION_SOON = _now("mutilation-soon", PERSON, "practice", "emergency")
MUTILATION_RECENT = _now("mutilation-recent", PERSON, "clinician", "emergency")
MUTILATION_CARE = _now("mutilation-care", SERVICE, "services", urgency=SOON)
MUTILATION_PEOPLE = _now("mutilation-people", SERVICE, "services", urgency=SOON)

WHAT_A_CENTRE_IS = _way("what-a-centre-is", CENTRE, "art. 16 al. 2")
ANY_CENTRE = _way("any-centre", PERSON, "art. 15", "practice")
WHAT_TO_BRING = _way("what-to-bring", PERSON, "practice")
POLICE_TRANSPORT = _way("police-transport", POLICE, "art. 11")
NO_BILL = _way("no-bill", CENTRE, "art. 47 § 1 al. 4")
CENTRE_DECIDES_PHASE = _way("centre-decides-phase", CENTRE, "art. 2, 2°", "practice")

FIRST_RULES: tuple[Rule, ...] = (
    told(UNKNOWN_DAY, whats=COVERED, whens={When.UNKNOWN}, complaints=NOT_EXAMINED),
    told(AGAIN, whats=COVERED, whens={When.STILL_GOING_ON}, complaints=NOT_EXAMINED),
    told(TELL_INSIDE, voices={Voice.CANNOT_LEAVE}),
    told(SHUT_IN, voices={Voice.CANNOT_LEAVE}),
    told(PERSON_DECIDES, voices={Voice.SUPPORTER}),
    told(PARENT_WORDS, voices={Voice.PARENT}),
    told(SUSPECT_NEAR, voices={Voice.PARENT}),
    told(DO_NOT_QUESTION, voices={Voice.PROFESSIONAL}),
    told(
        A_CHILD,
        whats=COVERED | {What.MUTILATION},
        voices={Voice.SUPPORTER, Voice.PROFESSIONAL},
        ages=MINORS | {Age.UNKNOWN},
    ),
    told(CONSENT_FIRST, voices={Voice.PROFESSIONAL}),
    told(TELL_AN_ADULT, voices=HERSELF, ages=MINORS),
    told(YOUR_CENTRE_KNOWS, whats=CONTACT, complaints={ComplaintSoFar.AFTER_EXAM}),
    told(NOT_EXAMINED_YET, whats=CONTACT, whens=FIRST_MONTH, complaints={ComplaintSoFar.AFTER_EXAM}),
    told(MEMORY, whats=COVERED, whens=MAYBE_ACUTE, complaints=NOT_EXAMINED),
    told(WASHED_IS_FINE, whats=COVERED, whens=FIRST_MONTH, complaints=NOT_EXAMINED),
    told(KEEP_CLOTHES, whats=COVERED, whens=FIRST_MONTH, complaints=NOT_EXAMINED),
    told(BODY_CARE, whats=COVERED, whens=FIRST_MONTH),
    told(THROAT, whats=COVERED, whens=MAYBE_ACUTE, complaints=NOT_EXAMINED),
    told(BODY_LATER, whats=COVERED, whens=NON_ACUTE),
    told(CLOTHES_LONG_AGO, whats=COVERED, whens=NON_ACUTE, complaints=NOT_EXAMINED),
    told(EARLIER_EXAM, whats=CONTACT, whens=NON_ACUTE, complaints=NOT_EXAMINED),
    told(SPEAK_ALONE, whats={What.TRAFFICKING}),
    told(PROFIT_CENTRES, whats={What.TRAFFICKING}),
    told(ADVICE_FIRST, whats={What.TRAFFICKING}),
    told(ALSO_CONTACT, whats=OUTSIDE),
    told(CHILD_FOCUS, whats=OUTSIDE, ages=MINORS | {Age.UNKNOWN}),
    told(CHILD_IMAGE, whats={What.IMAGES}),
    told(KEEP_PROOF, whats=OUTSIDE),
    told(DO_NOT_PAY, whats={What.IMAGES}),
    told(REMOVE_IMAGES, whats={What.IMAGES}),
    told(INSTITUTE, whats=OUTSIDE),
    told(MUTILATION_SOON, whats={What.MUTILATION}),
    told(MUTILATION_RECENT, whats={What.MUTILATION}, whens=FIRST_MONTH),
    told(ALSO_CONTACT, whats={What.MUTILATION}),
    told(MUTILATION_PEOPLE, whats={What.MUTILATION}),
    told(MUTILATION_CARE, whats={What.MUTILATION}),
    told(WHAT_A_CENTRE_IS, whats=COVERED, complaints=NOT_EXAMINED),
    told(WHAT_TO_BRING, whats=COVERED, whens=FIRST_MONTH, complaints=NOT_EXAMINED),
    told(POLICE_TRANSPORT, whats=COVERED, whens=MAYBE_ACUTE, complaints=NOT_EXAMINED),
    told(ANY_CENTRE, whats=COVERED, complaints=NOT_EXAMINED),
    told(NO_BILL, whats=COVERED),
    told(CENTRE_DECIDES_PHASE, whats=COVERED, complaints=NOT_EXAMINED),
)
