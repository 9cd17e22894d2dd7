"""Up, down and up again; the tables are the models'; data survive."""

from sqlalchemy import inspect

from portal.records import migrate
from portal.records.database import Database
from portal.records.models import CaseRecord
from tests.clock import StillClock
from tests.conftest import make_case, make_team


def test_the_tables_are_the_models(database: Database) -> None:
    migrate.check(database)


def test_going_up_again_keeps_what_is_there(database: Database, clock: StillClock) -> None:
    team = make_team(database, clock, "north")
    case_id = make_case(database, clock, team)
    migrate.upgrade(database)
    with database.reading() as session:
        assert session.get_one(CaseRecord, case_id).centre_id == team.centre_id


def test_down_removes_every_table_also_with_data_and_up_makes_them_anew(database: Database, clock: StillClock) -> None:
    make_case(database, clock, make_team(database, clock, "north"))
    migrate.downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    migrate.check(database)
    make_case(database, clock, make_team(database, clock, "north"))
