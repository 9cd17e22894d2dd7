"""The records room makes hundreds of databases: each is a copy of one that was brought up once."""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, event, text

from portal.access import hashing
from portal.records.database import Database
from portal.records.migrate import upgrade

KEY = b"k" * 32
_numbers = count(1)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody signs in here: how long a password takes is tested where it matters."""
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _brought_up(tmp_path_factory.mktemp("pattern") / "records.sqlite")


def _brought_up(file: Path) -> Path:
    made = Database(f"sqlite:///{file}", KEY)
    upgrade(made)
    made.engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgresql_pattern(request: pytest.FixtureRequest) -> str:
    address: str = request.getfixturevalue("cluster").database("pattern")
    made = Database(address, KEY)
    upgrade(made)
    made.engine.dispose()
    return address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind, with its tables."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_pattern"), tmp_path / "records.sqlite")
        address = f"sqlite:///{file}"
    else:
        address = _copied(request.getfixturevalue("postgresql_pattern"), f"records_{next(_numbers)}")
    made = Database(address, KEY)
    if request.param == "sqlite":
        event.listen(made.engine, "connect", _unhurried)
    yield made
    made.engine.dispose()


def _unhurried(connection: Any, _record: object) -> None:
    """Leave it to the system when bytes reach the disk: no test takes away the current."""
    connection.execute("PRAGMA synchronous = OFF").close()


def _copied(pattern: str, name: str) -> str:
    maintenance = create_engine(pattern.replace("/pattern?", "/postgres?"), isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE pattern STRATEGY file_copy"))
    maintenance.dispose()
    return pattern.replace("/pattern?", f"/{name}?")
