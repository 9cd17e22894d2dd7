"""What remains to be looked at in a case, and when the team calls (arts 14 § 3, 17, 29 § 5, 30). People decide."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from portal.law.cases import Case, Complaint
from portal.law.course import can_be_extended
from portal.law.ending import against_ending, why_not_over
from portal.law.phases import Phase


class Look(StrEnum):
    """Why somebody looks at a case again, and with which remedy."""

    PROPOSE = "propose"  # the period and the grace are over: two people decide (art. 29 § 5)
    NO_GRACE = "no-grace"  # the period is over, and the hospital wrote down no grace: nothing is proposed
    NEVER_CLAIMED = "never-claimed"  # the exam was ordered, nobody claimed the traces: ask in writing
    COMPLAINT = "complaint"  # a complaint, or nobody knows: ask the prosecutor in writing
    SEIZED = "seized"  # the prosecutor or the judge decides (art. 40)
    HOLD = "hold"  # the team holds it: does the reason still stand?
    AGAIN = "again"  # a day was noted to look again


def may_be_proposed(case: Case, keep_through: date | None, today: date, grace_days: int | None) -> bool:
    """Tell whether the end of a period may be proposed to two people: never without a written grace, never in doubt.

    From the day after the last reading of the period, plus the grace, and only where nothing else keeps the things
    (art. 29 § 5: "another legal basis").
    """
    return not against_ending(case, not_over=why_not_over(keep_through, today, grace_days))


def look_at(case: Case, keep_through: date | None, today: date, grace_days: int | None, *, held_by_team: bool) -> Look:
    """Return why somebody looks at a case that is past its period, or that was to be looked at today."""
    is_past = keep_through is not None and today > keep_through
    if case.seized:
        return Look.SEIZED
    if case.complaint is Complaint.BEFORE_EXAM and is_past:
        return Look.NEVER_CLAIMED
    if case.waits_for_an_answer:
        return Look.COMPLAINT
    if held_by_team:
        return Look.HOLD
    if may_be_proposed(case, keep_through, today, grace_days):
        return Look.PROPOSE
    return Look.NO_GRACE if is_past and grace_days is None and not case.hold else Look.AGAIN


def is_undecided(case: Case) -> bool:
    """Tell whether a period runs whose end she can still move, or must know of: more time, or things to fetch.

    For a minor there is no more time to ask for, but the toxicology samples end after five years (art. 29 § 4 al. 1).
    """
    if case.seized or case.destroyed or case.exam_on is None or case.complaint is Complaint.BEFORE_EXAM:
        return False
    return case.minor or can_be_extended(case)


def is_followed_up(case: Case) -> bool:
    """Tell whether the team calls her at regular intervals: acute and post-acute, never non-acute (art. 14 § 3).

    An examination makes a case acute or post-acute where its phase was not recorded.
    """
    return case.phase in (Phase.ACUTE, Phase.POST_ACUTE) or (case.phase is None and case.exam_on is not None)


def next_follow_up(began_on: date, rhythm: Iterable[int], after: date) -> date | None:
    """Return the first day of a rhythm, in days since the admission or the examination, that lies after a day."""
    days = (began_on + timedelta(days=number) for number in sorted(rhythm))
    return next((day for day in days if day > after), None)
