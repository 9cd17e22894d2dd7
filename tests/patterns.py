"""The tests make hundreds of databases: each is a copy of one that was brought up once."""

import shutil
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text

from portal.records.database import Database
from portal.records.migrate import upgrade

PATTERN = "pattern"
_numbers = count(1)


def brought_up(address: str) -> str:
    """Make the tables of this version in an empty database, and let go of it; return its address."""
    made = Database(address, b"nothing is sealed in a pattern!!")
    upgrade(made)
    made.engine.dispose()
    return address


def copied_file(pattern: str, to: Path) -> str:
    """Copy an SQLite pattern to where nothing is yet; return the address of the copy."""
    shutil.copy(pattern.removeprefix("sqlite:///"), to)
    return f"sqlite:///{to}"


def copied_inside(pattern: str, kind: str) -> str:
    """Copy a PostgreSQL pattern beside itself; return the address of the copy."""
    name = f"{kind}_{next(_numbers)}"
    maintenance = create_engine(pattern.replace(f"/{PATTERN}?", "/postgres?"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {PATTERN} STRATEGY file_copy"))
    maintenance.dispose()
    return pattern.replace(f"/{PATTERN}?", f"/{name}?")


def unhurried(engine: Engine) -> None:
    """Leave it to the system when bytes reach the disk: no test takes away the current."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unhurried)


def _unhurried(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF").close()
