"""Ending the links of a case, inside the transaction of whatever ends them."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.records.journal import write_line
from portal.records.models import Link, Visit


def living_links(session: Session, case_id: str) -> list[Link]:
    """Return the links of a case that nobody ended."""
    return list(session.scalars(select(Link).where(Link.case_id == case_id, Link.revoked_at.is_(None))))


def end_links(session: Session, centre_id: str, case_id: str, actor: str, now: datetime) -> None:
    """End the links of a case at once, with the visits that run on them: each then reads like one that was lost."""
    living = living_links(session, case_id)
    for link in living:
        link.revoked_at = now
        write_line(session, centre_id, now, actor, "link-revoked", link.id)
    session.execute(delete(Visit).where(Visit.link_id.in_([link.id for link in living])))
