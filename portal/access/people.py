"""The people of a centre's team: who is invited, changes role and leaves. Their coordinator decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access.factors import Way, forget_factors, ways_of
from portal.access.invitations import Invited, end_invitations, make_invitation
from portal.access.roles import Duty, Role
from portal.access.sessions import end_sessions
from portal.access.team import OPERATOR, new_staff
from portal.records.database import Database, new_id
from portal.records.journal import write_line
from portal.records.models import Invitation, Staff


class NotYourselfError(Exception):
    """What somebody else must do: nobody changes their own role, and nobody resets their own account."""


class LastCoordinatorError(Exception):
    """A team without a coordinator could invite nobody any more."""


@dataclass(frozen=True)
class Person:
    """Somebody of a team, as the coordinator sees them."""

    staff_id: str
    number: str
    login: str
    role: Role
    active: bool
    ways: tuple[Way, ...]
    invited_until: datetime | None


def people_of(database: Database, centre_id: str, now: datetime) -> list[Person]:
    """Return everybody of a centre's team, those who work there first."""
    alive = select(Invitation.staff_id, Invitation.ends_at).where(
        Invitation.centre_id == centre_id, Invitation.used_at.is_(None), Invitation.ends_at > now
    )
    members = select(Staff).where(Staff.centre_id == centre_id).order_by(Staff.active.desc(), Staff.login)
    with database.reading(centre_id) as session:
        invited = {row.staff_id: row.ends_at for row in session.execute(alive)}
        return [
            Person(
                staff_id=one.id,
                number=one.number,
                login=one.login,
                role=Role(one.role),
                active=one.active,
                ways=ways_of(session, one),
                invited_until=invited.get(one.id),
            )
            for one in session.scalars(members)
        ]


def invite(database: Database, centre_id: str, by: str, login: str, role: Role, now: datetime) -> Invited:
    """Invite somebody new to a team. They cannot sign in until they joined.

    Raises:
        TakenError: somebody has this login.
        LookupError: `by` does not lead this centre's team.

    """
    with database.writing(centre_id) as session:
        _check_leads(session, centre_id, by)
        staff = new_staff(session, centre_id, new_id(), login, role)
        session.flush()
        return make_invitation(session, staff, by, now)


def invite_again(database: Database, centre_id: str, by: str, number: str, now: datetime) -> Invited:
    """Invite a known member anew: who lost everything, or comes back. Nothing that they had works any more, at once.

    Raises:
        LookupError: this centre has no such member, or `by` does not lead its team.
        NotYourselfError: it is `by`.

    """
    with database.writing(centre_id) as session:
        staff = _somebody_else(session, centre_id, by, number)
        _leave(session, staff, now)
        write_line(session, centre_id, now, by, "member-reset", staff.id)
        return make_invitation(session, staff, by, now)


def disable(database: Database, centre_id: str, by: str, number: str, now: datetime) -> None:
    """End somebody's work here: sessions, factors and invitations end at once. What they did stays in the records.

    Raises:
        LookupError: this centre has no such member, or `by` does not lead its team.
        LastCoordinatorError: nobody would be left to lead the team.

    """
    with database.writing(centre_id) as session:
        _check_leads(session, centre_id, by)
        staff = _member(session, centre_id, number)
        _check_still_led(session, staff)
        was_there = staff.active or end_invitations(session, staff.id, now)
        _leave(session, staff, now)
        if was_there:
            write_line(session, centre_id, now, by, "member-disabled", staff.id)


def change_role(database: Database, centre_id: str, by: str, number: str, role: Role, now: datetime) -> None:
    """Give somebody another role. Their sessions end: the next one has it.

    Raises:
        LookupError: this centre has no such member, or `by` does not lead its team.
        NotYourselfError: it is `by`.
        LastCoordinatorError: nobody would be left to lead the team.

    """
    with database.writing(centre_id) as session:
        staff = _somebody_else(session, centre_id, by, number)
        if staff.role == role:
            return
        if not role.may(Duty.LEAD):
            _check_still_led(session, staff)
        staff.role = role
        end_sessions(session, staff.id)
        write_line(session, centre_id, now, by, "role-changed", staff.id)


def member_named(database: Database, centre_id: str, login: str) -> str | None:
    """Return the number of a centre's member by their login, or None."""
    wanted = select(Staff.number).where(Staff.centre_id == centre_id, Staff.login == login.casefold())
    with database.reading(centre_id) as session:
        return session.scalars(wanted).first()


def _leave(session: Session, staff: Staff, now: datetime) -> None:
    staff.active = False
    forget_factors(session, staff)
    end_sessions(session, staff.id)
    end_invitations(session, staff.id, now)


def _member(session: Session, centre_id: str, number: str) -> Staff:
    staff = session.scalars(select(Staff).where(Staff.centre_id == centre_id, Staff.number == number)).first()
    if staff is None:
        raise LookupError(number)
    return staff


def _somebody_else(session: Session, centre_id: str, by: str, number: str) -> Staff:
    _check_leads(session, centre_id, by)
    staff = _member(session, centre_id, number)
    if staff.id == by:
        raise NotYourselfError
    return staff


def _check_leads(session: Session, centre_id: str, by: str) -> None:
    """Ask again inside the transaction: whoever lost the role a moment ago decides nothing any more."""
    if by == OPERATOR:
        return
    leader = session.get(Staff, by)
    if leader is None or leader.centre_id != centre_id or not leader.active or not Role(leader.role).may(Duty.LEAD):
        raise LookupError(by)


def _check_still_led(session: Session, without: Staff) -> None:
    """Refuse to take the last one away who can invite others."""
    leading = [role for role in Role if role.may(Duty.LEAD)]
    if not without.active or without.role not in leading:
        return
    others = select(func.count()).where(
        Staff.centre_id == without.centre_id, Staff.active, Staff.role.in_(leading), Staff.id != without.id
    )
    if session.scalars(others).one() == 0:
        raise LastCoordinatorError
