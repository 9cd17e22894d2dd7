"""What can be asked of a centre, and who may be there (arts 14, 19 to 24, 27; rules §2, §4, §5, A-05, A-19, A-40)."""

from portal.law.guidance.answers import (
    CONTACT,
    COVERED,
    FIRST_MONTH,
    MAYBE_ACUTE,
    MAYBE_POST_ACUTE,
    MINORS,
    NON_ACUTE,
    Age,
    Voice,
    What,
)
from portal.law.guidance.steps import HERSELF, NOT_EXAMINED, Actor, Part, Rule, Step, Urgency, told


def _possible(name: str, *sources: str, actor: Actor = Actor.CENTRE) -> Step:
    return Step(name, Part.POSSIBLE, actor, Urgency.THESE_DAYS, sources)


def _people(name: str, *sources: str, actor: Actor = Actor.PERSON) -> Step:
    return Step(name, Part.PEOPLE, actor, Urgency.THESE_DAYS, sources)


CARE = _possible("care", "art. 14 § 1")
EXAM_OFFERED = _possible("exam-offered", "art. 27 al. 1")
EXAM_IF_INDICATED = _possible("exam-if-indicated", "art. 27 al. 2")
CARE_WITHOUT_EXAM = _possible("care-without-exam", "art. 19 § 1")
SAFE_PLACE = _possible("safe-place", "art. 19 § 4")
FOLLOW_UP = _possible("follow-up", "art. 14 § 3")
REFERRAL = _possible("referral", "art. 14 § 2")
LANGUAGE_HELP = _possible("language-help", "art. 19 § 3 al. 2")
WISHES = _possible("wishes", "practice")
COPY = _possible("copy", "art. 24", actor=Actor.PERSON)
SENT_ON = _possible("sent-on", "art. 2, 1°", "practice")

COMPANION = _people("companion", "art. 21")
OWN_VOICE = _people("own-voice", "patients-rights", "practice")
MAY_TELL_PARENTS = _people("may-tell-parents", "art. 14 § 3", "practice", actor=Actor.CENTRE)
DECIDES_HERSELF = _people("decides-herself", "patients-rights", "practice")
PARENT_PLACE = _people("parent-place", "patients-rights", "art. 29 § 4")
HELPER_PLACE = _people("helper-place", "art. 2, 8°", actor=Actor.HELPER)
OWN_SUPPORT = Step("own-support", Part.LATER, Actor.CENTRE, Urgency.NO_HURRY, ("art. 22",))

OFFERED_RULES: tuple[Rule, ...] = (
    told(CARE, whats=COVERED, whens=FIRST_MONTH),
    told(EXAM_OFFERED, whats=COVERED, whens=MAYBE_ACUTE, complaints=NOT_EXAMINED),
    told(EXAM_IF_INDICATED, whats=COVERED, whens=MAYBE_POST_ACUTE, complaints=NOT_EXAMINED),
    told(CARE_WITHOUT_EXAM, whats=COVERED, whens=FIRST_MONTH, complaints=NOT_EXAMINED),
    told(REFERRAL, whats=COVERED, whens=NON_ACUTE),
    told(SAFE_PLACE, whats=COVERED, whens=FIRST_MONTH),
    told(FOLLOW_UP, whats=COVERED, whens=FIRST_MONTH),
    told(LANGUAGE_HELP, whats=COVERED),
    told(WISHES, whats=COVERED),
    told(COPY, whats=CONTACT, whens=FIRST_MONTH),
    told(SENT_ON, whats=set(What) - COVERED),
    told(COMPANION, whats=COVERED),
    told(OWN_VOICE, whats=CONTACT, voices=HERSELF | {Voice.SUPPORTER, Voice.PROFESSIONAL}, ages=MINORS),
    told(MAY_TELL_PARENTS, whats=CONTACT, voices=HERSELF, ages=MINORS),
    told(DECIDES_HERSELF, whats=CONTACT, ages={Age.ADULT_HELPED}),
    told(PARENT_PLACE, whats=COVERED, voices={Voice.PARENT}),
    told(HELPER_PLACE, whats=COVERED, voices={Voice.SUPPORTER}),
    told(OWN_SUPPORT, whats=COVERED, voices={Voice.SUPPORTER, Voice.PARENT}),
)
