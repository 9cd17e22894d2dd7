"""What every test may use: a still clock, settings, an app, a reader who checks the house rules, two centres."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from flask import Flask

from portal.access.links import NewLink, make_link
from portal.access.team import add_centre, add_member
from portal.app import create_app
from portal.law import Complaint
from portal.library import Library, load_library
from portal.records.cases import Admission, register_case
from portal.records.database import Database
from portal.records.migrate import upgrade
from portal.settings import Settings, settings_from
from tests import machine
from tests.clock import StillClock, at
from tests.reader import Reader

NOW = "2026-08-01T10:00:00"  # noon in Brussels


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what the machine cannot do, unless it was said that it must."""
    for missing in set(machine.left_out()) - machine.NEEDED:
        for item in items:
            if missing in item.keywords:
                item.add_marker(pytest.mark.skip(reason=machine.HOW[missing]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out and how to have it."""
    for missing in machine.left_out():
        terminalreporter.write_line(f"left out on this machine: {machine.HOW[missing]}")


@pytest.fixture
def clock() -> StillClock:
    return StillClock(at(NOW))


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is built once from the content and the catalogues, for all tests until one of them changes."""
    cache: pytest.Cache | None = getattr(request.config, "cache", None)
    return cache.mkdir("built") if cache else tmp_path_factory.mktemp("built")


@pytest.fixture(scope="session")
def real(built: Path) -> Library:
    """The library of the content as it is: read once, because nobody can change it."""
    return load_library(cache=built)


@pytest.fixture
def settings(tmp_path: Path, built: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    (data / "built").symlink_to(built)
    demo = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})
    return replace(demo, base_url="http://localhost", neutral_site="https://neutral.example/{lang}/")


@pytest.fixture
def app(settings: Settings, clock: StillClock, real: Library, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr("portal.app.load_library", lambda cache: real)
    upgrade(Database(settings.database, settings.sealing_key))
    return create_app(settings, clock)


@pytest.fixture
def library(app: Flask) -> Library:
    library: Library = app.extensions["portal-library"]
    return library


@pytest.fixture
def app_database(app: Flask) -> Database:
    database: Database = app.extensions["portal"].database
    return database


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Somebody with a browser of her own."""
    return Reader(app)


@pytest.fixture(scope="session")
def cluster() -> Iterator[machine.Cluster]:
    tools = machine.postgresql_tools()
    assert tools is not None, machine.HOW["postgresql"]
    running = machine.Cluster(tools)
    yield running
    running.stop()


_numbers = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind, with its tables."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'records.sqlite'}"
    else:
        address = request.getfixturevalue("cluster").database(f"tests_{next(_numbers)}")
    made = Database(address, b"k" * 32)
    upgrade(made)
    yield made
    made.engine.dispose()


@dataclass(frozen=True)
class Team:
    """A centre with one nurse."""

    centre_id: str
    staff_id: str
    login: str
    password: str
    authenticator: str


def make_team(database: Database, clock: StillClock, name: str) -> Team:
    centre_id = add_centre(database, name)
    password = f"a long password of {name}"
    member = add_member(database, centre_id, f"nurse-{name}", password, clock())
    return Team(centre_id, member.staff_id, f"nurse-{name}", password, member.authenticator)


def make_case(
    database: Database,
    clock: StillClock,
    team: Team,
    reference: str = "REF-1",
    exam_on: str | None = "2026-05-11",
    *,
    minor: bool = False,
    complaint: Complaint = Complaint.NONE,
    language: str = "fr",
) -> str:
    exam = at(exam_on).date() if exam_on else None
    return register_case(
        database, team.centre_id, team.staff_id, Admission(reference, exam, minor, complaint, language), clock()
    )


@pytest.fixture
def team(app_database: Database, clock: StillClock) -> Team:
    return make_team(app_database, clock, "north")


@pytest.fixture
def other_team(app_database: Database, clock: StillClock) -> Team:
    return make_team(app_database, clock, "south")


@pytest.fixture
def case_id(app_database: Database, clock: StillClock, team: Team) -> str:
    return make_case(app_database, clock, team)


@pytest.fixture
def link(app_database: Database, clock: StillClock, team: Team, case_id: str) -> NewLink:
    return make_link(app_database, team.centre_id, case_id, team.staff_id, clock())
