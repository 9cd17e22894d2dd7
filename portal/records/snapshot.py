"""Every row of every table as it stood in one moment, while others go on writing; and rows put back.

One form for both databases, so that a backup needs no program beside this one, never lies on the disk unsealed, and
fits the other database too. A row is one line of JSON in the order of its columns.
"""

import base64
import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, select

from portal.records.database import Database
from portal.records.fence import Across, look_from, refuse_hidden
from portal.records.models import Base

BATCH = 500
WRAPPED = "wrapped_key"
CASES = "case_record"

Counts = dict[str, int]


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """Give a connection that sees the database as it stands now, whatever others write meanwhile.

    Raises:
        HiddenRowsError: another rule than the fence may hide rows: half a backup would look like a whole one.

    """
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            look_from(connection, None, Across.BACKUP)
            refuse_hidden(connection)
        try:
            yield connection
        finally:
            connection.rollback()


def counts(connection: Connection) -> Counts:
    """Return how many rows each table has, in the order in which they can be put back."""
    every = Base.metadata.sorted_tables
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in every}


def columns() -> dict[str, list[str]]:
    """Return the columns of each table, in the order of the values of a row."""
    return {table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables}


def rows(connection: Connection, *, with_keys: bool) -> Generator[bytes, None, None]:
    """Give every row of every table as a line; without the keys of cases where they are left out."""
    for table in Base.metadata.sorted_tables:
        left_out = None if with_keys or table.name != CASES else list(table.columns.keys()).index(WRAPPED)
        wanted = table.select().order_by(*table.primary_key.columns)
        streamed = connection.execute(wanted, execution_options={"stream_results": True, "yield_per": BATCH})
        with closing(streamed) as found:
            for row in found:
                values = [_said(value) for value in row]
                if left_out is not None:
                    values[left_out] = None
                yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_row(line: bytes) -> list[Any]:
    """Return the values of a row."""
    return [_meant(value) for value in json.loads(line)]


def put_back(connection: Connection, name: str, names: Sequence[str], values: Iterable[list[Any]]) -> Iterator[int]:
    """Write rows into a table as it is there, in batches; give how many were written each time."""
    table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
    is_naive = connection.dialect.name == "sqlite"
    rest = iter(values)
    while batch := [_fitting(row, is_naive=is_naive) for row in islice(rest, BATCH)]:
        connection.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in batch])
        yield len(batch)


def _said(value: object) -> object:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"m": value.astimezone(UTC).isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _meant(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind == "b":
        return base64.b64decode(text)
    return datetime.fromisoformat(text) if kind == "m" else date.fromisoformat(text)


def _fitting(row: list[Any], *, is_naive: bool) -> list[Any]:
    """SQLite knows no time zones: a moment stands there in UTC."""
    return [value.replace(tzinfo=None) if is_naive and isinstance(value, datetime) else value for value in row]
