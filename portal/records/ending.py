"""The end of a period, as the records know it: what is past, what stands against it, and looking at it again later."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal import law
from portal.law import ending
from portal.law.course import ENDED, Around
from portal.records.cases import OpenedCase
from portal.records.items import KeptItem
from portal.records.models import CaseRecord, Centre, Hold, ItemRecord, RequestRecord


@dataclass(frozen=True)
class Period:
    """What ran out of a case on a day: its things (none where none was ever listed), and what is against their end.

    `against` is the law's answer, as stable ids; empty where the end can be proposed. `keep_through` is the last day of
    keeping of all these things, as if no judge had ordered the examination.
    """

    things: tuple[KeptItem, ...]
    keep_through: date | None
    grace_days: int | None
    against: tuple[str, ...]
    others_wait: bool
    held_by_team: bool

    @property
    def proposed_from(self) -> date | None:
        """The first day on which it may be proposed."""
        if self.keep_through is None or self.grace_days is None:
            return None
        return ending.proposed_from(self.keep_through, self.grace_days)


def grace_of(session: Session, centre_id: str) -> int | None:
    """Return how many days a hospital waits after a period; None until it wrote that down: there is no default."""
    centre = session.get_one(Centre, centre_id)
    return centre.grace_days if centre.grace_written_on is not None else None


def first_end(session: Session, record: CaseRecord) -> date | None:
    """Return the first day on which the end of something of a case may be proposed, by what stands in clear."""
    kept = select(ItemRecord.keep_through).where(ItemRecord.case_id == record.id, ItemRecord.gone_at.is_(None))
    ends = [day for day in (record.keep_through, *session.scalars(kept)) if day is not None]
    return ending.proposed_from(min(ends), grace_of(session, record.centre_id) or 0) if ends else None


def past(session: Session, centre_id: str, today: date, limit: int) -> list[CaseRecord]:
    """Return cases of which something is past its period and the grace, the longest past first: for people to look at.

    None until the hospital wrote its grace down, and none that the team looks at again on a later day. What stands
    against an end is sealed: `ran_out` tells, case by case.
    """
    grace = grace_of(session, centre_id)
    if grace is None:
        return []
    before = today - timedelta(days=grace)
    to_look_at = (
        CaseRecord.centre_id == centre_id,
        CaseRecord.moved_at.is_(None),
        CaseRecord.review_on.is_(None) | (CaseRecord.review_on <= today),
    )
    things = (
        select(ItemRecord.keep_through, CaseRecord)
        .join(CaseRecord, CaseRecord.id == ItemRecord.case_id)
        .where(ItemRecord.centre_id == centre_id, ItemRecord.keep_through < before, *to_look_at)
        .order_by(ItemRecord.keep_through)
    )
    unlisted = (
        select(CaseRecord.keep_through, CaseRecord)
        .where(CaseRecord.keep_through < before, *to_look_at, ~exists().where(ItemRecord.case_id == CaseRecord.id))
        .order_by(CaseRecord.keep_through)
        .limit(limit)
    )
    found = [(day, record) for day, record in session.execute(unlisted) if day]
    seen: set[str] = set()
    with session.execute(things.execution_options(yield_per=limit)) as rows:
        for day, record in rows:
            if day and record.id not in seen:
                seen.add(record.id)
                found.append((day, record))
            if len(seen) == limit:
                break
    return [record for _, record in sorted(found, key=lambda one: (one[0], one[1].id))][:limit]


def ran_out(session: Session, case: OpenedCase, today: date) -> Period | None:
    """Return what of a case is past its last day of keeping, and all that stands against its end; None for nothing.

    Each thing has its own period. Where a judge ordered the examination no period runs: it is then looked at as if one
    did, so that somebody asks the prosecutor (A-12).
    """
    if case.law_case.destroyed or case.law_case.exam_on is None:
        return None
    plain = replace(case.law_case, complaint=law.Complaint.NONE)
    kept = [one for one in case.items if one.is_here]
    over = tuple(one for one in kept if _is_past(plain, [one.item], today))
    if not (over or (not case.items and _is_past(plain, (), today))):
        return None
    here = around_ending(session, case, tuple(one.id for one in over) or None, today)
    return Period(
        things=over,
        keep_through=ending.last_kept(plain, [one.item for one in over], whole=not over),
        grace_days=grace_of(session, case.record.centre_id),
        against=ending.against_ending(here.case, others_wait=here.others_wait, not_over=here.not_over),
        others_wait=here.others_wait,
        held_by_team=here.case.hold,
    )


def around_ending(session: Session, case: OpenedCase, items: Collection[str] | None, today: date) -> Around:
    """Return what is known around the end of the period of some things; None are all of them."""
    meant = [one for one in case.items if items is None or one.id in items]
    kept = [one.item for one in meant if one.is_here]
    not_over = ending.why_not_over(
        ending.last_kept(case.law_case, kept, whole=items is None), today, grace_of(session, case.record.centre_id)
    )
    return Around(
        case=replace(case.law_case, hold=is_held_by_team(session, case.record.id)),
        is_gone=items is not None and len(kept) < len(meant),
        others_wait=_others_wait(session, case.record.id),
        not_over=not_over,
    )


def _is_past(plain: law.Case, items: Collection[law.Item], today: date) -> bool:
    last = ending.last_kept(plain, items, whole=not items)
    return last is not None and last < today


def is_held_by_team(session: Session, case_id: str) -> bool:
    """Tell whether a member of the team holds a case."""
    held = select(Hold.id).where(Hold.case_id == case_id, Hold.request_id.is_(None), Hold.lifted_at.is_(None))
    return session.scalars(held.limit(1)).first() is not None


def _others_wait(session: Session, case_id: str) -> bool:
    """Tell whether anything is asked, but the end itself: of that, one waits at a time."""
    waiting = select(RequestRecord.id).where(
        RequestRecord.case_id == case_id,
        RequestRecord.state.not_in(ENDED),
        RequestRecord.kind != law.RequestKind.END_OF_PERIOD,
    )
    return session.scalars(waiting.limit(1)).first() is not None
