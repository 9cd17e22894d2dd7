"""Up, down and up again; the tables are the models'; nothing that protects evidence is ever lost on the way."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, event, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from portal import law
from portal.law.course import ENDED, Doing, State, Step
from portal.records import database as connecting
from portal.records import migrate, requests, seal
from portal.records.cases import open_case
from portal.records.choices import Contact
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.models import CaseRecord, Centre, Extension, Hold, Link, RequestRecord, Staff, Visit
from tests import machine
from tests.clock import StillClock
from tests.conftest import make_case, make_team
from tests.patterns import Overlooking, address_of, under, unhurried
from tests.records.desk import Desk, Kind

THEN = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
LATER = THEN + timedelta(hours=1)
CENTRE = "c" * 32
NURSES = ("a" * 32, "b" * 32)
OLD_STATES = {
    "asked": ("asked", None),
    "taken-up": ("taken-up", None),
    "entered": ("done", LATER),
    "answered": ("not-done", LATER),
}
Rows = dict[str, list[dict[str, Any]]]


def rows(database: Database) -> Rows:
    """Every row of every table as the database itself knows them, whatever its version."""
    tables = MetaData()
    with database.engine.connect() as connection:
        tables.reflect(connection)
        return {
            table.name: sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=repr)
            for table in tables.sorted_tables
        }


def shape(database: Database) -> dict[str, Any]:
    """What tables, columns, indexes and constraints there are: asked for all tables at once."""
    with database.engine.connect() as connection:
        there = inspect(connection)
        return {
            "columns": {
                name: [(one["name"], str(one["type"]), one["nullable"]) for one in columns]
                for (_, name), columns in there.get_multi_columns().items()
            },
            "indexes": _of_each(there.get_multi_indexes(), lambda one: repr(_in_words(one))),
            "checks": _of_each(there.get_multi_check_constraints(), lambda one: str(one["name"])),
            "unique": _of_each(there.get_multi_unique_constraints(), repr),
            "foreign keys": _of_each(there.get_multi_foreign_keys(), repr),
        }


def _of_each(found: Mapping[Any, Sequence[Any]], told: Callable[[Any], Any]) -> dict[str, list[Any]]:
    return {name: sorted(map(told, each)) for (_, name), each in found.items()}


def _in_words(index: Any) -> list[str]:
    where = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return [index["name"], *index["column_names"], str(index["unique"]), repr(where)]


def write_as_the_first_version(database: Database) -> None:
    """Fill the first tables as the first version of the portal did: two nurses and a case for each state."""
    tables = MetaData()
    tables.reflect(database.engine)

    def add(table: str, **row: Any) -> None:
        connection.execute(Table(table, tables).insert(), row)

    centre_key = seal.new_key()
    sealed = seal.seal(b"k" * 32, centre_key, "centre", "wrapped_key", CENTRE)
    with database.engine.begin() as connection:
        add("centre", id=CENTRE, name="north", directory_id=None, wrapped_key=sealed)
        for staff_id in NURSES:
            add("staff", **first_member(staff_id))
        for number, state in enumerate(OLD_STATES):
            add_first_case(add, centre_key, f"{number:032d}", state)


def first_member(staff_id: str) -> dict[str, Any]:
    return {
        "id": staff_id,
        "centre_id": CENTRE,
        "login": f"nurse-{staff_id[0]}",
        "password_hash": "none",
        "sealed_authenticator": b"sealed",
        "last_time_step": 0,
        "failures": 0,
        "next_try_at": None,
        "active": True,
    }


def add_first_case(add: Callable[..., None], centre_key: bytes, case_id: str, state: str) -> None:
    key = seal.new_key()
    facts = {"exam_on": "2026-05-11", "minor": False, "complaint": "none", "phase": None}
    taken_up, ended = state != "asked", state in ("entered", "answered")
    add(
        "case_record",
        id=case_id,
        centre_id=CENTRE,
        wrapped_key=seal.seal(centre_key, key, "case_record", "wrapped_key", case_id),
        reference_index=seal.blind_index(centre_key, case_id),
        sealed_reference=seal.seal(key, case_id.encode(), "case_record", "sealed_reference", case_id),
        sealed_facts=seal.seal(key, json.dumps(facts).encode(), "case_record", "sealed_facts", case_id),
        language="fr",
        ask_by=date(2026, 11, 10),
        keep_through=date(2026, 11, 12),
        registered_at=THEN,
        registered_by=NURSES[0],
    )
    add(
        "request_record",
        id=f"r{case_id[1:]}",
        centre_id=CENTRE,
        case_id=case_id,
        kind="extension",
        number=f"2222-{case_id[-4:]}",
        state=state,
        asked_at=THEN,
        taken_up_at=LATER if taken_up else None,
        taken_up_by=NURSES[0] if taken_up else None,
        entered_at=LATER if ended else None,
        entered_by=NURSES[1] if ended else None,
    )
    add("extension", case_id=case_id, request_id=f"r{case_id[1:]}", entered_at=LATER if state == "entered" else None)
    add(
        "hold",
        id=f"h{case_id[1:]}",
        case_id=case_id,
        request_id=f"r{case_id[1:]}",
        set_at=THEN,
        lifted_at=LATER if ended else None,
    )
    add(
        "link",
        id=f"l{case_id[1:]}",
        case_id=case_id,
        token_hash=case_id,
        code_hash="none",
        power="extend",
        made_at=THEN,
        ends_at=LATER,
        revoked_at=None,
        failures=0,
        next_try_at=None,
    )
    add("visit", secret_hash=case_id, link_id=f"l{case_id[1:]}", began_at=THEN, seen_at=LATER)


@pytest.fixture
def database(database: Database) -> Iterator[Database]:
    """The tables are their owner's to change."""
    made = Overlooking(under(machine.OWNER, address_of(database)), b"k" * 32)
    unhurried(made.engine)
    yield made
    made.engine.dispose()


@pytest.fixture
def first(database: Database) -> Database:
    """A database of the first version, with what it knew."""
    migrate.downgrade(database, "base")
    migrate.upgrade(database, "0001")
    write_as_the_first_version(database)
    return database


def foreign_keys_hold(database: Database) -> bool:
    """Tell whether the database refuses a row that points to nothing, on the very connection that migrated."""
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text("UPDATE hold SET case_id = 'nothing'"))
    if database.engine.dialect.name != "sqlite":
        return True
    with database.engine.connect() as connection:
        return connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_the_tables_are_the_models(database: Database) -> None:
    migrate.check(database)
    assert migrate.is_current(database)


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


# From the first version to this one


def test_what_the_first_version_wrote_is_read_by_this_one(first: Database) -> None:
    migrate.upgrade(first)
    migrate.check(first)
    with first.reading() as session:
        numbers = [one.number for one in session.query(Staff)]
        assert len(set(numbers)) == len(NURSES)
        assert all(len(number) == 6 and number.isdigit() for number in numbers)
        assert session.get_one(Centre, CENTRE).waiting_days == 7
        assert [session.query(table).count() for table in (Link, Visit)] == [len(OLD_STATES)] * 2
        for number, (state, ended_at) in enumerate(OLD_STATES.values()):
            case = open_case(first, session, CENTRE, f"{number:032d}")
            assert case is not None
            assert case.admission.reference == case.record.id
            assert case.law_case.hold == (ended_at is None)
            assert case.law_case.extended == (state == "done")
            request = requests.of_case(session, case.record.id)[0]
            opened = requests.read(first, session, case, request)
            assert (opened.course.state, opened.record.asked_at) == (state, THEN)
            assert (opened.record.ended_at, opened.course.ended_by) == (ended_at, NURSES[1] if ended_at else None)
    assert foreign_keys_hold(first)


def test_what_waited_in_the_first_version_is_carried_on_in_this_one(first: Database) -> None:
    migrate.upgrade(first)
    for number, steps in ((0, (Step.TAKE_UP, Step.CARRY_OUT)), (1, (Step.CARRY_OUT,))):
        for step in steps:
            requests.move(first, CENTRE, f"r{number:031d}", Doing(step, NURSES[0], LATER))
        with first.reading() as session:
            case = open_case(first, session, CENTRE, f"{number:032d}")
            assert case is not None
            assert case.law_case.extended
            assert not case.law_case.hold
            assert verify(session, CENTRE) is None


def test_up_and_down_again_everything_is_as_it_was(first: Database) -> None:
    before, tables = rows(first), shape(first)
    migrate.upgrade(first)
    migrate.downgrade(first, "0001")
    assert rows(first) == before
    assert shape(first) == tables
    assert foreign_keys_hold(first)


def test_the_journal_is_still_only_added_to(first: Database, clock: StillClock) -> None:
    migrate.upgrade(first)
    make_team(first, clock, "south")
    for change in ("UPDATE journal SET action = 'x'", "DELETE FROM journal"):
        with pytest.raises(DatabaseError, match="append-only"), first.engine.begin() as connection:
            connection.execute(text(change))


# Back to the first version, and here again


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    """Everything that the first version does not know."""
    desk = Desk(database, clock)
    desk.choose(contact=Contact("voice", "a number"))
    shirt, shoes = desk.add(), desk.add()
    desk.hold()
    desk.lift()
    desk.go(desk.ask(Kind.DESTRUCTION, (shirt,), asked_by=desk.nurse), *DESTROYING)
    desk.cancel(desk.ask(Kind.RESTITUTION, (shoes,)))
    desk.go(desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse), *DESTROYING[:3])
    desk.another_case("REF-WAITING")
    desk.wait_days(2)
    desk.ask(Kind.DESTRUCTION)
    desk.go(desk.ask(Kind.RESTITUTION), Step.TAKE_UP)
    desk.ask(Kind.EXTENSION)
    desk.hold()
    desk.another_case("REF-HELD")
    desk.hold()
    return desk


DESTROYING = (Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)


def pending(database: Database) -> set[tuple[Any, ...]]:
    with database.reading() as session:
        waiting = session.query(RequestRecord).filter(RequestRecord.state.not_in(ENDED))
        return {(one.id, one.case_id, one.kind, one.number, one.asked_at) for one in waiting}


def holds(database: Database) -> set[tuple[Any, ...]]:
    with database.reading() as session:
        return {(one.id, one.case_id, one.request_id, one.set_at, one.lifted_at) for one in session.query(Hold)}


def test_down_and_up_again_no_pending_request_and_no_hold_is_lost(desk: Desk) -> None:
    database = desk.database
    waiting, holding = pending(database), holds(database)
    assert {request_id is None for _, _, request_id, _, _ in holding} == {True, False}
    migrate.downgrade(database, "0001")
    assert len(rows(database)["hold"]) == len(holding)
    migrate.upgrade(database)
    migrate.check(database)
    assert pending(database) == waiting
    assert holds(database) == holding
    assert desk.held_by() == [None]
    with database.reading() as session:
        assert verify(session, desk.centre_id) is None
        assert session.query(Extension).count() == 1
    assert foreign_keys_hold(database)


def test_what_was_destroyed_by_two_still_names_the_two(desk: Desk) -> None:
    migrate.downgrade(desk.database, "0001")
    migrate.upgrade(desk.database)
    with desk.database.reading() as session:
        done = session.query(RequestRecord).filter_by(state=State.DONE).one()
        assert (done.confirmed_by, done.signed_by) == (desk.nurse, desk.second)


def test_what_was_confirmed_is_confirmed_anew_and_waits_as_long_as_can_be(desk: Desk) -> None:
    migrate.downgrade(desk.database, "0001")
    migrate.upgrade(desk.database)
    with desk.database.reading() as session:
        destructions = session.query(RequestRecord).filter_by(kind=Kind.DESTRUCTION)
        waiting = [one for one in destructions if one.state not in ENDED]
    assert sorted(one.state for one in waiting) == [State.ASKED, State.TAKEN_UP]
    for one in waiting:
        assert (one.confirmed_by, one.signed_by) == (None, None)
        assert one.waits_until == one.asked_at + timedelta(days=7)
    confirmed_before = next(one for one in waiting if one.state == State.TAKEN_UP)
    assert desk.why_not(confirmed_before.id, Step.CONFIRM) == "waiting"


# Interrupted


class NoCurrentError(Exception):
    """The current went away."""


@contextmanager
def broken_after(database: Database, statements: int) -> Iterator[list[str]]:
    """Let a number of changing statements through, and no more; give those that came."""
    came: list[str] = []

    def before(_c: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        word = statement.split(maxsplit=1)[0].upper()
        if word in ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"):
            if len(came) == statements:
                raise NoCurrentError
            came.append(statement)

    event.listen(database.engine, "before_cursor_execute", before)
    try:
        yield came
    finally:
        event.remove(database.engine, "before_cursor_execute", before)


def break_here_and_there(database: Database, migration: Callable[[], None]) -> int:
    """Break a migration at its first statements and at every eighth; let it through at last."""
    before, tables = rows(database), shape(database)
    statements, broken = 0, 0
    while True:
        with broken_after(database, statements) as came:
            try:
                migration()
            except NoCurrentError:
                assert len(came) == statements
            else:
                assert broken > 5
                return broken
        assert rows(database) == before
        assert shape(database) == tables
        assert foreign_keys_hold(database)
        broken += 1
        statements += 1 if statements < 3 else 8


def test_a_migration_that_was_interrupted_changed_nothing(first: Database) -> None:
    up = break_here_and_there(first, lambda: migrate.upgrade(first))
    migrate.check(first)
    down = break_here_and_there(first, lambda: migrate.downgrade(first, "0001"))
    print(f"interrupted {up} times on the way up, {down} on the way down")


def test_a_row_that_would_point_to_nothing_stops_the_migration(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"k" * 32)
    migrate.upgrade(made, "0001")
    write_as_the_first_version(made)
    with sqlite3.connect(tmp_path / "records.sqlite") as aside:  # this connection checks no foreign keys
        aside.execute("UPDATE hold SET case_id = 'nothing' WHERE id LIKE '%0'")
    aside.close()
    before = rows(made)
    with pytest.raises(RuntimeError, match="points to nothing"):
        migrate.upgrade(made)
    assert rows(made) == before
    made.engine.dispose()


def test_where_somebody_else_writes_nothing_begins_and_foreign_keys_stay_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "SECONDS_TO_WAIT_FOR_A_WRITER", 0)
    made = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"k" * 32)
    migrate.upgrade(made, "0001")
    write_as_the_first_version(made)
    before = rows(made)
    somebody = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        migrate.upgrade(made)
    somebody.execute("ROLLBACK")
    somebody.close()
    assert rows(made) == before
    assert foreign_keys_hold(made)
    made.engine.dispose()


def test_a_staff_number_is_never_given_twice(first: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 7, 12])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(drawn))
    migrate.upgrade(first)
    with first.reading() as session:
        assert sorted(one.number for one in session.query(Staff)) == ["000007", "000012"]


def test_an_extension_of_the_first_version_is_still_one(first: Database) -> None:
    migrate.upgrade(first)
    extended = f"{2:032d}"
    receipt = requests.ask(first, CENTRE, extended, requests.Wish(law.RequestKind.EXTENSION), LATER)
    assert receipt.is_new
    with first.reading() as session:
        again = requests.pending(session, extended, law.RequestKind.EXTENSION)
        assert again is not None
        assert session.get_one(Extension, extended).request_id != again.id
    requests.move(first, CENTRE, again.id, Doing(Step.TAKE_UP, NURSES[0], LATER))
    with pytest.raises(requests.NotPossibleError, match="no-period"):
        requests.move(first, CENTRE, again.id, Doing(Step.CARRY_OUT, NURSES[0], LATER))
