"""The tests make hundreds of databases: each is a copy of one that was brought up once.

PostgreSQL is worked with under the account of the portal, for which its fence stands. What a test itself looks at or
plants, without saying a centre, it sees whole.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
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
    name = f"{kind}_{next(_numbers)}"
    return under(APP, created(pattern, name, f"TEMPLATE {make_url(pattern).database} STRATEGY file_copy"))


def created(beside: str, name: str, how: str) -> str:
    """Create a PostgreSQL database beside another; return its address, for who may do everything."""
    almighty = make_url(under(ALMIGHTY, beside))
    maintenance = create_engine(almighty.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} OWNER {OWNER} {how}"))
    maintenance.dispose()
    return almighty.set(database=name).render_as_string(hide_password=False)


def address_of(database: Database) -> str:
    """Return the address of a database."""
    return database.engine.url.render_as_string(hide_password=False)


def under(account: str, address: str) -> str:
    """Return the address of a database under an account of its server; SQLite has none."""
    url = make_url(address)
    return address if url.drivername == "sqlite" else url.set(username=account).render_as_string(hide_password=False)


class Overlooking(Database):
    """The records, as a test has them: whoever says no centre sees everything, which the portal itself never does."""

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
    return Across.MIGRATION if centre_id is None and across is None else across


def _overlooking(connection: Any, _record: object) -> None:
    connection.execute(f"SET {ACROSS} = '{Across.MIGRATION}'")
    connection.commit()


def unhurried(engine: Engine) -> None:
    """Leave it to the system when bytes reach the disk: no test takes away the current."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unhurried)


def _unhurried(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()


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
