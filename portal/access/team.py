"""The team's sign-in: a password and an authenticator code, throttled, and sessions on the server."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.hashing import fast_hash, matches, slow_hash
from portal.access.roles import Role
from portal.access.throttle import next_try_at
from portal.law.course import LONGEST_WAITING
from portal.records import seal
from portal.records.database import Database, new_id
from portal.records.journal import write_line
from portal.records.models import Centre, SignIn, SignInTry, Staff

IDLE = timedelta(minutes=15)
MOST = timedelta(hours=8)
FRESH = timedelta(minutes=5)  # an approval asks for a second factor shown no longer ago
STEP_SECONDS = 30
SHORTEST_PASSWORD = 12
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
    """A session's secret, or until when to wait, or neither: name, password or code did not fit."""

    secret: str | None = None
    wait_until: datetime | None = None


def add_centre(
    database: Database, name: str, directory_id: str | None = None, waiting: timedelta = LONGEST_WAITING
) -> str:
    """Add a centre with a key of its own, and how long a destruction waits there; return its id.

    Raises:
        TakenError: there is a centre of this name.
        ValueError: the waiting time is negative or longer than seven days.

    """
    _check_waiting(waiting)
    centre_id = new_id()
    with database.writing() as session:
        if session.scalars(select(Centre).where(Centre.name == name)).first():
            raise TakenError(f"the name {name!r} is taken")
        key = database.new_centre_key(centre_id)
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
    with database.reading() as session:
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
    staff_id, authenticator = new_id(), pyotp.random_base32()
    password_hash = slow_hash(password)
    with database.writing(centre_id) as session:
        if session.scalars(select(Staff).where(Staff.login == login.casefold())).first():
            raise TakenError(f"the login {login!r} is taken")
        key = database.centre_key(session, centre_id)
        session.add(
            Staff(
                id=staff_id,
                centre_id=centre_id,
                login=login.casefold(),
                number=_free_number(session),
                role=role,
                password_hash=password_hash,
                sealed_authenticator=seal.seal(key, authenticator.encode(), "staff", "sealed_authenticator", staff_id),
                last_time_step=0,
                failures=0,
                active=True,
                added_at=now,
            )
        )
        session.flush()
        write_line(session, centre_id, now, staff_id, "member-added", staff_id)
    return NewMember(staff_id, authenticator)


def sign_in(database: Database, login: str, password: str, code: str, now: datetime) -> SignInAnswer:
    """Sign somebody in. Whatever does not fit, the answer is the same, and takes as long.

    Wrong passwords are counted under the typed name, whether it exists or not, with short waits only: nobody can
    shut a nurse out. Wrong codes after a right password are counted on the account, with waits that grow.
    """
    name_hash = database.keyed_hash("sign-in", login.casefold())
    try:
        wait_until, staff = _count_try(database, name_hash, login, now)
    except IntegrityError:  # another first try under this name made the row in the same moment: count on it
        wait_until, staff = _count_try(database, name_hash, login, now)
    if wait_until:
        return SignInAnswer(wait_until=wait_until)
    right = matches(staff.password_hash if staff else None, password)
    if staff is None or not right:
        return SignInAnswer()
    return _with_code(database, staff.id, name_hash, "".join(code.split()), now)


def _count_try(database: Database, name_hash: str, login: str, now: datetime) -> tuple[datetime | None, Staff | None]:
    """Count a try before anything is looked at; return until when to wait, or who has the name, if anybody."""
    with database.writing() as session:
        tries = session.get(SignInTry, name_hash, with_for_update=True) or SignInTry(name_hash=name_hash, failures=0)
        if tries.next_try_at and now < tries.next_try_at:
            return tries.next_try_at, None
        tries.failures += 1
        tries.next_try_at = next_try_at(tries.failures, now, longest=LONGEST_WAIT_FOR_A_PASSWORD)
        session.add(tries)
        return None, session.scalars(select(Staff).where(Staff.login == login.casefold(), Staff.active)).first()


def find_member(database: Database, secret: str, now: datetime) -> Member | None:
    """Return who is signed in under a secret and note that they were seen; None where the session ended."""
    with database.writing() as session:
        sign_in_ = session.get(SignIn, fast_hash(secret))
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
    with database.writing(patience=1) as session:
        if sign_in_ := session.get(SignIn, fast_hash(secret)):
            session.delete(sign_in_)


def _with_code(database: Database, staff_id: str, name_hash: str, code: str, now: datetime) -> SignInAnswer:
    """Take the second factor: one step of thirty seconds to either side, and no step twice."""
    with database.writing() as session:
        staff = session.get_one(Staff, staff_id, with_for_update=True)
        if staff.sealed_authenticator is None:
            return SignInAnswer()
        if staff.next_try_at and now < staff.next_try_at:
            return SignInAnswer(wait_until=staff.next_try_at)
        used = _step_of(_authenticator(database, session, staff), code, now, staff.last_time_step)
        if used is None:
            staff.failures += 1
            staff.next_try_at = next_try_at(staff.failures, now)
            return SignInAnswer()
        staff.last_time_step, staff.failures, staff.next_try_at = used, 0, None
        session.execute(delete(SignInTry).where(SignInTry.name_hash == name_hash))
        session.execute(delete(SignIn).where(SignIn.began_at < now - MOST))
        secret = secrets.token_urlsafe(32)
        session.add(
            SignIn(
                secret_hash=fast_hash(secret), staff_id=staff_id, began_at=now, seen_at=now, factor_at=now, by="local"
            )
        )
    with database.writing(staff.centre_id) as session:
        write_line(session, staff.centre_id, now, staff_id, "signed-in", staff_id)
    return SignInAnswer(secret=secret)


def _free_number(session: Session) -> str:
    """Return a number that nobody has: what stands for somebody of the team on a certificate outside."""
    while True:
        number = f"{secrets.randbelow(10**6):06d}"
        if session.scalars(select(Staff.id).where(Staff.number == number)).first() is None:
            return number


def _authenticator(database: Database, session: Session, staff: Staff) -> pyotp.TOTP:
    key = database.centre_key(session, staff.centre_id)
    plain = seal.unseal(key, staff.sealed_authenticator or b"", "staff", "sealed_authenticator", staff.id)
    return pyotp.TOTP(plain.decode())


def _step_of(authenticator: pyotp.TOTP, code: str, now: datetime, last: int) -> int | None:
    """Return the time step whose code this is, later than the last one used, or None."""
    present = int(now.timestamp()) // STEP_SECONDS
    steps = [step for step in (present - 1, present, present + 1) if step > last]
    return next((s for s in steps if compare_digest(authenticator.generate_otp(s).encode(), code.encode())), None)
