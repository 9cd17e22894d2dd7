"""Away, stuck, full or read-only: what cannot be written says so soon, and nothing of it stands."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoneLeftError

from portal.access.team import add_centre
from portal.records.database import MOST_CONNECTIONS, Database, is_away
from portal.records.models import Centre
from tests.clock import StillClock
from tests.conftest import make_case, make_team
from tests.patterns import Overlooking

READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET default_transaction_read_only = on"}


def every_connection_says(database: Database, said: str) -> None:
    """Let each connection begin with this, as if the disk were so."""
    database.engine.dispose()

    def say(connection: object, _record: object) -> None:
        connection.cursor().execute(said)  # type: ignore[attr-defined]  # either driver's
        if database.engine.dialect.name == "postgresql":
            connection.commit()  # type: ignore[attr-defined]

    event.listen(database.engine, "connect", say)


def make_centres(database: Database, many: int, told: list[str]) -> None:
    """Make centres, and write down each that was taken."""
    for number in range(many):
        told.append(add_centre(database, f"one of many, with a long name {number}"))


def centres(database: Database) -> int:
    with database.reading() as session:
        return session.query(Centre).count()


def test_whoever_writes_waits_for_another_writer_no_longer_than_was_said(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "north")
    with (
        database.writing(team.centre_id),
        pytest.raises(DBAPIError) as stuck,
        database.writing(team.centre_id, patience=0),
    ):
        raise AssertionError("two wrote at once")
    assert is_away(stuck.value)
    make_case(database, clock, team)  # and nothing stays stuck


def test_a_disk_that_can_only_be_read_is_read_and_takes_nothing(database: Database) -> None:
    add_centre(database, "before")
    every_connection_says(database, READ_ONLY[database.engine.dialect.name])
    with pytest.raises(DBAPIError) as refused:
        add_centre(database, "after")
    assert is_away(refused.value)
    assert centres(database) == 1


def test_a_full_disk_takes_all_of_it_or_nothing(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        return  # PostgreSQL's disk is filled by tests/faults
    add_centre(database, "before")
    with database.reading() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    every_connection_says(database, f"PRAGMA max_page_count = {pages}")
    told: list[str] = []
    with pytest.raises(DBAPIError) as full:
        make_centres(database, 1000, told)
    assert is_away(full.value)
    assert centres(database) == 1 + len(told)


def test_a_stuck_database_holds_no_more_than_some_connections(database: Database) -> None:
    hurried = Overlooking(database.engine.url.render_as_string(hide_password=False), b"k" * 32, patience=0)
    held = [hurried.engine.connect() for _ in range(MOST_CONNECTIONS)]
    with pytest.raises(NoneLeftError) as none_left, hurried.reading() as session:
        session.connection()
    assert is_away(none_left.value)
    for one in held:
        one.close()
    assert centres(hurried) == 0
    hurried.engine.dispose()


def test_what_is_wrong_in_the_program_is_not_called_away(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "north")
    with pytest.raises(IntegrityError) as twice, database.writing() as session:
        session.add(Centre(id=team.centre_id, name="again", wrapped_key=b"k"))
    assert not is_away(twice.value)
    assert not is_away(ValueError())
