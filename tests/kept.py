"""A database as it stood at one moment, put back as often as something was tried on it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from portal.records.database import Database
from tests.kinds import SQLITE
from tests.patterns import address_of, copied_as, copied_inside, dropped


class Kept:
    """What a database holds now; a new one is made of it each time, so nothing of a try is left."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._address = database, address_of(database)
        self._is_file = database.engine.dialect.name == SQLITE
        database.engine.dispose()  # PostgreSQL copies only what nobody looks at
        if self._is_file:
            self._copy = f"sqlite:///{folder / 'kept.sqlite'}"
            _copy_file(self._address, self._copy)
        else:
            self._copy = copied_inside(self._address, "kept")

    def put_back(self) -> None:
        """Let everything be as it was."""
        self._database.engine.dispose()
        if self._is_file:
            _copy_file(self._copy, self._address)
        else:
            dropped(self._address)
            copied_as(self._copy, self._address)


def _copy_file(source: str, to: str) -> None:
    files = [address.removeprefix("sqlite:///") for address in (source, to)]
    with closing(sqlite3.connect(files[0])) as one, closing(sqlite3.connect(files[1])) as another:
        one.backup(another)
