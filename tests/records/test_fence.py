"""The second fence: PostgreSQL shows a transaction the rows of one centre, also where a question forgot to name it.

What docs/postgresql.md promises of it, with the first fence taken away: every question here is asked without a centre.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError, ProgrammingError
from sqlalchemy.orm import Session

import portal
from portal.cli import main
from portal.records import migrate, snapshot
from portal.records.database import Database
from portal.records.fence import POLICIES, Across, HiddenRowsError, first_across, look_from
from portal.records.models import (
    Base,
    Centre,
    Invitation,
    JournalLine,
    Link,
    Message,
    Passkey,
    PublishedFigures,
    RecoveryCode,
    Shift,
    SignIn,
    Staff,
    TodayLine,
    Visit,
)
from tests.clock import StillClock, at
from tests.conftest import NOW, make_case, make_team
from tests.machine import ALMIGHTY, APP, OWNER
from tests.patterns import Overlooking, address_of, copied_inside, owners_hands, under
from tests.records.desk import Desk, Kind, dump

pytestmark = pytest.mark.postgresql

WITHOUT_A_CENTRE = {"sign_in_try"}  # keyed hashes of typed names: nobody knows yet whose
FENCED = sorted(set(Base.metadata.tables) - WITHOUT_A_CENTRE)
SEEN_BY_ALL = {"today_line"}  # for the sake of *Today*; changed by its own centre alone
HIDDEN = sorted(set(FENCED) - SEEN_BY_ALL)
NAMES_A_CENTRE = sorted(name for name in HIDDEN if "centre_id" in Base.metadata.tables[name].c)
EVERYTHING = set(FENCED)
ALL_HIDDEN = set(HIDDEN)
SEEN_AND_CHANGED: dict[Across, tuple[set[str], set[str]]] = {
    Across.LINK: ({"case_record", "link", "visit"}, {"link", "visit"}),
    Across.SIGN_IN: ({"centre", "staff", "passkey", "invitation", "sign_in"}, {"sign_in"}),
    Across.NAMES: ({"staff", "passkey"}, set()),
    Across.CENTRES: ({"centre"}, set()),
    Across.OUTBOX: ({"centre", "message"}, set()),
    Across.SWEEP: ({"visit", "sign_in", "invitation"}, {"visit", "sign_in", "invitation"}),
    Across.ERASURE: ({"case_record"}, set()),
    Across.WATCH: ({"centre", "case_record", "request_record", "message", "journal"}, set()),
    Across.KEYS: ({"centre", "staff", "recovery_code", "case_record"}, set()),
    Across.BACKUP: (ALL_HIDDEN, set()),
    Across.MIGRATION: (ALL_HIDDEN, EVERYTHING),
}
WHO_LOOKS_ACROSS = {
    (Across.LINK, "access/links.py"): 2,  # a code is tried; which centre it is
    (
        Across.LINK,
        "access/visits.py",
    ): 4,  # a session of hers begins, is found, ends; whose it is where its case is damaged
    (Across.LINK, "demo.py"): 1,  # the demonstration's own link
    (Across.SIGN_IN, "access/team.py"): 3,  # a password is tried; a session is found, ends
    (Across.SIGN_IN, "access/passkeys.py"): 1,  # whose key it is
    (Across.SIGN_IN, "access/invitations.py"): 2,  # whose invitation it is: to look at, to use
    (Across.SIGN_IN, "access/hospital/members.py"): 1,  # whom the hospital showed
    (Across.NAMES, "access/team.py"): 2,  # a login, a number
    (Across.NAMES, "access/passkeys.py"): 1,
    (Across.NAMES, "access/hospital/members.py"): 1,
    (Across.NAMES, "records/custody.py"): 1,  # the number of somebody elsewhere
    (Across.NAMES, "web/team/stafflog.py"): 1,  # whether what was typed is anybody's name
    (Across.CENTRES, "access/team.py"): 2,  # a new centre's name; a centre by its name
    (Across.CENTRES, "records/anchoring.py"): 1,
    (Across.CENTRES, "records/backup.py"): 1,  # every journal tells of it
    (Across.CENTRES, "records/older_sheets.py"): 1,  # older sheets are sealed anew
    (Across.CENTRES, "records/key_changes.py"): 1,
    (Across.CENTRES, "records/sealing_anew.py"): 1,
    (Across.CENTRES, "cli/anchoring.py"): 1,
    (Across.CENTRES, "cli/custody.py"): 1,
    (Across.CENTRES, "cli/figures.py"): 1,
    (Across.CENTRES, "cli/keys.py"): 1,
    (Across.CENTRES, "cli/people.py"): 1,
    (Across.CENTRES, "cli/register.py"): 1,
    (Across.OUTBOX, "records/outbox/delivering.py"): 3,  # what is due, what was cut off, what a restore brought back
    (Across.SWEEP, "records/sweeping.py"): 1,
    (Across.ERASURE, "records/erasure.py"): 3,  # what is over; what came back; whose case it is
    (Across.WATCH, "records/measures.py"): 1,
    (Across.KEYS, "access/rehashing.py"): 1,
    (Across.KEYS, "records/key_check.py"): 1,
    (Across.SIGN_IN, "access/rehashing.py"): 1,  # tries are counted under another key
    (Across.BACKUP, "records/snapshot.py"): 1,
    (Across.MIGRATION, "records/migrate.py"): 1,
    (Across.MIGRATION, "records/older_sheets.py"): 1,  # whether the keys are there, before a table is touched
}


@dataclass(frozen=True)
class Two:
    """Two centres in one database, each with a row in every table."""

    database: Database
    here: Desk
    there: Desk

    def rows_of(self, session: Session) -> dict[str, int]:
        """How many rows a transaction sees of each table that is hidden."""
        every = Base.metadata.tables
        return {name: session.scalar(select(func.count()).select_from(every[name])) or 0 for name in HIDDEN}


def live(database: Database, clock: StillClock, name: str) -> Desk:
    """Let a centre have a row in every table."""
    desk = Desk(database, clock, name)
    desk.add()
    desk.ask(Kind.EXTENSION)
    desk.hold()
    of_case, now, mark = (desk.centre_id, desk.case_id, desk.nurse), clock(), name.ljust(32, "0")
    plant(database, of_case, mark, clock)
    assert now == clock()
    return desk


def plant(database: Database, of_case: tuple[str, str, str], mark: str, clock: StillClock) -> None:
    centre_id, case_id, staff_id = of_case
    now = clock()
    soon = now + timedelta(days=1)
    link = Link(
        id=mark, case_id=case_id, token_hash=mark, code_hash="-", power="extend", made_at=now, ends_at=soon, failures=0
    )
    message = Message(
        id=mark, centre_id=centre_id, case_id=case_id, kind="call", channel="sms", state="waiting", tries=0, made_at=now
    )
    message.not_before = now
    with database.writing(centre_id) as session:
        session.add_all([link, message])
        session.flush()
        session.add_all(
            [
                Visit(secret_hash=mark, link_id=mark, began_at=now, seen_at=now),
                Shift(centre_id=centre_id, staff_id=staff_id, since=now),
                Invitation(token_hash=mark, centre_id=centre_id, staff_id=staff_id, made_at=now, ends_at=soon),
                RecoveryCode(code_hash=mark, staff_id=staff_id),
                Passkey(
                    credential_hash=mark,
                    staff_id=staff_id,
                    credential_id=b"-",
                    public_key=b"-",
                    sign_count=0,
                    name="-",
                    added_at=now,
                ),
                SignIn(secret_hash=mark, staff_id=staff_id, began_at=now, seen_at=now),
                TodayLine(centre_id=centre_id, line=f"call:{case_id}"),
                PublishedFigures(centre_id=centre_id, year=2025, counted="{}", made_at=now),
            ]
        )


@pytest.fixture(scope="module")
def two(postgresql_pattern: str) -> Iterator[Two]:
    made = Overlooking(copied_inside(postgresql_pattern, "fence"), b"k" * 32)
    clock = StillClock(at(NOW))
    yield Two(made, live(made, clock, "north"), live(made, clock, "south"))
    made.engine.dispose()


def as_the_portal(two: Two) -> Database:
    """The records as the portal has them: who says no centre sees nothing."""
    return Database(address_of(two.database), b"k" * 32)


@contextmanager
def changed_in_vain(plain: Database, centre_id: str | None = None, across: Across | None = None) -> Iterator[Session]:
    """Look as a writing does; what is changed does not stay."""
    with Session(plain.engine) as session:
        look_from(session, centre_id, across)
        yield session


# What is fenced


def test_every_table_that_has_a_centre_is_fenced_also_for_its_owner(two: Two) -> None:
    wanted = text("SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = ANY (:names)")
    policies = text("SELECT tablename, policyname FROM pg_policies ORDER BY tablename, policyname")
    with two.database.engine.connect() as connection:
        fenced = {name for name, is_fenced in connection.execute(wanted, {"names": FENCED}).all() if is_fenced}
        found = [tuple(row) for row in connection.execute(policies)]
    assert fenced == EVERYTHING
    assert found == [(name, policy) for name in FENCED for policy in sorted(POLICIES)]


def test_nothing_is_served_under_an_account_that_sees_past_it(
    two: Two, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "demo")
    account, served = "", list[str]()
    monkeypatch.setattr("portal.server.EmbeddedServer.run", lambda _self: served.append(account))
    for account, status in ((ALMIGHTY, 2), (APP, 0), (OWNER, 0)):
        made = Database(under(account, address_of(two.database)), b"k" * 32)
        nothing_unchecked = SimpleNamespace(directory=SimpleNamespace(without_checked_phone=list))
        rooms = {"portal": SimpleNamespace(database=made), "portal-library": nothing_unchecked}
        monkeypatch.setattr("portal.app.create_app", lambda _settings, rooms=rooms: SimpleNamespace(extensions=rooms))
        assert main(["serve"]) == status
        made.engine.dispose()
    assert served == [APP, OWNER]
    assert capsys.readouterr().err.count("its account sees every centre at once") == 1


def test_the_account_of_the_portal_cannot_get_round_it(two: Two) -> None:
    what = text("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    with two.database.engine.connect() as connection:
        assert tuple(connection.execute(what).one()) == ("portal_app", False, False)
    for attempt in (
        "ALTER TABLE case_record DISABLE ROW LEVEL SECURITY",
        "DROP POLICY own_centre ON journal",
        "ALTER TABLE journal DISABLE TRIGGER USER",
        "TRUNCATE hold",
        "DROP TABLE hold",
        "SET ROLE portal_owner",
    ):
        with pytest.raises(DatabaseError), two.database.engine.begin() as connection:
            connection.exec_driver_sql(attempt)


# With the first fence taken away


def test_who_says_no_centre_sees_nothing_and_changes_nothing(two: Two) -> None:
    plain, before = as_the_portal(two), dump(two.database)
    with plain.reading() as session:
        assert set(two.rows_of(session).values()) == {0}
    with plain.writing() as session:
        for name in sorted(EVERYTHING - {"journal"}):
            assert session.execute(text(f"DELETE FROM {name}")).rowcount == 0  # type: ignore[attr-defined] # a cursor's
    with pytest.raises(ProgrammingError, match="row-level security"), plain.writing() as session:
        session.execute(text("INSERT INTO today_line (centre_id, line) VALUES ('x', 'call:x')"))
    assert dump(two.database) == before
    plain.engine.dispose()


def test_a_question_that_forgot_the_centre_finds_this_one_alone(two: Two) -> None:
    plain = as_the_portal(two)
    seen = {}
    for desk in (two.here, two.there):
        with plain.reading(desk.centre_id) as session:
            seen[desk.centre_id] = two.rows_of(session)
            assert all(seen[desk.centre_id].values()), seen
            for name in NAMES_A_CENTRE:
                centres = session.scalars(select(Base.metadata.tables[name].c.centre_id).distinct()).all()
                assert centres == [desk.centre_id], name
    with two.database.reading() as session:
        everything = two.rows_of(session)
    assert everything == {name: sum(one[name] for one in seen.values()) for name in HIDDEN}
    plain.engine.dispose()


@pytest.mark.parametrize("name", [name for name in FENCED if name != "journal"])
def test_a_change_that_forgot_the_centre_reaches_this_one_alone(two: Two, name: str) -> None:
    table, plain = Base.metadata.tables[name], as_the_portal(two)
    with two.database.reading() as session:
        many = session.scalar(select(func.count()).select_from(table)) or 0
    column = next(column for column in table.columns if not column.primary_key)
    with changed_in_vain(plain, two.here.centre_id) as session:
        locked = session.execute(select(table).with_for_update()).all()
        own = len(locked)
        changed = session.execute(update(table).values({column.name: column}))
        assert 0 < changed.rowcount == own < many  # type: ignore[attr-defined] # a cursor's
    plain.engine.dispose()


@pytest.mark.parametrize("table", [Visit, Passkey, SignIn, TodayLine, Message, PublishedFigures, Shift, RecoveryCode])
def test_nothing_of_another_centre_is_deleted(two: Two, table: type[Base]) -> None:
    plain, before = as_the_portal(two), dump(two.database)
    with changed_in_vain(plain, two.here.centre_id) as session:
        mine = len(session.scalars(select(table).with_for_update()).all())
        gone = session.execute(delete(table)).rowcount  # type: ignore[attr-defined] # a cursor's
        assert gone == mine
        session.execute(text("SELECT set_config('portal.centre', :there, true)"), {"there": two.there.centre_id})
        assert session.scalar(select(func.count()).select_from(table))
    assert dump(two.database) == before
    plain.engine.dispose()


def test_nothing_is_added_to_another_centre_or_moved_there(two: Two) -> None:
    plain, mine, theirs = as_the_portal(two), two.here, two.there
    attempts = (
        f"INSERT INTO today_line (centre_id, line) VALUES ('{theirs.centre_id}', 'call:x')",
        f"INSERT INTO hold (id, case_id, set_at) VALUES ('x', '{theirs.case_id}', now())",
        f"INSERT INTO recovery_code (code_hash, staff_id) VALUES ('x', '{theirs.nurse}')",
        f"UPDATE case_record SET centre_id = '{theirs.centre_id}'",
        f"UPDATE hold SET case_id = '{theirs.case_id}'",
    )
    for attempt in attempts:
        with pytest.raises(ProgrammingError, match="row-level security"), plain.writing(mine.centre_id) as session:
            session.execute(text(attempt))
    plain.engine.dispose()


def test_nothing_of_it_is_left_in_a_connection(two: Two) -> None:
    plain = as_the_portal(two)
    with plain.reading(two.here.centre_id) as session:
        own = session.scalar(text("SELECT pg_backend_pid()"))
    with plain.engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) == own
        assert connection.scalar(text("SELECT count(*) FROM case_record")) == 0
    plain.engine.dispose()


# The ways across


@pytest.mark.parametrize("across", list(Across))
def test_a_way_across_opens_what_it_needs_and_no_more(two: Two, across: Across) -> None:
    seen, changed = SEEN_AND_CHANGED[across]
    plain = as_the_portal(two)
    with changed_in_vain(plain, across=across) as session:
        found = two.rows_of(session)
        assert {name for name, many in found.items() if many} == seen
        locked = {
            name for name in FENCED if session.execute(select(Base.metadata.tables[name]).with_for_update()).first()
        }
        assert locked == changed
    plain.engine.dispose()


def test_one_question_looks_further_and_the_next_one_does_not(two: Two) -> None:
    plain = as_the_portal(two)
    wanted = select(Staff.id).where(Staff.id == two.there.nurse)
    with plain.reading(two.here.centre_id) as session:
        assert first_across(session, Across.NAMES, wanted) == two.there.nurse
        assert session.scalars(wanted).first() is None
        assert session.scalars(select(Centre.id)).all() == [two.here.centre_id]
    plain.engine.dispose()


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the portal that gives a transaction or looks across, with the file it is in."""
    folder = Path(portal.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(folder).as_posix(), node


def test_every_transaction_of_the_portal_says_from_where_it_looks() -> None:
    nameless = [
        f"{path}:{call.lineno}"
        for path, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("reading", "writing")
        and not call.args
        and not any(one.arg in ("centre_id", "across") for one in call.keywords)
    ]
    assert nameless == []


def test_who_looks_across_is_known() -> None:
    found: Counter[tuple[Across, str]] = Counter()
    for path, call in calls():
        for given in (*call.args, *(one.value for one in call.keywords)):
            if isinstance(given, ast.Attribute) and isinstance(given.value, ast.Name) and given.value.id == "Across":
                found[Across[given.attr], path] += 1
    assert found == WHO_LOOKS_ACROSS


# A backup, and the way up and down


def test_a_backup_is_refused_where_another_rule_may_hide_rows(two: Two) -> None:
    with owners_hands(two.database) as connection:
        connection.exec_driver_sql("CREATE POLICY of_somebody ON hold AS RESTRICTIVE USING (lifted_at IS NULL)")
    try:
        with pytest.raises(HiddenRowsError, match="hold"), snapshot.one_moment(two.database):
            pass
    finally:
        with owners_hands(two.database) as connection:
            connection.exec_driver_sql("DROP POLICY of_somebody ON hold")
    with snapshot.one_moment(two.database) as connection:
        assert all(many for name, many in snapshot.counts(connection).items() if name in ALL_HIDDEN)


def test_down_and_up_again_the_fence_stands_and_every_row_is_there(two: Two) -> None:
    owner, before = Overlooking(under(OWNER, address_of(two.database)), b"k" * 32), dump(two.database)
    migrate.downgrade(owner, "0003")
    plain = as_the_portal(two)
    with plain.reading() as session:
        assert session.scalar(select(func.count()).select_from(JournalLine))
    migrate.upgrade(owner)
    assert dump(two.database) == before
    with plain.reading() as session:
        assert set(two.rows_of(session).values()) == {0}
    owner.engine.dispose()
    plain.engine.dispose()


def test_a_centre_that_comes_later_is_fenced_from_its_first_row(two: Two) -> None:
    team = make_team(two.database, StillClock(at(NOW)), "west")
    make_case(two.database, StillClock(at(NOW)), team)
    plain = as_the_portal(two)
    with plain.reading(two.here.centre_id) as session:
        assert session.get(Centre, team.centre_id) is None
    plain.engine.dispose()
