"""The connection, and the two kinds of transaction: reading, and writing for one centre."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session

from portal.records import seal
from portal.records.models import CaseRecord, Centre

SECONDS_TO_WAIT_FOR_A_WRITER = 20


def new_id() -> str:
    """Return a random id that tells nothing."""
    return secrets.token_hex(16)


class Database:
    """The records of one installation."""

    def __init__(self, address: str, sealing_key: bytes) -> None:
        """Connect to an SQLAlchemy address; the sealing key opens the keys of the centres."""
        self.engine = _engine(address)
        self._sealing_key = sealing_key

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that writes nothing: it ends without a commit."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, centre_id: str | None = None, *, patience: int | None = None) -> Iterator[Session]:
        """Give a session in one transaction, all or nothing; writers of one centre come one after the other.

        SQLite has one writer at a time; elsewhere the centre's row is locked, so that its journal cannot fork.
        `patience` is how many seconds to wait for another writer, where less than usual.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.engine.dialect.name == "sqlite":
                seconds = SECONDS_TO_WAIT_FOR_A_WRITER if patience is None else patience
                session.connection().exec_driver_sql(f"PRAGMA busy_timeout = {seconds * 1000}")
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            elif centre_id is not None:
                session.execute(select(Centre.id).where(Centre.id == centre_id).with_for_update())
            yield session

    def keyed_hash(self, purpose: str, text: str) -> str:
        """Return a hash that only this installation can make, for looking up what must not be readable."""
        return seal.blind_index(seal.derived_key(self._sealing_key, purpose), text)

    def new_centre_key(self, centre_id: str) -> bytes:
        """Return a wrapped key for a new centre."""
        return seal.seal(self._sealing_key, seal.new_key(), "centre", "wrapped_key", centre_id)

    def centre_key(self, session: Session, centre_id: str) -> bytes:
        """Return the key of a centre."""
        centre = session.get_one(Centre, centre_id)
        return seal.unseal(self._sealing_key, centre.wrapped_key, "centre", "wrapped_key", centre_id)

    def case_key(self, session: Session, case: CaseRecord) -> bytes:
        """Return the key of a case; once it is gone, the case cannot be read any more."""
        centre_key = self.centre_key(session, case.centre_id)
        return seal.unseal(centre_key, case.wrapped_key, "case_record", "wrapped_key", case.id)


def _engine(address: str) -> Engine:
    if not address.startswith("sqlite"):
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if file := address.removeprefix("sqlite:///"):
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(address, connect_args={"timeout": SECONDS_TO_WAIT_FOR_A_WRITER}, hide_parameters=True)
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
