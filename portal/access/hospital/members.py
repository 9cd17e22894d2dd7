"""Who of a team somebody is that the hospital showed: bound by an invitation or inside a session, never made here."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.hospital.reasons import NotShownError, Reason
from portal.access.hospital.token import Shown
from portal.access.invitations import use_invitation
from portal.access.sessions import begin_session, note_factor
from portal.access.team import Member, forget_tries
from portal.records.database import Database
from portal.records.fence import Across, first_across
from portal.records.journal import write_line
from portal.records.models import Staff

BY = "hospital"


def sign_in(database: Database, shown: Shown, now: datetime) -> str:
    """Sign in whom the hospital showed, and return the session's secret.

    Raises:
        NotShownError: they belong to no team here, or not any more.

    """
    with database.reading(across=Across.SIGN_IN) as session:
        found = session.scalars(_whose(database, shown, Staff)).first()
    if found is None:
        raise NotShownError(Reason.UNKNOWN)
    with database.writing(found.centre_id) as session:
        staff = session.get_one(Staff, found.id, with_for_update=True)
        if not staff.active or not _is_of(database, staff, shown):  # ended in this very moment
            raise NotShownError(Reason.UNKNOWN)
        staff.hospital_hash = _hash(database, shown)  # with the newest key, from now on
        secret = begin_session(session, staff.id, now, factor_at=shown.at, by=BY)
        write_line(session, staff.centre_id, now, staff.id, "signed-in", staff.id)
    return secret


def join(database: Database, token: str, shown: Shown, now: datetime) -> str:
    """Join a team with an invitation, by the hospital's sign-in instead of a password; return the session's secret.

    Raises:
        LookupError: the invitation was used, ended or never was.
        NotShownError: another account has this sign-in.

    """
    try:
        with use_invitation(database, token, now) as (session, staff):
            _bind(database, session, staff, shown)
            staff.active = True
            forget_tries(database, session, staff.login)
            write_line(session, staff.centre_id, now, staff.id, "member-joined", staff.id)
            return begin_session(session, staff.id, now, factor_at=shown.at, by=BY)
    except IntegrityError:  # bound in this very moment, at another centre
        raise NotShownError(Reason.TAKEN) from None


def show(database: Database, member: Member, shown: Shown, now: datetime) -> None:
    """Show the hospital's factors again inside a session.

    Raises:
        NotShownError: it is somebody else.

    """
    with database.writing(member.centre_id) as session:
        if not _is_of(database, session.get_one(Staff, member.staff_id), shown):
            raise NotShownError(Reason.SOMEBODY_ELSE)
        note_factor(session, member.secret_hash, shown.at)
        write_line(session, member.centre_id, now, member.staff_id, "factor-shown", member.staff_id)


def connect(database: Database, member: Member, shown: Shown, now: datetime) -> None:
    """Let a member sign in by the hospital too: one account with two ways, where one of them may be out of order.

    Raises:
        NotShownError: another account has this sign-in, or this account has another one.

    """
    try:
        with database.writing(member.centre_id) as session:
            staff = session.get_one(Staff, member.staff_id, with_for_update=True)
            if _is_of(database, staff, shown):
                return
            if staff.hospital_hash is not None:
                raise NotShownError(Reason.SOMEBODY_ELSE)
            _bind(database, session, staff, shown)
            write_line(session, member.centre_id, now, member.staff_id, "hospital-connected", member.staff_id)
    except IntegrityError:
        raise NotShownError(Reason.TAKEN) from None


def _bind(database: Database, session: Session, staff: Staff, shown: Shown) -> None:
    """Bind a sign-in to one account alone: two accounts of one person could sign where two people must."""
    if first_across(session, Across.NAMES, _whose(database, shown, Staff.id)) is not None:
        raise NotShownError(Reason.TAKEN)
    staff.hospital_hash = _hash(database, shown)
    session.flush()


def _whose(database: Database, shown: Shown, wanted: Any) -> Any:
    return select(wanted).where(Staff.hospital_hash.in_(_hashes(database, shown)))


def _is_of(database: Database, staff: Staff, shown: Shown) -> bool:
    return staff.hospital_hash in _hashes(database, shown)


def _hash(database: Database, shown: Shown) -> str:
    return _hashes(database, shown)[0]


def _hashes(database: Database, shown: Shown) -> tuple[str, ...]:
    return database.keyed_hashes("hospital", f"{shown.issuer}\n{shown.subject}")
