"""The second fence: PostgreSQL itself shows a transaction the rows of one centre, and no others.

The first is that every question names its centre; this one stands where a question forgot to (docs/postgresql.md). A
transaction says from which centre it looks, or by which named way it looks across all of them. Whoever says neither
sees nothing. The policies are in the migration that made them; SQLite has none: who hosts several centres and wants the
second fence keeps them on PostgreSQL.

It keeps mistakes from reaching another centre. Whoever holds the account of the portal can say any centre: against a
thief stand the seals, not this.
"""

from enum import StrEnum

from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.orm import Session

CENTRE, ACROSS, READ_ONLY = "portal.centre", "portal.across", "transaction_read_only"
POLICIES = ("own_centre", "across_reading", "across_changing")
HIDING = """
    SELECT relname FROM pg_class
    WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace AND (
        NOT EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'across_reading')
        OR EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polname <> ALL (:own))
    )
    ORDER BY relname
"""


class HiddenRowsError(Exception):
    """A rule of the database, not of the portal, may hide rows from whoever must see all of them."""


class Across(StrEnum):
    """Why something rightly looks beyond one centre. What each way opens, and no more, is in the policies.

    Who uses which is listed in tests/records/test_fence.py.
    """

    LINK = "link"  # a link and a session of hers: which case they open is what is asked
    SIGN_IN = "sign-in"  # a name, key, invitation or session of the team's: whose it is, is what is asked
    NAMES = "names"  # whether a login, a number or a key is somebody's already, wherever they work
    CENTRES = "centres"  # which centres there are
    OUTBOX = "outbox"  # which message goes next
    SWEEP = "sweep"  # sessions and invitations past their period
    ERASURE = "erasure"  # cases whose period has passed, or which a restored backup brought back
    WATCH = "watch"  # how much is late, counted for the operator
    KEYS = "keys"  # what hangs on which key
    BACKUP = "backup"  # every row, to be read
    MIGRATION = "migration"  # every row, to be brought into another shape, or put back into empty tables


def look_from(
    place: Session | Connection, centre_id: str | None, across: Across | None = None, *, only_reads: bool = False
) -> None:
    """Say until the end of the transaction from which centre, or by which way across, it looks; or that it only reads.

    It is said inside the transaction (`SET LOCAL`), so that nothing of it is left for whoever has the connection next:
    also behind a pooler that gives connections by transaction.
    """
    if _has_fence(place):
        said = {CENTRE: centre_id or "", ACROSS: str(across or "")}
        if only_reads:
            said[READ_ONLY] = "on"
        place.execute(select(*(func.set_config(name, value, True) for name, value in said.items())))


def first_across(session: Session, across: Across, wanted: Select[str]) -> str | None:
    """Return the first answer to one question by a way across, inside a transaction that looks from its centre."""
    if not _has_fence(session):
        return session.scalars(wanted).first()
    session.flush()  # what the transaction wrote so far is written from its centre
    session.execute(select(func.set_config(ACROSS, str(across), True)))
    found = session.scalars(wanted).first()
    session.execute(select(func.set_config(ACROSS, "", True)))
    return found


def refuse_hidden(connection: Connection) -> None:
    """Refuse to look at all rows where a rule that is not of the fence may hide some.

    Raises:
        HiddenRowsError: naming the tables.

    """
    if hidden := connection.execute(text(HIDING), {"own": list(POLICIES)}).scalars().all():
        raise HiddenRowsError(", ".join(hidden))


def sees_past(connection: Connection) -> bool:
    """Tell whether this account sees past every fence of the database: a superuser, or one that bypasses policies."""
    own = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    return _has_fence(connection) and bool(connection.scalar(own))


def _has_fence(place: Session | Connection) -> bool:
    bind = place.get_bind() if isinstance(place, Session) else place
    return bind.dialect.name == "postgresql"
