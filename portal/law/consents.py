"""The consents of the law: distinct acts, each given to people and noted in the patient file, never to this portal."""

from enum import StrEnum

from portal.law.cases import Case
from portal.law.phases import Phase


class Consent(StrEnum):
    """One consent. None of them stands for another."""

    SERVICES = "services"
    EXAM = "exam"
    COMMUNICATION = "communication"
    HEARING = "hearing"
    RECORDING = "recording"
    SURRENDER = "surrender"
    SUPPORT_CONTACT = "support-contact"
    PROFESSIONAL = "professional"
    EARLY_DESTRUCTION = "early-destruction"


CONSENT_ARTICLES = {
    Consent.SERVICES: "19 § 1",
    Consent.EXAM: "26",
    Consent.COMMUNICATION: "42 al. 2",
    Consent.HEARING: "33 § 1",
    Consent.RECORDING: "33 § 2",
    Consent.SURRENDER: "38 § 1",
    Consent.SUPPORT_CONTACT: "14 § 3",
    Consent.PROFESSIONAL: "23 al. 4",
    Consent.EARLY_DESTRUCTION: "29 § 4 al. 1",
}
IN_WRITING = frozenset({Consent.SURRENDER, Consent.PROFESSIONAL, Consent.EARLY_DESTRUCTION})
ACUTE_ONLY = frozenset({Consent.HEARING, Consent.RECORDING, Consent.SURRENDER})  # arts 33 § 1 and 38 §§ 1 and 3


def consents_for(case: Case) -> tuple[Consent, ...]:
    """Return the consents that the law knows for a person: by phase, and for a minor alone (art. 29 § 4 al. 1)."""
    left_out = set() if case.phase in (Phase.ACUTE, None) else set(ACUTE_ONLY)
    if case.phase is Phase.NON_ACUTE:
        left_out.add(Consent.SUPPORT_CONTACT)  # art. 14 § 3: no follow-up
    if not case.minor:
        left_out.add(Consent.EARLY_DESTRUCTION)
    return tuple(one for one in Consent if one not in left_out)
