"""What a member shows to come in: a password, the code of an authenticator, or a recovery code in its place.

Each function works inside the caller's transaction.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.access.common import is_common
from portal.access.throttle import next_try_at
from portal.events import tell_unreadable
from portal.records.authenticators import read_authenticator, sealed_authenticator
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import Passkey, RecoveryCode, Staff
from portal.records.seal import UnreadableError

STEP_SECONDS = 30
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
FEWEST_CHARACTERS = 5  # different ones: "aaaaaaaaaaaa" is long, and the first that is tried
LEFT_BESIDE_A_NAME = 6
RECOVERY_CODES = 10
RECOVERY_DIGITS = 12  # 40 bits; digits alone, which no language spells in its own way
RECOVERY_GROUP = 4


class Way(StrEnum):
    """How a member may sign in. The hospital's own sign-in stands beside the portal's own account."""

    AUTHENTICATOR = "authenticator"  # with the password
    PASSKEY = "passkey"
    HOSPITAL = "hospital"


class Factor(StrEnum):
    """A second factor that fitted."""

    AUTHENTICATOR = "authenticator"
    RECOVERY_CODE = "recovery-code"


@dataclass(frozen=True)
class Showing:
    """What came of showing a second factor: which one fitted, or until when to wait, or neither."""

    factor: Factor | None = None
    wait_until: datetime | None = None


class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    NAME = "name"
    SIMPLE = "simple"
    COMMON = "common"


def as_typed(password: str) -> str:
    """Return a password in one form of its letters: keyboards write the same é in two ways."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, *names: str, listed: Collection[bytes] = ()) -> Weakness | None:
    """Return why a password is not taken, or None. Length counts, not riddles; names that anybody knows do not.

    `listed` are the hashes of common passwords (portal/access/common_list.py).
    """
    password = as_typed(password)
    if len(password) < SHORTEST_PASSWORD:
        return Weakness.SHORT
    if len(password) > LONGEST_PASSWORD:
        return Weakness.LONG
    left = _letters(password)
    for name in names:
        left = left.replace(_letters(name), "") if _letters(name) else left
    if len(left) < LEFT_BESIDE_A_NAME and left != _letters(password):
        return Weakness.NAME
    if len(set(password)) < FEWEST_CHARACTERS:
        return Weakness.SIMPLE
    return Weakness.COMMON if is_common(password, listed) else None


def new_authenticator() -> str:
    """Return a fresh secret for an authenticator, as it is typed."""
    return pyotp.random_base32()


def authenticator_address(secret: str, login: str, issuer: str) -> str:
    """Return what a QR code tells an authenticator app. The issuer stands on a telephone: it must say nothing."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def set_authenticator(database: Database, session: Session, staff: Staff, secret: str, last_step: int) -> None:
    """Seal an authenticator's secret for a member; no code up to `last_step` is taken any more."""
    staff.sealed_authenticator = sealed_authenticator(database.centre_key(session, staff.centre_id), staff.id, secret)
    staff.last_time_step, staff.failures, staff.next_try_at = last_step, 0, None


def step_of(secret: str, code: str, now: datetime, last: int = 0) -> int | None:
    """Return the time step whose code this is, later than the last one used and one to either side, or None."""
    authenticator = pyotp.TOTP(secret)
    present, typed = int(now.timestamp()) // STEP_SECONDS, "".join(code.split()).encode()
    steps = [step for step in (present - 1, present, present + 1) if step > last]
    return next((s for s in steps if compare_digest(authenticator.generate_otp(s).encode(), typed)), None)


def show(database: Database, session: Session, staff: Staff, code: str, now: datetime) -> Showing:
    """Take a second factor of a member whose row is locked: no step and no recovery code twice.

    What does not fit is counted on the account, with waits that grow: one counter, wherever codes are asked.
    """
    if staff.next_try_at and now < staff.next_try_at:
        return Showing(wait_until=staff.next_try_at)
    factor = _fitting(database, session, staff, code, now)
    if factor is None:
        staff.failures += 1
        staff.next_try_at = next_try_at(staff.failures, now)
        return Showing()
    staff.failures, staff.next_try_at = 0, None
    return Showing(factor)


def new_recovery_codes(database: Database, session: Session, staff: Staff, now: datetime, by: str) -> tuple[str, ...]:
    """Give a member fresh recovery codes in place of those they had; they are kept nowhere in this form."""
    forget_recovery_codes(session, staff.id)
    codes = tuple(_grouped(_drawn()) for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCode(code_hash=_recovery_hashes(database, staff.id, code)[0], staff_id=staff.id) for code in codes
    )
    write_line(session, staff.centre_id, now, by, "recovery-codes-made", staff.id)
    return codes


def recovery_codes_left(session: Session, staff_id: str) -> int:
    """Return how many recovery codes a member has left."""
    unused = select(func.count()).where(RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalars(unused).one()


def forget_recovery_codes(session: Session, staff_id: str) -> None:
    """Let no recovery code of a member work any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def forget_factors(session: Session, staff: Staff) -> None:
    """Let nothing that a member had work any more, whichever way they signed in."""
    staff.password_hash = staff.sealed_authenticator = staff.hospital_hash = None
    staff.failures, staff.next_try_at = 0, None
    forget_recovery_codes(session, staff.id)
    session.execute(delete(Passkey).where(Passkey.staff_id == staff.id))


def ways_of(session: Session, staff: Staff) -> tuple[Way, ...]:
    """Return how a member may sign in."""
    has_passkey = session.scalars(select(Passkey.staff_id).where(Passkey.staff_id == staff.id).limit(1)).first()
    ways = {
        Way.HOSPITAL: staff.hospital_hash is not None,
        Way.AUTHENTICATOR: staff.password_hash is not None and staff.sealed_authenticator is not None,
        Way.PASSKEY: has_passkey is not None,
    }
    return tuple(way for way, is_there in ways.items() if is_there)


def _fitting(database: Database, session: Session, staff: Staff, code: str, now: datetime) -> Factor | None:
    if (used := _step_shown(database, session, staff, code, now)) is not None:
        staff.last_time_step = used
        return Factor.AUTHENTICATOR
    codes = select(RecoveryCode).where(RecoveryCode.code_hash.in_(_recovery_hashes(database, staff.id, code)))
    kept = session.scalars(codes.with_for_update()).first()
    if kept is None or kept.staff_id != staff.id or kept.used_at is not None:
        return None
    kept.used_at = now
    write_line(session, staff.centre_id, now, staff.id, "recovery-code-used", staff.id)
    return Factor.RECOVERY_CODE


def _step_shown(database: Database, session: Session, staff: Staff, code: str, now: datetime) -> int | None:
    """Return the step of an authenticator's code, or None; where its secret cannot be read, no code of it fits."""
    if staff.sealed_authenticator is None:
        return None
    keys = database.centre_keys(session, staff.centre_id)
    try:
        return step_of(read_authenticator(keys, staff), code, now, staff.last_time_step)
    except UnreadableError as damaged:
        tell_unreadable(*damaged.place)
        return None


def _drawn() -> str:
    return f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}d}"


def _grouped(code: str) -> str:
    return "-".join(code[start : start + RECOVERY_GROUP] for start in range(0, RECOVERY_DIGITS, RECOVERY_GROUP))


def _recovery_hashes(database: Database, staff_id: str, code: str) -> tuple[str, ...]:
    return database.keyed_hashes("recovery-code", f"{staff_id} {re.sub(r'[^0-9]', '', code)}")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", as_typed(text).casefold())
