"""The three phases of art. 2, 2° to 4°. They are measured once, at admission, and never again."""

from datetime import date
from enum import StrEnum

ACUTE_DAYS = 7
POST_ACUTE_DAYS = 30


class Phase(StrEnum):
    """How long before admission the facts took place (art. 2, 2° to 4°)."""

    ACUTE = "acute"
    POST_ACUTE = "post-acute"
    NON_ACUTE = "non-acute"


def phase_at_admission(facts: date, admission: date) -> Phase:
    """Return the phase of facts on one calendar day for an admission on another (both Europe/Brussels).

    Art. 2, 2°: seven days ago or less; 3°: more than seven, not more than thirty; 4°: more than thirty.
    The law does not say whether days are calendar days: the boundary goes to the wider right (A-02).

    Raises:
        ValueError: the facts lie after the admission.

    """
    days = (admission - facts).days
    if days < 0:
        raise ValueError(f"facts on {facts} lie after admission on {admission}")
    if days <= ACUTE_DAYS:
        return Phase.ACUTE
    if days <= POST_ACUTE_DAYS:
        return Phase.POST_ACUTE
    return Phase.NON_ACUTE
