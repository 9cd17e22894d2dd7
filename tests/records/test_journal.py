"""The journal is only added to; whoever changes it is found."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.records import journal
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.patterns import past_the_guards


@pytest.fixture
def written(database: Database, clock: StillClock) -> Team:
    team = make_team(database, clock, "north")
    for number in range(4):
        make_case(database, clock, team, f"REF-{number}")
    return team


def broken_at(database: Database, team: Team) -> int | None:
    with database.reading() as session:
        return journal.verify(session, team.centre_id)


def test_every_line_fits(database: Database, written: Team) -> None:
    assert broken_at(database, written) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal SET action = 'x' WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "INSERT OR REPLACE INTO journal "
        "SELECT centre_id, seq, at, actor, 'x', subject, previous, hash FROM journal WHERE seq = 3",
        "TRUNCATE journal",
    ],
)
def test_the_database_itself_refuses_a_change(database: Database, written: Team, change: str) -> None:
    other_dialect = {"INSERT OR": "postgresql", "TRUNCATE": "sqlite"}
    if other_dialect.get(change.split(" R", maxsplit=1)[0].split(" j", maxsplit=1)[0]) == database.engine.dialect.name:
        return  # not a sentence this database understands
    with pytest.raises(DatabaseError), database.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert broken_at(database, written) is None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("UPDATE journal SET action = 'x' WHERE seq = 3", 3),
        ("UPDATE journal SET actor = subject WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 1", 1),
    ],
)
def test_who_gets_past_the_database_is_found_by_the_check(
    database: Database, written: Team, change: str, line: int
) -> None:
    with past_the_guards(database) as connection:
        connection.execute(text(change))
    assert broken_at(database, written) == line


def test_eight_at_once_keep_one_chain(database: Database, written: Team, clock: StillClock) -> None:
    def work(name: int) -> None:
        for number in range(5):
            make_case(database, clock, written, f"T{name}-{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken_at(database, written) is None
    with database.reading() as session:
        assert session.execute(text("SELECT count(*), max(seq) FROM journal")).one() == (45, 45)
