"""What has a short period of its own and tells of nobody's case: sessions, wrong passwords, used invitations."""

from datetime import datetime

from sqlalchemy import CursorResult, Delete, delete, func, or_

from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import Invitation, SignIn, SignInTry, Visit

SECONDS_TO_WAIT_FOR_A_READER = 2  # a checkpoint keeps writers waiting meanwhile; tomorrow's sweep does what is left


def sweep_rest(database: Database, now: datetime) -> dict[str, int]:
    """Delete what is past its period in the data map; return how many rows of each. Again, it finds nothing.

    Her ended sessions, the team's, tries at sign-in, and invitations that were used or ended. Messages end with their
    case: what keeps one from going out twice is its row. What they carried is wiped when they have left.
    """
    length = data_map().length_of
    used_or_ended = func.coalesce(Invitation.used_at, Invitation.ends_at)
    waited = SignInTry.next_try_at
    over = {
        "visits": delete(Visit).where(Visit.began_at <= now - length("visit")),
        "sign-ins": delete(SignIn).where(SignIn.began_at <= now - length("sign-in")),
        "tries": delete(SignInTry).where(or_(waited.is_(None), waited <= now - length("try"))),
        "invitations": delete(Invitation).where(used_or_ended <= now - length("invitation")),
    }
    return {name: _delete(database, rows) for name, rows in over.items()}


def leave_no_trace(database: Database) -> bool:
    """Write what is deleted over in the file, and empty what is not yet written back (SQLite); tell whether it did.

    While somebody reads, it cannot be done; the next sweep does it. What another database keeps of a deleted row, and
    for how long, is in docs/erasure.md.
    """
    if database.engine.dialect.name != "sqlite":
        return True
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {SECONDS_TO_WAIT_FOR_A_READER * 1000}")
        busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy


def _delete(database: Database, rows: Delete) -> int:
    with database.writing(across=Across.SWEEP) as session:
        done = session.execute(rows, execution_options={"synchronize_session": False})
        return done.rowcount if isinstance(done, CursorResult) else 0
