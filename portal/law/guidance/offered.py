"""What can be asked of a centre, and who may be there (arts 14, 19 to 24, 27; rules §2, §4, §5, A-05, A-19, A-40)."""

from portal.law.guidance.answers import (
    CONTACT,
    COVERED,
    FIRST_MONTH,
    HAPPENED,
    MAYBE_ACUTE,
    MAYBE_POST_ACUTE,
    MINORS,
    NON_ACUTE,
    OUTSIDE,
    ComplaintSoFar,
    Voice,
    What,
    When,
)
from portal.law.guidance.steps import (
    ALREADY_EXAMINED,
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


def _possible(name: str, *sources: str, actor: Actor = Actor.CENTRE) -> Step:
    return Step(name, Part.POSSIBLE, actor, Urgency.THESE_DAYS, sources)


def _people(name: str, *sources: str, actor: Actor = Actor.PERSON) -> Step:
    return Step(name, Part.PEOPLE, actor, Urgency.THESE_DAYS, sources)


CARE = _possible("care", "art. 14 § 1", "art. 14 § 2")
EXAM_OFFERED = _possible("exam-offered", "art. 19 § 1", "art. 27 al. 1", "patients-rights")
EXAM_IF_INDICATED = _possible("exam-if-indicated", "art. 27 al. 2")
CARE_WITHOUT_EXAM = _possible("care-without-exam", "art. 19 § 1 al. 1", "art. 19 § 1 al. 2", "practice")
CAME_BEFORE = _possible("came-before", "art. 2, 2°", "art. 14 § 1", "art. 14 § 2", "art. 14 § 3", "practice")
FOLLOW_UP = _possible("follow-up", "art. 14 § 3")
REFERRAL = _possible("referral", "art. 14 § 2", "practice")
REFERRAL_IF_LONGER = _possible("referral-if-longer", "art. 14 § 2", "practice")
BODY_REACTED = _possible("body-reacted", "clinician", actor=Actor.PERSON)
SAFE_PLACE = _possible("safe-place", "art. 19 § 4")
LANGUAGE_HELP = _possible("language-help", "art. 19 § 3 al. 2")
WISHES = _possible("wishes", "practice")
COPY = _possible("copy", "art. 24", "patients-rights", "practice", actor=Actor.PERSON)
COPY_ORDERED = _possible("copy-ordered", "art. 24", "art. 31 al. 3", "patients-rights", "practice", actor=Actor.PERSON)
INSTITUTE = _possible("institute", "institute", actor=Actor.SERVICE)
PROFIT_CENTRES = _possible("profit-centres", "myria", "practice", actor=Actor.SERVICE)
SENT_ON = _possible("sent-on", "art. 2, 1°", "practice")

COMPANION = _people("companion", "art. 2, 8°", "art. 21")
OWN_VOICE = _people("own-voice", "art. 15", "patients-rights", "practice")
PARENT_PLACE = _people("parent-place", "patients-rights", "art. 29 § 4 al. 1", "art. 29 § 4 al. 2")
HELPER_PLACE = _people("helper-place", "art. 2, 8°", "art. 19 § 1", "practice", actor=Actor.HELPER)

WHO_ELSE = Step("who-else", Part.LATER, Actor.PERSON, Urgency.NO_HURRY, ("practice",))
OWN_SUPPORT = Step("own-support", Part.LATER, Actor.CENTRE, Urgency.NO_HURRY, ("art. 2, 8°", "art. 22"))

# Whoever arrives a day later than they think must not read that nothing is left.
NEAR_OR_AFTER_DAY_7 = MAYBE_POST_ACUTE | {When.DAYS_6_OR_7, When.STILL_GOING_ON, When.UNKNOWN}
EXAM_BY_ORDER = frozenset({ComplaintSoFar.BEFORE_EXAM, ComplaintSoFar.ORDERED})

OFFERED_RULES: tuple[Rule, ...] = (
    *told_afresh(CARE, FIRST_MONTH),
    *told_afresh(EXAM_OFFERED, MAYBE_ACUTE),
    *told_afresh(EXAM_IF_INDICATED, NEAR_OR_AFTER_DAY_7),
    told(CARE_WITHOUT_EXAM, whats=COVERED, whens=FIRST_MONTH, complaints=NOT_EXAMINED),
    told(CAME_BEFORE, whats=CONTACT, whens=HAPPENED, complaints=ALREADY_EXAMINED),
    *told_afresh(FOLLOW_UP, FIRST_MONTH),
    told(REFERRAL, whats=COVERED, whens=NON_ACUTE | {When.NOT_YET}, complaints=NOT_EXAMINED),
    told(REFERRAL_IF_LONGER, whats=COVERED, whens={When.UNKNOWN, When.WITHIN_A_MONTH}, complaints=NOT_EXAMINED),
    told(BODY_REACTED, whats=CONTACT, voices=set(Voice) - {Voice.PARENT}, whens=HAPPENED),
    told(SAFE_PLACE, whats=COVERED),
    told(LANGUAGE_HELP, whats=COVERED),
    told(WISHES, whats=COVERED),
    told(COPY, whats=COVERED, whens=HAPPENED, complaints=set(ComplaintSoFar) - EXAM_BY_ORDER),
    told(COPY_ORDERED, whats=CONTACT, whens=HAPPENED, complaints=EXAM_BY_ORDER),
    told(INSTITUTE, whats=OUTSIDE),
    told(PROFIT_CENTRES, whats={What.TRAFFICKING}),
    told(SENT_ON, whats=set(What) - CONTACT),
    told(COMPANION, whats=COVERED),
    told(OWN_VOICE, whats=CONTACT, voices=HERSELF | {Voice.SUPPORTER, Voice.PROFESSIONAL}, ages=MINORS),
    told(PARENT_PLACE, whats=COVERED, voices={Voice.PARENT}),
    told(HELPER_PLACE, whats=COVERED, voices={Voice.SUPPORTER}),
    told(WHO_ELSE, whats=COVERED, whens={When.AS_A_CHILD}),
    told(OWN_SUPPORT, whats=COVERED, voices={Voice.SUPPORTER, Voice.PARENT}),
)
