"""The connection, and the two kinds of transaction: reading, and writing for one centre."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneLeftError
from sqlalchemy.orm import Session

from portal.records import keyed, seal, wrapping
from portal.records.fence import Across, look_from
from portal.records.given_keys import given_in
from portal.records.models import CaseRecord, Centre
from portal.records.seal import UnreadableError
from portal.records.wrapping import MoreKeys, NotGivenError, Wrappers
from portal.settings import Settings

SECONDS_TO_WAIT_FOR_A_WRITER = 20
SECONDS_TO_WAIT_FOR_A_CONNECTION = 30
SECONDS_TO_CONNECT = 5
KEPT_CONNECTIONS, MOST_CONNECTIONS = 5, 20  # the most: fewer than a server's threads, of which some must stay free
ALIVE = {"connect_timeout": SECONDS_TO_CONNECT, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
IN_LETTERS = {"client_encoding": "utf8"}  # a server that was installed where no language was set gives bytes otherwise


def new_id() -> str:
    """Return a random id that tells nothing."""
    return secrets.token_hex(16)


class Database:
    """The records of one installation."""

    def __init__(
        self,
        address: str,
        sealing_keys: bytes | Sequence[bytes],
        own_keys: MoreKeys | None = None,
        *,
        patience: float = SECONDS_TO_WAIT_FOR_A_CONNECTION,
    ) -> None:
        """Connect to an SQLAlchemy address; the sealing keys, the newest last, open the keys of the centres.

        `own_keys` are those that hospitals hold themselves, and give while this runs. `patience` is how many seconds to
        wait for a connection where as many are in use as there may be.
        """
        self.engine = _engine(address, patience)
        self.sealing_keys = (sealing_keys,) if isinstance(sealing_keys, bytes) else tuple(sealing_keys)
        self.wrappers = Wrappers(self.sealing_keys, own_keys)

    @classmethod
    def of(cls, settings: Settings, *, patience: float = SECONDS_TO_WAIT_FOR_A_CONNECTION) -> "Database":
        """Return the records that the settings name, with the keys that are given."""
        given = given_in(settings.centre_keys) if settings.centre_keys else None
        return cls(settings.database, settings.sealing_keys, given, patience=patience)

    @contextmanager
    def reading(self, centre_id: str | None = None, *, across: Across | None = None) -> Iterator[Session]:
        """Give a session that writes nothing: what it would write, PostgreSQL refuses and SQLite takes back.

        It looks from one centre, or by a named way across all; by neither, PostgreSQL shows it nothing.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin() as transaction:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN")  # or every question would see another moment
            look_from(session, centre_id, across, only_reads=True)
            yield session
            session.expunge_all()
            if self.engine.dialect.name == "sqlite":  # PostgreSQL's is not: its driver would forget what it prepared
                transaction.rollback()

    @contextmanager
    def writing(
        self, centre_id: str | None = None, *, across: Across | None = None, patience: int | None = None
    ) -> Iterator[Session]:
        """Give a session in one transaction, all or nothing; writers of one centre come one after the other.

        It looks from that centre, or by a named way across all; by neither, PostgreSQL shows it nothing.
        SQLite has one writer at a time; elsewhere the centre's row is locked, so that its journal cannot fork.
        `patience` is how many seconds to wait for another writer, where less than usual.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            seconds = SECONDS_TO_WAIT_FOR_A_WRITER if patience is None else patience
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql(f"PRAGMA busy_timeout = {seconds * 1000}")
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            else:
                session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {seconds * 1000 or 1}")
            look_from(session, centre_id, across)
            if centre_id is not None and self.engine.dialect.name != "sqlite":
                session.execute(select(Centre.id).where(Centre.id == centre_id).with_for_update())
            yield session

    def only_reads(self) -> bool:
        """Tell whether the server takes nothing: it follows another, or was told to take nothing."""
        if self.engine.dialect.name == "sqlite":
            return False
        with self.engine.connect() as connection:
            return bool(connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on")

    def keyed_hash(self, purpose: str, text: str) -> str:
        """Return a hash that only this installation can make, for looking up what must not be readable."""
        return keyed.keyed_hash(self.sealing_keys[-1], purpose, text)

    def keyed_hashes(self, purpose: str, text: str) -> tuple[str, ...]:
        """Return every form in which such a hash may stand, the newest first: under each key, as it was written."""
        return keyed.keyed_hashes(self.sealing_keys, purpose, text)

    def new_centre_key(self, centre_id: str, wrapping_key: bytes | None = None) -> bytes:
        """Return a wrapped key for a new centre; wrapped by its hospital's own key, where it has one."""
        return wrapping.written([wrapping.wrap(wrapping_key or self.wrappers.newest, seal.new_key(), centre_id)])

    def centre_keys(self, session: Session, centre_id: str) -> tuple[bytes, ...]:
        """Return the keys of a centre, the newest last: more than one while its key changes.

        Raises:
            portal.records.wrapping.NotGivenError: the key that opens it was not given.

        """
        return self.wrappers.unwrap_all(session.get_one(Centre, centre_id).wrapped_key, centre_id)

    def centre_key(self, session: Session, centre_id: str) -> bytes:
        """Return the key with which something of a centre is written now.

        Raises:
            portal.records.wrapping.NotGivenError: the key that opens it was not given.

        """
        return self.centre_keys(session, centre_id)[-1]

    def wrapping_keys(self, session: Session, centre_id: str) -> tuple[bytes, ...]:
        """Return what wraps the keys of a centre, the newest last: its hospital's own, or the installation's keys.

        Raises:
            portal.records.wrapping.NotGivenError: its hospital's own key was not given.

        """
        newest = wrapping.read(session.get_one(Centre, centre_id).wrapped_key)[-1]
        by = self.wrappers.unwrap(newest, centre_id)[1]
        return self.sealing_keys if by in self.sealing_keys else (by,)

    def is_given(self, centre: Centre) -> bool:
        """Tell whether the key of a centre can be opened with the keys that were given."""
        try:
            self.wrappers.unwrap_all(centre.wrapped_key, centre.id)
        except NotGivenError:
            return False
        return True

    def closed_centres(self, session: Session) -> frozenset[str]:
        """Return the centres whose key was not given: nothing sealed of them opens."""
        return frozenset(one.id for one in session.scalars(select(Centre)) if not self.is_given(one))

    def case_key(self, session: Session, case: CaseRecord) -> bytes:
        """Return the key of a case; once it is gone, the case cannot be read any more.

        Raises:
            portal.records.wrapping.NotGivenError: the key of its centre was not given.
            portal.records.seal.UnreadableError: it is gone, or another key's.

        """
        return self.unwrapped(session, case.centre_id, case.id, case.wrapped_key)

    def unwrapped(self, session: Session, centre_id: str, case_id: str, wrapped: bytes) -> bytes:
        """Return the key of a case that was read as wrapped.

        A centre's key may change between the reading of one row and the other: then both are read again, in one.

        Raises:
            portal.records.wrapping.NotGivenError: as for `case_key`.
            portal.records.seal.UnreadableError: likewise.

        """
        try:
            return case_key_by(self.centre_keys(session, centre_id), case_id, wrapped)
        except (UnreadableError, NotGivenError):
            both = select(Centre.wrapped_key, CaseRecord.wrapped_key).join(
                CaseRecord, CaseRecord.centre_id == Centre.id
            )
            now = session.execute(both.where(CaseRecord.id == case_id)).one_or_none()
            if now is None:
                raise
            return case_key_by(self.wrappers.unwrap_all(now[0], centre_id), case_id, now[1])


def case_key_by(centre_keys: Sequence[bytes], case_id: str, wrapped: bytes) -> bytes:
    """Return the key of a case that one of these keys of its centre opens.

    Raises:
        portal.records.seal.UnreadableError: none does.

    """
    for centre_key in reversed(centre_keys):
        try:
            return seal.unseal(centre_key, wrapped, "case_record", "wrapped_key", case_id)
        except UnreadableError:
            continue
    raise UnreadableError("case_record", "wrapped_key", case_id)


def wrapped_case_key(centre_key: bytes, case_id: str, key: bytes) -> bytes:
    """Wrap the key of a case."""
    return seal.seal(centre_key, key, "case_record", "wrapped_key", case_id)


def is_away(error: BaseException) -> bool:
    """Tell whether the records could not be reached, or not be written: away, full, read-only, stuck, or too busy.

    What was written before the error does not stand; whether a last word was still taken, nobody can tell.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, OperationalError | InterfaceError | InternalError | NoneLeftError)


def _engine(address: str, patience: float) -> Engine:
    shared: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": KEPT_CONNECTIONS,
        "max_overflow": MOST_CONNECTIONS - KEPT_CONNECTIONS,
        "pool_timeout": patience,
    }
    if not address.startswith("sqlite"):
        return create_engine(address, pool_pre_ping=True, connect_args=ALIVE | IN_LETTERS, **shared)
    if file := address.removeprefix("sqlite:///"):
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(address, connect_args={"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}, **shared)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says when a transaction begins, not the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what is deleted leaves no text in the file
        "recursive_triggers = ON",  # without it, INSERT OR REPLACE slips past the journal's triggers
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
