"""Brings the tables to the shape this version needs, or back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from portal.records.database import Database
from portal.records.fence import Across, look_from

MIGRATIONS = Path(__file__).parent / "migrations"


class NotEmptyError(Exception):
    """There are tables already: what is there is never written over."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply the migrations up to a revision."""
    with _all_or_nothing(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to a revision; `base` removes every table."""
    with _all_or_nothing(database) as connection:
        command.downgrade(_config(connection), revision)


def check(database: Database) -> None:
    """Raise alembic.util.CommandError where the tables differ from the models."""
    with database.engine.begin() as connection:
        command.check(_config(connection))


def is_current(database: Database) -> bool:
    """Tell whether the tables have the shape this version needs."""
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
        return set(present) == set(ScriptDirectory.from_config(_config(connection)).get_heads())


def revision_of(connection: Connection) -> str:
    """Return the revision of the tables that a connection sees; empty where there are none."""
    return ",".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def knows(database: Database, revision: str) -> bool:
    """Tell whether this version knows a revision: one that a newer version made, it does not."""
    with database.engine.connect() as connection:
        script = ScriptDirectory.from_config(_config(connection))
        return revision in {one.revision for one in script.walk_revisions()}


def fill(database: Database, revision: str, write: Callable[[Connection], None]) -> None:
    """Make the tables of a revision in an empty database, have rows written, and bring all to this version; or nothing.

    Raises:
        NotEmptyError: there are tables already.

    """
    with _all_or_nothing(database) as connection:
        if inspect(connection).get_table_names():
            raise NotEmptyError
        command.upgrade(_config(connection), revision)
        write(connection)
        command.upgrade(_config(connection), "head")


@contextmanager
def _all_or_nothing(database: Database) -> Iterator[Connection]:
    """Give a connection whose every change stands, or none.

    SQLite rebuilds a table to change it. Its foreign keys rest meanwhile, or what points to the table would be lost;
    they are checked before anything stands.
    """
    if database.engine.dialect.name != "sqlite":
        with database.engine.begin() as connection:
            look_from(connection, None, Across.MIGRATION)
            yield connection
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        try:
            with _immediately(connection):
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError(f"after the migration, a row of {broken[0]} points to nothing")
        finally:  # also where somebody else was writing and nothing began
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")


@contextmanager
def _immediately(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
