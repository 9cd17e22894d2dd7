"""Her session after the code: short, on the server, ended by leaving."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from portal.access.hashing import fast_hash
from portal.access.links import Power, is_live
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import CaseRecord, Link, Visit

IDLE = timedelta(minutes=10)
MOST = timedelta(minutes=30)


@dataclass(frozen=True)
class OpenVisit:
    """A running session: the case it may see and what its link allows."""

    secret_hash: str
    case: OpenedCase
    power: Power
    ends_at: datetime


def begin_visit(database: Database, link_id: str, now: datetime) -> str:
    """Begin a session and return its secret, for the cookie."""
    secret = secrets.token_urlsafe(32)
    with database.writing(across=Across.LINK) as session:
        session.execute(delete(Visit).where(Visit.began_at < now - MOST))  # no log of when links were opened
        session.add(Visit(secret_hash=fast_hash(secret), link_id=link_id, began_at=now, seen_at=now))
    return secret


def find_visit(database: Database, secret: str, now: datetime) -> OpenVisit | None:
    """Return the running session of a secret and note that it was seen; None where it ended or never was."""
    with database.writing(across=Across.LINK) as session:
        visit = session.get(Visit, fast_hash(secret), with_for_update=True)  # or leaving ends it before it is noted
        if visit is None:
            return None
        link = session.get_one(Link, visit.link_id)
        if now >= min(visit.seen_at + IDLE, visit.began_at + MOST) or not is_live(link, now):
            session.delete(visit)
            return None
        visit.seen_at = now
        case_id, centre_id = link.case_id, session.get_one(CaseRecord, link.case_id).centre_id
    with database.reading(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
    if case is None:
        return None
    return OpenVisit(visit.secret_hash, case, Power(link.power), min(now + IDLE, visit.began_at + MOST))


def centre_of_visit(database: Database, secret: str) -> str | None:
    """Return the centre of a session, where its case cannot be read; None where there is no session."""
    with database.reading(across=Across.LINK) as session:
        of_case = select(CaseRecord.centre_id).join(Link, Link.case_id == CaseRecord.id)
        wanted = of_case.join(Visit, Visit.link_id == Link.id).where(Visit.secret_hash == fast_hash(secret))
        return session.scalars(wanted).first()


def end_visit(database: Database, secret: str) -> None:
    """End a session; nothing happens where there is none. Leaving waits for nobody longer than a second."""
    with database.writing(across=Across.LINK, patience=1) as session:
        session.execute(delete(Visit).where(Visit.secret_hash == fast_hash(secret)))
