"""A reading leaves nothing behind but what the database learned of the question."""

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import InternalError

from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import Centre
from tests.clock import StillClock
from tests.conftest import make_team

WRITE = update(Centre).values(name="written while reading")


def test_what_a_reading_would_write_does_not_stand(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "A")
    if database.engine.dialect.name == "sqlite":
        with database.reading(team.centre_id) as session:
            session.execute(WRITE)
    else:
        with database.reading(team.centre_id) as session, pytest.raises(InternalError, match="read-only transaction"):
            session.execute(WRITE)
    with database.reading(team.centre_id) as session:
        assert session.get_one(Centre, team.centre_id).name != "written while reading"


def test_what_a_reading_changes_of_an_object_does_not_stand(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "A")
    with database.reading(team.centre_id) as session:
        session.get_one(Centre, team.centre_id).name = "written while reading"
    with database.reading(team.centre_id) as session:
        assert session.get_one(Centre, team.centre_id).name != "written while reading"


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_question_asked_again_and_again_is_planned_once(database: Database) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%count(%FROM centre%'")
    for _ in range(7):  # the driver prepares what it was asked more than five times
        with database.reading(across=Across.CENTRES) as session:
            session.scalar(select(func.count()).select_from(Centre))
    with database.reading(across=Across.CENTRES) as session:
        assert session.scalar(prepared) == 1
