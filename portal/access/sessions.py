"""The team's sessions, on the server: however somebody signed in, they begin and end here."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.access.hashing import fast_hash
from portal.records.models import SignIn

IDLE = timedelta(minutes=15)
MOST = timedelta(hours=8)
LOCAL = "local"  # an account of the portal's own


def begin_session(session: Session, staff_id: str, now: datetime, factor_at: datetime | None, by: str = LOCAL) -> str:
    """Begin a session inside the caller's transaction and return its secret, for the cookie.

    `factor_at` is when a second factor was shown, where one was; `by` says who saw the factors.
    """
    session.execute(delete(SignIn).where(SignIn.began_at < now - MOST))
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(secret_hash=fast_hash(secret), staff_id=staff_id, began_at=now, seen_at=now, factor_at=factor_at, by=by)
    )
    return secret


def note_factor(session: Session, secret_hash: str, at: datetime) -> None:
    """Note when a factor was shown again; a session that has ended meanwhile stays ended."""
    session.execute(update(SignIn).where(SignIn.secret_hash == secret_hash).values(factor_at=at))


def end_sessions(session: Session, staff_id: str, but: str | None = None) -> None:
    """End every session of a member at once, inside the caller's transaction; `but` is the hash of one that stays."""
    session.execute(delete(SignIn).where(SignIn.staff_id == staff_id, SignIn.secret_hash != (but or "")))
