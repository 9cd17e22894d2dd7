"""What every test may use: a still clock, settings, an app, a reader who checks the house rules, two centres."""

import fcntl
import gc
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from portal.access import hashing
from portal.access.links import NewLink, make_link
from portal.access.team import add_centre, add_member
from portal.app import create_app
from portal.cli import main
from portal.law import Complaint
from portal.library import Library, load_library
from portal.records.cases import Admission, register_case
from portal.records.database import Database
from portal.settings import Settings, settings_from
from portal.web import press
from portal.web.pressed import Pressed
from tests import kinds, machine
from tests.clock import StillClock, at
from tests.compiled import Compiled, asked_once, compiled_once, read_once
from tests.dealing import dealt
from tests.patterns import (
    PATTERN,
    Overlooking,
    beside,
    brought_up,
    copied_as,
    copied_file,
    copied_inside,
    unhurried,
)
from tests.reader import Reader

COMPILED = Compiled()
NOW = "2026-08-01T10:00:00"  # noon in Brussels
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let everything run on one kind of database (tests/kinds.py)."""
    parser.addoption(
        "--on", choices=[kinds.SQLITE, kinds.POSTGRESQL], default=kinds.SQLITE, help="the database of every test"
    )


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: each waits for the browser and the database part of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; leave out what the machine cannot do, unless it was said that it must."""
    kinds.only_asked_for(config, items)
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for missing in set(machine.left_out()) - machine.NEEDED:
        for item in items:
            if missing in item.keywords:
                item.add_marker(pytest.mark.skip(reason=machine.HOW[missing]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out and how to have it."""
    for line in kinds.told(config):
        terminalreporter.write_line(line)
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
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run alone that all its workers have."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def one_builds(built: Path) -> Iterator[None]:
    """Let one worker build while the others wait: what it built, they find."""
    with (built / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def real(built: Path) -> Library:
    """The library of the content as it is: read once, because nobody can change it."""
    with one_builds(built):
        library = load_library(cache=built)
    gc.collect()
    gc.freeze()  # what is there by now stays to the end
    return library


@pytest.fixture(scope="session")
def pressed(built: Path, real: Library, tmp_path_factory: pytest.TempPathFactory) -> Pressed:
    """The public pages as they are: pressed once, read once, because nobody can change them."""
    settings = settings_in(tmp_path_factory.mktemp("pressed"), built)
    with one_builds(built), pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.load_library", lambda cache: real)
        app = create_app(settings)
    return press.pressed_pages(app, built)


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    """Hundreds of apps are made of the same, and ask the same; the content is built dozens of times."""
    with compiled_once(), asked_once(), read_once():
        yield


@pytest.fixture(scope="session")
def exported(shared: Path) -> Path:
    """The public pages as plain files, by whichever worker is first; beside them, what the command said meanwhile."""
    folder = shared / "export" / "public"
    with one_builds(shared):
        if not (said := folder.parent / "said").exists():
            with redirect_stderr(io.StringIO()) as telling:
                assert main(["export", str(folder), "--neutral-site", "https://{lang}.example.org/"]) == 0
            said.write_text(telling.getvalue(), encoding="utf-8")
    return folder


@pytest.fixture(scope="session", autouse=True)
def seldom_swept() -> Iterator[None]:
    """Python looks through all that lives for what could go, again and again; in a test, nearly all of it stays."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    yield
    gc.set_threshold(*before)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a password takes, and how many at once, is tested in tests/access and tests/web/test_codes.py."""
    monkeypatch.setattr(hashing, "_HASHER", QUICK_HASHER)


def settings_in(data: Path, built: Path) -> Settings:
    """The settings of a demonstration with data of its own, and with what was built for all."""
    (data / "built").symlink_to(built)
    demo = settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)})
    return replace(demo, base_url="http://localhost", neutral_site="https://neutral.example/{lang}/")


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, built: Path) -> Iterator[Settings]:
    """The settings of an installation whose database is not there yet."""
    data = tmp_path / "data"
    data.mkdir()
    made = settings_in(data, built)
    if kinds.chosen(request) == kinds.SQLITE:
        yield made
        return
    made = replace(made, database=beside(request.getfixturevalue("postgresql_pattern"), "app"))
    yield made
    kinds.put_away(request.config, made.database)


@pytest.fixture
def tables(request: pytest.FixtureRequest, settings: Settings) -> None:
    """The tables in the database that the settings name."""
    if settings.database.startswith(kinds.SQLITE):
        copied_file(request.getfixturevalue("sqlite_pattern"), settings.data / "records.sqlite")
    else:
        copied_as(request.getfixturevalue("postgresql_pattern"), settings.database)


@contextmanager
def made_app(settings: Settings, clock: StillClock, real: Library, pressed: Pressed) -> Iterator[Flask]:
    """An app with records of its own; the library and the public pages it shares with all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.app.load_library", lambda cache: real)
        patch.setattr("portal.app.Database", Overlooking)
        patch.setattr("portal.web.press.pressed_pages", lambda app, cache: pressed)
        made = create_app(settings, clock)
        made.jinja_env.bytecode_cache = COMPILED
        records: Database = made.extensions["portal"].database
        unhurried(records.engine)
        yield made
        records.engine.dispose()


@pytest.fixture
def app(settings: Settings, clock: StillClock, real: Library, pressed: Pressed, tables: None) -> Iterator[Flask]:
    with made_app(settings, clock, real, pressed) as made:
        yield made


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


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> str:
    return brought_up(f"sqlite:///{tmp_path_factory.mktemp(PATTERN) / 'records.sqlite'}")


@pytest.fixture(scope="session")
def postgresql_pattern(cluster: machine.Cluster) -> str:
    return brought_up(cluster.database(PATTERN))


@pytest.fixture(params=kinds.KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of each kind, with its tables; PostgreSQL under the account of the portal."""
    if request.param == kinds.SQLITE:
        address = copied_file(request.getfixturevalue("sqlite_pattern"), tmp_path / "records.sqlite")
    else:
        address = copied_inside(request.getfixturevalue("postgresql_pattern"), "records")
    made = Overlooking(address, b"k" * 32)
    unhurried(made.engine)
    yield made
    made.engine.dispose()
    kinds.put_away(request.config, address)


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
