"""What is asked of a database, and whether it goes through more than it should."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from portal.records.database import Database

GROWS = (
    "case_record",
    "item",
    "request_record",
    "message",
    "hold",
    "extension",
    "today_line",
    "journal",
    "link",
    "visit",
)
GOES_THROUGH = re.compile(
    rf"SCAN ({'|'.join(GROWS)})\b.*"
    # but for the index of the anchors, of which a day has one
    rf"|SEARCH ({'|'.join(GROWS)}) USING (?!INDEX ix_journal_anchors )[\w ]+ \((centre_id=\?|id>\?)\)"
)
Asked = tuple[str, Any]


@contextmanager
def questions(database: Database) -> Iterator[list[Asked]]:
    """Give what is asked of a database meanwhile."""
    asked: list[Asked] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def assert_by_index(database: Database, asked: Sequence[Asked], *but_for: str) -> None:
    """Fail where a question goes through a table that grows, or through all that a centre has in it.

    SQLite says how it answers before it knows how much there is; PostgreSQL only once there is much. `but_for` are
    beginnings of questions that may.
    """
    with database.engine.connect() as connection:
        for statement, parameters in dict(asked_once(asked)).items():
            if statement.startswith(("PRAGMA", "BEGIN", "INSERT", *but_for)):
                continue
            steps = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            wrong = [one for one in steps if GOES_THROUGH.fullmatch(one)]
            assert (steps != [], wrong) == (True, []), statement


def asked_once(asked: Sequence[Asked]) -> Iterator[Asked]:
    """Give each question once, with the parameters it was last asked with; of many rows at once, the first."""
    for statement, parameters in asked:
        yield statement, parameters[0] if isinstance(parameters, list) else parameters
