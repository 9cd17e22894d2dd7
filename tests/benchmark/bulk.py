"""Many rows at once, without the care that people's data need: no journal mode, no keys checked, indexes built last.

Rows hold what both databases read alike: days and moments as text, moments in UTC.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Table

from portal.records.database import Database

Row = tuple[Any, ...]
Write = Callable[[Table, Sequence[Row]], None]
FOR_SQLITE = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "foreign_keys = OFF",
    "cache_size = -1500000",
    "temp_store = MEMORY",
)


def as_day(day: date | None) -> str | None:
    """Write a day as both databases read it."""
    return None if day is None else day.isoformat()


def as_moment(moment: datetime | None) -> str | None:
    """Write a moment as both databases read it, in UTC."""
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


@contextmanager
def writing_much(database: Database, columns: Mapping[Table, Sequence[str]]) -> Iterator[Write]:
    """Give what writes rows into these columns; at the end their tables have their indexes again, and are looked at.

    Only for a database that nobody else uses yet: what is broken off half-way is thrown away.
    """
    is_sqlite = database.engine.dialect.name == "sqlite"
    _drop_indexes(database, columns)
    raw = database.engine.raw_connection()
    cursor: Any = raw.cursor()
    try:
        yield from (_sqlite(cursor, columns) if is_sqlite else _postgresql(cursor, columns))
        raw.commit()
    finally:
        raw.close()
        database.engine.dispose()  # what was set for this connection must not serve the measuring
    _create_indexes(database, columns)
    if not is_sqlite:  # it does so by itself within minutes; SQLite does not, nor does the portal
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _sqlite(cursor: Any, columns: Mapping[Table, Sequence[str]]) -> Iterator[Write]:
    for pragma in FOR_SQLITE:
        cursor.execute(f"PRAGMA {pragma}").fetchall()
    statements = {table: _insert(table, names) for table, names in columns.items()}
    cursor.execute("BEGIN")
    yield lambda table, rows: cursor.executemany(statements[table], rows)
    cursor.execute("COMMIT")
    cursor.execute("PRAGMA journal_mode = WAL").fetchall()  # an answer that nobody reads keeps the file locked


def _postgresql(cursor: Any, columns: Mapping[Table, Sequence[str]]) -> Iterator[Write]:
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.execute("SET session_replication_role = replica")  # no look at the other table for each row
    yield lambda table, rows: _copy(cursor, table, columns[table], rows)


def _insert(table: Table, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _copy(cursor: Any, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _drop_indexes(database: Database, tables: Iterable[Table]) -> None:
    with database.engine.begin() as connection:
        for table in tables:
            for index in table.indexes:
                index.drop(connection)


def _create_indexes(database: Database, tables: Iterable[Table]) -> None:
    with database.engine.begin() as connection:
        _give_memory(connection)
        for table in tables:
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                index.create(connection)


def _give_memory(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
    else:
        connection.exec_driver_sql("PRAGMA cache_size = -500000")
