"""Leaving in the very moment of something else: whatever comes too late finds that the session has ended."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from sqlalchemy import delete, event, select
from sqlalchemy.exc import OperationalError

from portal.access.account import show_code
from portal.access.hospital import members
from portal.access.hospital.token import Shown
from portal.access.invitations import look_at_invitation, use_invitation
from portal.access.links import make_link
from portal.access.people import invite
from portal.access.roles import Role
from portal.access.sessions import begin_session
from portal.access.team import OPERATOR, Member, find_member, sign_out
from portal.access.visits import begin_visit, end_visit, find_visit
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import Invitation, Link, SignIn, Staff, Visit
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team


@dataclass(frozen=True)
class Running:
    """A session that runs: how a page finds it, how it is left, and where it stands."""

    find: Callable[[], object]
    leave: Callable[[], None]
    table: type[Visit | SignIn]
    across: Across


@pytest.fixture
def team(database: Database, clock: StillClock) -> Team:
    return make_team(database, clock, "north")


def hers(database: Database, clock: StillClock, team: Team) -> Running:
    make_link(database, team.centre_id, make_case(database, clock, team), team.staff_id, clock())
    with database.reading() as session:
        link_id = session.scalars(select(Link.id)).one()
    secret = begin_visit(database, link_id, clock())
    return Running(
        lambda: find_visit(database, secret, clock()), lambda: end_visit(database, secret), Visit, Across.LINK
    )


def of_the_team(database: Database, clock: StillClock, team: Team) -> Running:
    secret = signed_in(database, clock, team)
    return Running(
        lambda: find_member(database, secret, clock()), lambda: sign_out(database, secret), SignIn, Across.SIGN_IN
    )


def signed_in(database: Database, clock: StillClock, team: Team) -> str:
    with database.writing(team.centre_id) as session:
        return begin_session(session, team.staff_id, clock(), factor_at=None)


@pytest.fixture(params=[hers, of_the_team])
def running(request: pytest.FixtureRequest, database: Database, clock: StillClock, team: Team) -> Running:
    begun: Running = request.param(database, clock, team)
    clock.forward(seconds=1)  # or there would be nothing to note
    return begun


@contextmanager
def before_it_is_noted(database: Database, running: Running, doing: Callable[[], None]) -> Iterator[None]:
    """Do something in the last moment before a page notes that a session was seen."""

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(f"UPDATE {running.table.__tablename__} "):
            doing()

    event.listen(database.engine, "before_cursor_execute", meanwhile)
    yield
    event.remove(database.engine, "before_cursor_execute", meanwhile)


def test_leaving_while_a_page_looks_is_no_accident(database: Database, running: Running) -> None:
    tried = []

    def leave() -> None:
        tried.append(running)
        with (
            suppress(OperationalError),  # it would wait for the page
            database.writing(across=running.across, patience=0) as session,
        ):
            session.execute(delete(running.table))

    with before_it_is_noted(database, running, leave):
        assert running.find() is not None
    assert tried == [running]
    running.leave()
    assert running.find() is None


def test_a_page_that_meets_leaving_waits_and_finds_that_the_session_has_ended(
    database: Database, running: Running
) -> None:
    found: list[object] = []
    looking = threading.Thread(target=lambda: found.append(running.find()))
    with database.writing(across=running.across) as session:
        session.execute(delete(running.table))
        looking.start()
        looking.join(timeout=0.3)  # it has looked by now, or waits
        assert looking.is_alive()
    looking.join()
    assert found == [None]


def test_left_twice_is_left_once(running: Running) -> None:
    running.leave()
    running.leave()
    assert running.find() is None


def member_who_left(database: Database, clock: StillClock, team: Team) -> Member:
    secret = signed_in(database, clock, team)
    member = find_member(database, secret, clock())
    assert member is not None
    sign_out(database, secret)
    return member


def sessions(database: Database) -> int:
    with database.reading() as session:
        return session.query(SignIn).count()


def test_a_code_that_comes_after_leaving_opens_nothing(database: Database, clock: StillClock, team: Team) -> None:
    member = member_who_left(database, clock, team)
    code = pyotp.TOTP(team.authenticator).at(clock())
    assert show_code(database, member, code, clock()).factor is not None
    assert show_code(database, member, code, clock()).factor is None, "used is used"
    assert sessions(database) == 0


def test_what_the_hospital_shows_after_leaving_opens_nothing(database: Database, clock: StillClock, team: Team) -> None:
    member, shown = member_who_left(database, clock, team), Shown("issuer", "subject", clock())
    members.connect(database, member, shown, clock())
    members.show(database, member, shown, clock())
    assert sessions(database) == 0


def test_an_invitation_that_is_swept_while_it_is_used_has_ended(
    database: Database, clock: StillClock, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = invite(database, team.centre_id, OPERATOR, "anna", Role.NURSE, clock()).token
    assert look_at_invitation(database, token, clock())
    writing = database.writing

    def swept_before(centre_id: str) -> Any:
        with writing(across=Across.SWEEP) as session:
            session.execute(delete(Invitation))
        return writing(centre_id)

    monkeypatch.setattr(database, "writing", swept_before)
    with pytest.raises(LookupError), use_invitation(database, token, clock()):
        pytest.fail("it opened")
    with database.reading() as session:
        assert not session.query(Staff).filter_by(login="anna").one().active
