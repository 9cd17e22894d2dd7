"""The team's sign-in: a password and an authenticator code, throttled, and sessions on the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access import factors
from portal.access.factors import SHORTEST_PASSWORD, Factor
from portal.access.hashing import fast_hash, matches, slow_hash
from portal.access.roles import Role
from portal.access.sessions import IDLE, MOST, begin_session
from portal.access.throttle import next_try_at
from portal.law.course import LONGEST_WAITING
from portal.records.database import Database, new_id
from portal.records.fence import Across, first_across
from portal.records.journal import write_line
from portal.records.models import Centre, SignIn, SignInTry, Staff

FRESH = timedelta(minutes=5)  # an approval asks for a second factor shown no longer ago
LONGEST_WAIT_FOR_A_PASSWORD = timedelta(minutes=1)
OPERATOR = "operator"  # whoever runs the installation from its command line


class TakenError(Exception):
    """Somebody or some centre has this name already."""


@dataclass(frozen=True)
class Member:
    """Somebody who is signed in, in which role, and for which centre."""

    staff_id: str
    login: str
    role: Role
    centre_id: str
    centre_name: str
    secret_hash: str
    factor_at: datetime | None

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether a second factor was shown a moment ago, as an approval asks (ASVS 7.5.3)."""
        return self.factor_at is not None and now - self.factor_at <= FRESH


@dataclass(frozen=True)
class NewMember:
    """A fresh member's authenticator secret, shown once."""

    staff_id: str
    authenticator: str


@dataclass(frozen=True)
class SignInAnswer:
    """A session's secret and by which factor, or until when to wait, or neither: something did not fit."""

    secret: str | None = None
    wait_until: datetime | None = None
    factor: Factor | None = None


def add_centre(
    database: Database,
    name: str,
    directory_id: str | None = None,
    waiting: timedelta = LONGEST_WAITING,
    own_key: bytes | None = None,
) -> str:
    """Add a centre with a key of its own, and how long a destruction waits there; return its id.

    `own_key` is what its hospital holds itself: then nothing else opens the centre's key.

    Raises:
        TakenError: there is a centre of this name.
        ValueError: the waiting time is negative or longer than seven days.

    """
    _check_waiting(waiting)
    centre_id = new_id()
    with database.writing(centre_id) as session:
        if first_across(session, Across.CENTRES, select(Centre.id).where(Centre.name == name)):
            raise TakenError(f"the name {name!r} is taken")
        key = database.new_centre_key(centre_id, own_key)
        session.add(
            Centre(id=centre_id, name=name, directory_id=directory_id, wrapped_key=key, waiting_days=waiting.days)
        )
    return centre_id


def change_waiting(database: Database, name: str, waiting: timedelta, now: datetime) -> None:
    """Change how long a destruction waits at a centre. What was asked before keeps the waiting time it was told.

    Raises:
        LookupError: there is no centre of this name.
        ValueError: the waiting time is negative or longer than seven days.

    """
    _check_waiting(waiting)
    with database.reading(across=Across.CENTRES) as session:
        centre_id = session.scalars(select(Centre.id).where(Centre.name == name)).first()
    if centre_id is None:
        raise LookupError(name)
    with database.writing(centre_id) as session:
        session.get_one(Centre, centre_id).waiting_days = waiting.days
        write_line(session, centre_id, now, OPERATOR, "waiting-changed", centre_id)


def _check_waiting(waiting: timedelta) -> None:
    if not timedelta(0) <= waiting <= LONGEST_WAITING:
        raise ValueError(f"a waiting time of {waiting}")


def add_member(
    database: Database, centre_id: str, login: str, password: str, now: datetime, role: Role = Role.NURSE
) -> NewMember:
    """Add somebody to a centre's team, with an account of the portal's own.

    Raises:
        ValueError: the password is shorter than twelve characters.
        TakenError: somebody has this login.

    """
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password needs at least {SHORTEST_PASSWORD} characters")
    staff_id, authenticator = new_id(), factors.new_authenticator()
    password_hash = slow_hash(factors.as_typed(password))
    with database.writing(centre_id) as session:
        staff = new_staff(session, centre_id, staff_id, login, role)
        staff.password_hash, staff.active, staff.added_at = password_hash, True, now
        factors.set_authenticator(database, session, staff, authenticator, 0)
        session.flush()
        write_line(session, centre_id, now, staff_id, "member-added", staff_id)
    return NewMember(staff_id, authenticator)


def new_staff(session: Session, centre_id: str, staff_id: str, login: str, role: Role) -> Staff:
    """Add the row of somebody who cannot sign in yet, inside the caller's transaction.

    Raises:
        TakenError: somebody has this login.

    """
    if first_across(session, Across.NAMES, select(Staff.id).where(Staff.login == login.casefold())):
        raise TakenError(f"the login {login!r} is taken")
    staff = Staff(
        id=staff_id,
        centre_id=centre_id,
        login=login.casefold(),
        number=_free_number(session),
        role=role,
        last_time_step=0,
        failures=0,
        active=False,
    )
    session.add(staff)
    return staff


def sign_in(database: Database, login: str, password: str, code: str, now: datetime) -> SignInAnswer:
    """Sign somebody in by a password and a code: the authenticator's, or one for recovery.

    Whatever does not fit, the answer is the same, and takes as long.

    Wrong passwords are counted under the typed name, whether it exists or not, with waits of a minute at most: who
    stops trying holds nobody up for longer. Who goes on and on holds this way up for as long; a passkey and the
    hospital's own sign-in do not ask it. Wrong codes after a right password are counted on the account, with waits
    that grow.
    """
    wait_until, staff = try_password(database, login, password, now)
    if staff is None:
        return SignInAnswer(wait_until=wait_until)
    return _with_code(database, staff, code, now)


def try_password(database: Database, login: str, password: str, now: datetime) -> tuple[datetime | None, Staff | None]:
    """Return until when to wait, or whose password this is, if anybody's; each try is counted under the name."""
    try:
        wait_until, staff = _count_try(database, login, now)
    except IntegrityError:  # another first try under this name made the row in the same moment: count on it
        wait_until, staff = _count_try(database, login, now)
    if wait_until:
        return wait_until, None
    right = matches(staff.password_hash if staff else None, factors.as_typed(password))
    return None, staff if right else None


def forget_tries(database: Database, session: Session, login: str) -> None:
    """Count no try under a name any more: who has it showed that it is theirs."""
    session.execute(delete(SignInTry).where(SignInTry.name_hash.in_(name_hashes(database, login))))


def name_hashes(database: Database, login: str) -> tuple[str, ...]:
    """Return every form in which the tries under a name may be counted, the newest first."""
    return database.keyed_hashes("sign-in", login.casefold())


def _tries(database: Database, session: Session, login: str) -> SignInTry:
    """Return what is counted under a name; where two keys counted while they changed, the one that counted more."""
    hashes = name_hashes(database, login)
    counted = session.scalars(select(SignInTry).where(SignInTry.name_hash.in_(hashes)).with_for_update()).all()
    return max(counted, key=lambda one: one.failures, default=SignInTry(name_hash=hashes[0], failures=0))


def _count_try(database: Database, login: str, now: datetime) -> tuple[datetime | None, Staff | None]:
    """Count a try before anything is looked at; return until when to wait, or who has the name, if anybody."""
    with database.writing(across=Across.SIGN_IN) as session:
        tries = _tries(database, session, login)
        if tries.next_try_at and now < tries.next_try_at:
            return tries.next_try_at, None
        tries.failures += 1
        tries.next_try_at = next_try_at(tries.failures, now, longest=LONGEST_WAIT_FOR_A_PASSWORD)
        session.add(tries)
        return None, session.scalars(select(Staff).where(Staff.login == login.casefold(), Staff.active)).first()


def find_member(database: Database, secret: str, now: datetime) -> Member | None:
    """Return who is signed in under a secret and note that they were seen; None where the session ended."""
    with database.writing(across=Across.SIGN_IN) as session:
        sign_in_ = session.get(SignIn, fast_hash(secret), with_for_update=True)  # or leaving ends it before it is noted
        if sign_in_ is None:
            return None
        staff = session.get_one(Staff, sign_in_.staff_id)
        if not staff.active or now >= min(sign_in_.seen_at + IDLE, sign_in_.began_at + MOST):
            session.delete(sign_in_)
            return None
        sign_in_.seen_at = now
        centre = session.get_one(Centre, staff.centre_id)
        return Member(
            staff_id=staff.id,
            login=staff.login,
            role=Role(staff.role),
            centre_id=centre.id,
            centre_name=centre.name,
            secret_hash=sign_in_.secret_hash,
            factor_at=sign_in_.factor_at,
        )


def sign_out(database: Database, secret: str) -> None:
    """End a session; nothing happens where there is none. Leaving waits for nobody longer than a second."""
    with database.writing(across=Across.SIGN_IN, patience=1) as session:
        session.execute(delete(SignIn).where(SignIn.secret_hash == fast_hash(secret)))


def _with_code(database: Database, whose: Staff, code: str, now: datetime) -> SignInAnswer:
    with database.writing(whose.centre_id) as session:
        staff = session.get_one(Staff, whose.id, with_for_update=True)
        if not staff.active or staff.password_hash != whose.password_hash:  # ended or changed in this very moment
            return SignInAnswer()
        shown = factors.show(database, session, staff, code, now)
        if shown.factor is None:
            return SignInAnswer(wait_until=shown.wait_until)
        forget_tries(database, session, staff.login)
        secret = begin_session(session, staff.id, now, factor_at=now)
        write_line(session, staff.centre_id, now, staff.id, "signed-in", staff.id)
    return SignInAnswer(secret=secret, factor=shown.factor)


def _free_number(session: Session) -> str:
    """Return a number that nobody has: what stands for somebody of the team on a certificate outside."""
    while True:
        number = f"{secrets.randbelow(10**6):06d}"
        if first_across(session, Across.NAMES, select(Staff.id).where(Staff.number == number)) is None:
            return number
