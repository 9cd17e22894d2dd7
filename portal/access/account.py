"""A member's own account: showing a factor again, another password, another authenticator, new recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.access import factors
from portal.access.factors import Showing, Way
from portal.access.hashing import slow_hash
from portal.access.sessions import IDLE, MOST, end_sessions, note_factor
from portal.access.team import Member, forget_tries, try_password
from portal.law import RequestKind
from portal.law.course import CANNOT_BE_TAKEN_BACK, IRREVERSIBLE, Step
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import SignIn, Staff


@dataclass(frozen=True)
class Ways:
    """How a member may sign in, and how many recovery codes are left."""

    ways: tuple[Way, ...]
    recovery_codes: int

    @property
    def is_local(self) -> bool:
        """Whether the member has an account of the portal's own, with a password."""
        return Way.AUTHENTICATOR in self.ways


@dataclass(frozen=True)
class OpenSession:
    """A session of one's own that is open: since when, and when something was last done in it."""

    began_at: datetime
    seen_at: datetime


def open_elsewhere(database: Database, member: Member, now: datetime) -> tuple[OpenSession, ...]:
    """Return the member's other sessions that are still open, the newest first."""
    with database.reading(member.centre_id) as session:
        found = session.scalars(
            select(SignIn)
            .where(
                SignIn.staff_id == member.staff_id,
                SignIn.secret_hash != member.secret_hash,
                SignIn.began_at > now - MOST,
                SignIn.seen_at > now - IDLE,
            )
            .order_by(SignIn.began_at.desc())
        )
        return tuple(OpenSession(one.began_at, one.seen_at) for one in found)


def end_elsewhere(database: Database, member: Member, now: datetime) -> None:
    """End every session of the member at once but the one in which it is asked."""
    with database.writing(member.centre_id) as session:
        end_sessions(session, member.staff_id, but=member.secret_hash)
        write_line(session, member.centre_id, now, member.staff_id, "signed-out-elsewhere", member.staff_id)


def asks_for_fresh_factor(kind: RequestKind, step: Step) -> bool:
    """Tell whether a step asks who is there once more: each that leads to what cannot be taken back."""
    return kind in IRREVERSIBLE and step in CANNOT_BE_TAKEN_BACK


def ways_of(database: Database, member: Member) -> Ways:
    """Return how a member may sign in."""
    with database.reading(member.centre_id) as session:
        staff = session.get_one(Staff, member.staff_id)
        return Ways(factors.ways_of(session, staff), factors.recovery_codes_left(session, member.staff_id))


def show_code(database: Database, member: Member, code: str, now: datetime) -> Showing:
    """Show a second factor again inside a session. It is counted where codes at sign-in are counted."""
    with database.writing(member.centre_id) as session:
        staff = session.get_one(Staff, member.staff_id, with_for_update=True)
        shown = factors.show(database, session, staff, code, now)
        if shown.factor is not None:
            note_factor(session, member.secret_hash, now)
            write_line(session, member.centre_id, now, member.staff_id, "factor-shown", member.staff_id)
    return shown


def change_password(
    database: Database, member: Member, present: str, wanted: str, now: datetime
) -> tuple[bool, datetime | None]:
    """Change a member's password, and end their other sessions; return whether, or until when to wait.

    The present password is tried and counted as at sign-in.
    """
    wait_until, whose = try_password(database, member.login, present, now)
    if whose is None or whose.id != member.staff_id:
        return False, wait_until
    password_hash = slow_hash(factors.as_typed(wanted))
    with database.writing(member.centre_id) as session:
        session.get_one(Staff, member.staff_id).password_hash = password_hash
        forget_tries(database, session, member.login)
        end_sessions(session, member.staff_id, but=member.secret_hash)
        write_line(session, member.centre_id, now, member.staff_id, "password-changed", member.staff_id)
    return True, None


def change_authenticator(database: Database, member: Member, authenticator: str, code: str, now: datetime) -> bool:
    """Take another authenticator, whose code is shown; the one before opens nothing any more."""
    used = factors.step_of(authenticator, code, now)
    if used is None:
        return False
    with database.writing(member.centre_id) as session:
        staff = session.get_one(Staff, member.staff_id, with_for_update=True)
        factors.set_authenticator(database, session, staff, authenticator, used)
        end_sessions(session, member.staff_id, but=member.secret_hash)
        write_line(session, member.centre_id, now, member.staff_id, "authenticator-changed", member.staff_id)
    return True


def new_recovery_codes(database: Database, member: Member, now: datetime) -> tuple[str, ...]:
    """Give a member fresh recovery codes, shown once; those before open nothing any more."""
    with database.writing(member.centre_id) as session:
        staff = session.get_one(Staff, member.staff_id)
        return factors.new_recovery_codes(database, session, staff, now, member.staff_id)
