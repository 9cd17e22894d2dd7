"""The end of a period (art. 29 § 5): what must be so before it is proposed to two people. Doubt never destroys.

The law orders destruction on expiry, without further notice, unless another legal basis exists. Here it only becomes
possible to propose it: from the day after the latest reading of the period, and after the grace that the hospital wrote
down. No clock and no list makes it.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from types import MappingProxyType

from portal.law.cases import Case, Complaint
from portal.law.items import Item, item_keeping
from portal.law.openings import own_keeping
from portal.law.phases import Phase

# What each point of the written list rests on; are ambiguities of the law, decided for keeping.
ARTICLES: Mapping[str, str] = MappingProxyType(
    {
        "destroyed": "29 § 5",
        "seized": "40",
        "exam-ordered": "30",  # no period at all
        "complaint-unknown": "29 § 1",
        "complaint": "29 § 5",  # perhaps another legal basis
        "hold": "29 § 5",
        "pending": "29 § 3",
        "no-exam": "29 § 1",
        "doubt": "27",
        "period": "29 § 3 al. 1",
        "no-grace": "29 § 5",
        "grace": "29 § 5",
    }
)
UNDER_NO_PERIOD = frozenset({"exam-ordered", "no-exam"})


def last_kept(case: Case, items: Collection[Item], *, whole: bool) -> date | None:
    """Return the last day on which all of these things are kept, in the latest reading; None where no period runs.

    `whole` counts the period of the case itself too: where things were never listed, or everything is meant.
    """
    periods = [item_keeping(case, one) for one in items] + ([own_keeping(case)] if whole else [])
    known = [period.keep_through for period in periods if period is not None]
    return max(known) if known and len(known) == len(periods) else None


def proposed_from(keep_through: date, grace_days: int) -> date:
    """Return the first day on which an end may be proposed: after the last day of keeping and the hospital's grace.

    Raises:
        ValueError: a grace of less than no days.

    """
    if grace_days < 0:
        raise ValueError(f"a grace of {grace_days} days")
    return keep_through + timedelta(days=grace_days + 1)


def why_not_over(keep_through: date | None, today: date, grace_days: int | None) -> str | None:
    """Return why a period and the grace after it are not over on a day, as a stable id; None where they are."""
    if keep_through is None or today <= keep_through:
        return "period"
    if grace_days is None:
        return "no-grace"  # the hospital has not written down how long it waits: nothing is proposed
    return "grace" if today < proposed_from(keep_through, grace_days) else None


def against_ending(
    case: Case, *, is_gone: bool = False, others_wait: bool = False, not_over: str | None
) -> tuple[str, ...]:
    """Return all that stands against destroying things at the end of their period, as stable ids.

    `case.hold` is a hold by the team; `others_wait` tells whether anything is asked that has not ended; `not_over` is
    what `why_not_over` found. Who is a minor is known by the periods alone: five and fifty years (art. 29 § 4 al. 1).
    """
    found = {
        "destroyed": case.destroyed or is_gone,
        "seized": case.seized,
        "exam-ordered": case.complaint is Complaint.BEFORE_EXAM,
        "complaint-unknown": case.complaint is Complaint.UNKNOWN,
        "complaint": case.complaint is Complaint.AFTER_EXAM and case.waits_for_an_answer,
        "hold": case.hold,
        "pending": others_wait,
        "no-exam": case.exam_on is None,
        "doubt": case.exam_on is not None and case.phase is Phase.NON_ACUTE,  # art. 27 provides none, and yet it was
    }
    against = tuple(reason for reason, stands in found.items() if stands)
    return against if not_over is None or UNDER_NO_PERIOD & set(against) else (*against, not_over)
