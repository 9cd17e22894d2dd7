"""An invitation into a team: an address of 128 random bits, for one member, once, for a week; only its hash is kept.

It opens nothing by itself: whoever holds it shows two factors, of the portal's own or of the hospital, never less.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import factors
from portal.access.hashing import fast_hash
from portal.access.roles import Role
from portal.access.sessions import begin_session
from portal.access.team import OPERATOR, forget_tries
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.journal import write_line
from portal.records.models import Centre, Invitation, Staff

INVITED_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """A fresh invitation: its token is shown once and kept nowhere in this form."""

    login: str
    role: Role
    token: str
    ends_at: datetime


@dataclass(frozen=True)
class Welcome:
    """Whom a living invitation is for."""

    login: str
    centre_name: str


@dataclass(frozen=True)
class Joined:
    """What somebody who joined is given: a session, and recovery codes that are shown once."""

    secret: str
    recovery_codes: tuple[str, ...]


def make_invitation(session: Session, staff: Staff, by: str, now: datetime) -> Invited:
    """Make an invitation for a member inside a transaction; the one before ends."""
    end_invitations(session, staff.id, now)
    token = secrets.token_urlsafe(16)
    session.add(
        Invitation(
            token_hash=fast_hash(token),
            centre_id=staff.centre_id,
            staff_id=staff.id,
            made_at=now,
            made_by=None if by == OPERATOR else by,
            ends_at=now + INVITED_FOR,
        )
    )
    write_line(session, staff.centre_id, now, by, "member-invited", staff.id)
    return Invited(staff.login, Role(staff.role), token, now + INVITED_FOR)


def end_invitations(session: Session, staff_id: str, now: datetime) -> bool:
    """End the living invitations of a member; tell whether there was one."""
    alive = select(Invitation).where(
        Invitation.staff_id == staff_id, Invitation.used_at.is_(None), Invitation.ends_at > now
    )
    ended = list(session.scalars(alive))
    for invitation in ended:
        invitation.ends_at = now
    return bool(ended)


def look_at_invitation(database: Database, token: str, now: datetime) -> Welcome | None:
    """Return whom a living invitation is for, and change nothing; None where it ended or never was."""
    with database.reading(across=Across.SIGN_IN) as session:
        invitation = session.get(Invitation, fast_hash(token))
        if invitation is None or not _lives(invitation, now):
            return None
        staff = session.get_one(Staff, invitation.staff_id)
        return Welcome(staff.login, session.get_one(Centre, invitation.centre_id).name)


def join(
    database: Database, token: str, password_hash: str, authenticator: str, code: str, now: datetime
) -> Joined | None:
    """Join a team with a password that was chosen, and an authenticator whose code is shown; once.

    Returns None where the code is not that of the authenticator: nothing changed.

    Raises:
        LookupError: the invitation was used, ended or never was.

    """
    used = factors.step_of(authenticator, code, now)
    if used is None:
        return None
    with use_invitation(database, token, now) as (session, staff):
        staff.password_hash, staff.active = password_hash, True
        factors.set_authenticator(database, session, staff, authenticator, used)
        forget_tries(database, session, staff.login)
        write_line(session, staff.centre_id, now, staff.id, "member-joined", staff.id)
        codes = factors.new_recovery_codes(database, session, staff, now, staff.id)
        return Joined(begin_session(session, staff.id, now, factor_at=now), codes)


@contextmanager
def use_invitation(database: Database, token: str, now: datetime) -> Iterator[tuple[Session, Staff]]:
    """Use an invitation up in one transaction with whatever makes its member one of the team; all or nothing.

    Raises:
        LookupError: it was used, ended or never was.

    """
    with database.reading(across=Across.SIGN_IN) as session:
        known = session.get(Invitation, fast_hash(token))
    if known is None:
        raise LookupError
    with database.writing(known.centre_id) as session:
        invitation = session.get(Invitation, known.token_hash, with_for_update=True)
        if invitation is None or not _lives(invitation, now):
            raise LookupError
        invitation.used_at = now
        yield session, session.get_one(Staff, invitation.staff_id, with_for_update=True)


def _lives(invitation: Invitation, now: datetime) -> bool:
    return invitation.used_at is None and now < invitation.ends_at
