"""The tests make hundreds of databases: each is a copy of one that was brought up once.

PostgreSQL is worked with under the account of the portal, for which its fence stands. What a test itself looks at or
plants, without saying a centre, it sees whole.
"""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from portal.records.database import SECONDS_TO_WAIT_FOR_A_CONNECTION, Database
from portal.records.fence import ACROSS, Across
from portal.records.migrate import upgrade
from portal.records.wrapping import MoreKeys
from tests.machine import ALMIGHTY, APP, OWNER

PATTERN = "pattern"
_numbers = count(1)


def brought_up(address: str) -> str:
    """Make the tables of this version in an empty database, as its owner, and let go of it; return its address."""
    made = Database(under(OWNER, address), b"nothing is sealed in a pattern!!")
    upgrade(made)
    made.engine.dispose()
    return address


def copied_file(pattern: str, to: Path) -> str:
    """Copy an SQLite pattern to where nothing is yet; return the address of the copy."""
    shutil.copy(pattern.removeprefix("sqlite:///"), to)
    return f"sqlite:///{to}"


def copied_inside(pattern: str, kind: str) -> str:
    """Copy a PostgreSQL database beside itself; return the address of the copy, under the portal's account."""
    copy = beside(pattern, kind)
    copied_as(pattern, copy)
    return copy


def beside(pattern: str, kind: str) -> str:
    """Return an address beside a PostgreSQL database, where nothing is yet, under the portal's account."""
    url = make_url(under(APP, pattern)).set(database=f"{kind}_{next(_numbers)}")
    return url.render_as_string(hide_password=False)


def copied_as(pattern: str, copy: str) -> None:
    """Copy a PostgreSQL database to an address beside it, where nothing is yet."""
    created(pattern, str(make_url(copy).database), f"TEMPLATE {make_url(pattern).database} STRATEGY file_copy")


def created(beside: str, name: str, how: str) -> str:
    """Create a PostgreSQL database beside another; return its address, for who may do everything."""
    with _server_of(beside).connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER {OWNER} {how}"))
    return make_url(under(ALMIGHTY, beside)).set(database=name).render_as_string(hide_password=False)


def dropped(address: str) -> None:
    """Drop a PostgreSQL database, if it is there, whoever still looks at it."""
    with _server_of(address).connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {make_url(address).database} WITH (FORCE)"))


def _server_of(address: str) -> Engine:
    return _server(make_url(under(ALMIGHTY, address)).set(database="postgres").render_as_string(hide_password=False))


@cache
def _server(address: str) -> Engine:
    return create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def address_of(database: Database) -> str:
    """Return the address of a database."""
    return database.engine.url.render_as_string(hide_password=False)


def under(account: str, address: str) -> str:
    """Return the address of a database under an account of its server; SQLite has none."""
    url = make_url(address)
    return address if url.drivername == "sqlite" else url.set(username=account).render_as_string(hide_password=False)


class Overlooking(Database):
    """The records, as a test has them: if it says no centre, it sees everything.

    The portal does not: what a room of it asks through this meets the fence as it stands, also where a question forgot
    to name its centre.
    """

    def __init__(
        self,
        address: str,
        sealing_keys: bytes | Sequence[bytes],
        own_keys: MoreKeys | None = None,
        *,
        patience: float = SECONDS_TO_WAIT_FOR_A_CONNECTION,
    ) -> None:
        super().__init__(address, sealing_keys, own_keys, patience=patience)
        if self.engine.dialect.name == "postgresql":  # for a connection that asks nobody; a transaction says its own
            event.listen(self.engine, "connect", _overlooking)

    @contextmanager
    def reading(self, centre_id: str | None = None, *, across: Across | None = None) -> Iterator[Session]:
        with super().reading(centre_id, across=_all_unless(centre_id, across)) as session:
            yield session

    @contextmanager
    def writing(
        self, centre_id: str | None = None, *, across: Across | None = None, patience: int | None = None
    ) -> Iterator[Session]:
        with super().writing(centre_id, across=_all_unless(centre_id, across), patience=patience) as session:
            yield session


def _all_unless(centre_id: str | None, across: Across | None) -> Across | None:
    return Across.MIGRATION if centre_id is None and across is None and not _asked_by_the_portal() else across


def _asked_by_the_portal() -> bool:
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals["__name__"] in {__name__, "contextlib"}:
        frame = frame.f_back
    return str(frame.f_globals["__name__"]).split(".")[0] == "portal"


def _overlooking(connection: Any, _record: object) -> None:
    connection.execute(f"SET {ACROSS} = '{Across.MIGRATION}'")
    connection.commit()


def unhurried(engine: Engine) -> None:
    """Leave it to the system when bytes reach the disk: no test takes away the current."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unhurried)


def _unhurried(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()


def taken_away(database: Database) -> None:
    """Let the records be away, until the end of the test."""
    database.engine.dispose()
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as connection:
            for table in ("link", "visit"):
                connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_elsewhere")
    else:
        dropped(address_of(database))


@contextmanager
def owners_hands(database: Database) -> Iterator[Connection]:
    """Give a transaction of whoever owns the tables: their triggers are theirs to drop."""
    if database.engine.dialect.name == "sqlite":
        with database.engine.begin() as connection:
            yield connection
        return
    owner = Overlooking(under(OWNER, address_of(database)), b"nothing is opened by whoever owns")
    with owner.engine.begin() as connection:
        yield connection
    owner.engine.dispose()


@contextmanager
def past_the_guards(database: Database) -> Iterator[Connection]:
    """Give a transaction of a thief who owns the tables: nothing keeps the journal from being changed any more."""
    with owners_hands(database) as connection:
        if database.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER journal_no_update")
            connection.exec_driver_sql("DROP TRIGGER journal_no_delete")
        else:
            connection.exec_driver_sql("ALTER TABLE journal DISABLE TRIGGER USER")
        yield connection
