"""Promises as tests: plant a value, walk the whole house, and look for it."""

import base64
import io
import json
import logging
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from portal import law
from portal.access import hashing
from portal.access.links import Power, make_link
from portal.access.team import OPERATOR, add_member
from portal.law.course import Doing, Means, NotPossibleError, Step
from portal.library import Library
from portal.records import notes, requests
from portal.records.anchoring import anchor_all
from portal.records.cases import Why, note_viewing
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from portal.records.figures import publish
from portal.records.models import Base, CaseRecord, ItemRecord, JournalLine, RequestRecord
from portal.records.requests import Outcome, Wish
from portal.settings import Settings
from portal.web.pressed import Pressed
from portal.web.team.figures import figures_csv
from tests import machine, planting
from tests.clock import StillClock, at
from tests.conftest import NOW, QUICK_HASHER, Team, made_app, make_case, make_team, settings_in
from tests.patterns import beside, copied_file, copied_inside, unhurried
from tests.planting import Console, escaped
from tests.reader import Reader

REFERENCE = "PLANTED-REFERENCE-7731"
ADDRESS = "203.0.113.7"
AGENT = "PlantedAgent/9.9"
PLACE = "Stoumont"
EXAM = "2026-05-11"
NUMBER_OF_HERS = "planted-number-9071"
HOME = "Planted-Street 88, 4321 Nowhere"
PROFESSIONAL = "Doctor Planted of Plantedham"
NEEDS = "planted need: a quiet corner"
BAGS = ("PLANTED-BAG-1", "PLANTED-BAG-2")
REASON, REMEDY = "planted reason of a refusal", "planted remedy against it"
TYPED = [REFERENCE, PLACE, NUMBER_OF_HERS, HOME, PROFESSIONAL, NEEDS, *BAGS, REASON, REMEDY]
TOLD = [*TYPED, *planting.WORDS, EXAM, "after-exam", "before-exam"]
NO_COLUMN_TELLS = re.compile("complaint|seiz|plainte|klacht|anzeige", re.IGNORECASE)

ASKED: dict[int, dict[str, Any]] = {
    1: {},
    2: {"copy-what": "all", "copy-how": "professional", "copy-who": PROFESSIONAL},
    3: {"destruction-which": "some", "destruction-items": [0]},
    4: {"restitution-items": {0: "return", 1: "keep"}, "restitution-where": "talk"},
    5: {"contact-how": "write", "contact-when": "evening"},
    6: {"needs-what": ["language", "other"], "needs-text": NEEDS},
    8: {"service-what": "other"},
    9: {"reminder-whether": "yes", "reminder-how": "write", "contact-when": "morning"},
    7: {},
}
"""What she answers under each matter's number, in the order she asks; stopping all messages comes last."""


@dataclass
class Walk:
    """Where somebody walked, and what it left behind: the secrets that must stand nowhere, addresses, and the log."""

    app: Flask
    database: Database
    team: Team
    clock: StillClock
    secrets: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)  # every one but the first
    log: str = ""
    nurses: list[str] = field(default_factory=list)  # the addresses of the console that carry what was typed

    @property
    def settings(self) -> Settings:
        settings: Settings = self.app.extensions["portal"].settings
        return settings


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kind(request: pytest.FixtureRequest) -> str:
    """The same promises on each kind of database."""
    return str(request.param)


@pytest.fixture
def settings(request: pytest.FixtureRequest, kind: str, settings: Settings) -> Settings:
    if kind == "sqlite":
        return settings
    return replace(settings, database=beside(request.getfixturevalue("postgresql_pattern"), "privacy"))


@pytest.fixture(scope="module")
def walked(
    request: pytest.FixtureRequest,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
    built: Path,
    real: Library,
    pressed: Pressed,
    sqlite_pattern: str,
) -> Iterator[Walk]:
    """Walk everywhere once: many look for what was planted, and none of them takes anything away."""
    data = tmp_path_factory.mktemp("walked")
    settings = replace(settings_in(data, built), staff_log=data / "staff.log")  # for a hospital's security officer
    if kind == "sqlite":
        copied_file(sqlite_pattern, data / "records.sqlite")
    else:
        settings = replace(settings, database=copied_inside(request.getfixturevalue("postgresql_pattern"), "privacy"))
    clock = StillClock(at(NOW))
    with pytest.MonkeyPatch.context() as patch, made_app(settings, clock, real, pressed) as app:
        patch.setattr(hashing, "_HASHER", QUICK_HASHER)
        with every_log_turned_up() as written:
            walk = _walk_everywhere(app, clock)
        walk.log = written.getvalue()
        yield walk


@contextmanager
def every_log_turned_up() -> Iterator[io.StringIO]:
    """Give what is logged meanwhile, at every level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    loggers = [logging.getLogger(name) for name in ("", "sqlalchemy", "portal", "werkzeug")]
    levels = [one.level for one in loggers]
    loggers[0].addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG)
    yield written
    loggers[0].removeHandler(handler)
    for one, level in zip(loggers, levels, strict=True):
        one.setLevel(level)


def _walk_everywhere(app: Flask, clock: StillClock) -> Walk:
    """Walk everywhere as somebody with a known address and browser."""
    database: Database = app.extensions["portal"].database
    team = make_team(database, clock, "north")
    walk = Walk(app, database, team, clock, secrets=[ADDRESS, AGENT, team.password, team.authenticator])
    case_id = make_case(database, clock, team, REFERENCE, EXAM)
    _prepare(database, team, clock, case_id)
    _she_asks_for_everything(app, database, team, clock, case_id, walk)
    _the_team_answers(database, team, clock, case_id)
    _a_nurse_signs_in(app, team, clock, case_id, walk)
    clock.forward(minutes=1)  # so that her next code is another
    console = Console(app, database, team, clock, _with_known_browser(Reader(app)))
    console.type_everything()
    walk.nurses = console.addresses
    return walk


def _prepare(database: Database, team: Team, clock: StillClock, case_id: str) -> None:
    for kind, mark in zip((law.ItemKind.CLOTHES, law.ItemKind.THING), BAGS, strict=True):
        item = law.Item(kind, date.fromisoformat(EXAM))
        notes.add_item(database, team.centre_id, case_id, team.staff_id, item, mark, clock())
    contact = Contact("call", f"{NUMBER_OF_HERS}, {HOME}", ("morning",))
    change_choices(database, team.centre_id, case_id, team.staff_id, clock(), contact=contact, shows_openings=True)
    for why in Why:
        clock.forward(minutes=16)
        note_viewing(database, team.centre_id, team.staff_id, case_id, clock(), why)


def _she_asks_for_everything(
    app: Flask, database: Database, team: Team, clock: StillClock, case_id: str, walk: Walk
) -> None:
    link = make_link(database, team.centre_id, case_id, team.staff_id, clock(), Power.EVERYTHING)
    person = _with_known_browser(Reader(app))
    for path in ("/", "/fr/", "/fr/o/", "/fr/i/5", f"/fr/l/{link.token}", "/fr/nothing"):
        person.client.get(path)
    _keep_addresses(person, walk)
    person.send("/fr/p/", {"place": PLACE})
    _post(person, f"/fr/l/{link.token}", {"code": "00000000"})
    _post(person, f"/fr/l/{link.token}", {"code": link.code})
    walk.addresses = [one for one in walk.addresses if one != f"/fr/l/{link.token}"]  # the first: what she was sent
    cookie = person.client.get_cookie("v")
    assert cookie is not None
    walk.secrets += [link.token, link.code, cookie.value]
    for matter, answers in ASKED.items():
        _ask(person, database, case_id, matter, answers)
    for number in _numbers(database, case_id):
        for path in (f"/fr/m/b/r/{number}", f"/fr/m/f/{number}", f"/fr/m/g/{number}"):
            person.client.get(path)
    destruction = _request(database, case_id, law.RequestKind.DESTRUCTION).number
    _post(person, f"/fr/m/x/{destruction}", {"token": person.get("/fr/m/").token(f"/fr/m/x/{destruction}")})
    for path in ("/fr/m/", "/fr/m/p", "/fr/m/a/3/", "/fr/m/nothing", "/fr/q", "/fr/m/"):
        person.client.get(path)


def _ask(person: Reader, database: Database, case_id: str, matter: int, answers: dict[str, Any]) -> None:
    """Answer each question of a request as it comes, press the button, and see what follows."""
    with database.reading() as session:
        every = select(ItemRecord.id).where(ItemRecord.case_id == case_id).order_by(ItemRecord.added_at, ItemRecord.id)
        things = list(session.scalars(every))
    path = f"/fr/m/a/{matter}/"
    for name, given in answers.items():
        data: dict[str, Any] = {"token": person.get(path).token()}
        if name == "restitution-items":
            data |= {f"thing-{things[index]}": wish for index, wish in given.items()}
        else:
            data["answer"] = [things[one] for one in given] if name == "destruction-items" else given
        path = _post(person, path, data).headers["Location"]
    done = _post(person, path, {"token": person.get(path).token()}).headers["Location"]
    assert "/m/a/r/" in done or matter == 9
    person.get(done)


def _the_team_answers(database: Database, team: Team, clock: StillClock, case_id: str) -> None:
    """One request is carried out, one refused, a complaint becomes known, a return is confirmed and asked again."""
    second = add_member(database, team.centre_id, "nurse-planted-second", "a long password of hers", clock()).staff_id
    for kind in (law.RequestKind.EXTENSION, law.RequestKind.REPORT_COPY, law.RequestKind.RESTITUTION):
        _move(database, team, clock, case_id, kind, Step.TAKE_UP)
    _move(database, team, clock, case_id, law.RequestKind.EXTENSION, Step.CARRY_OUT)
    refused = Outcome(reason=REASON, remedy=REMEDY)
    _move(database, team, clock, case_id, law.RequestKind.REPORT_COPY, Step.DECLINE, outcome=refused)
    notes.note_facts(
        database, team.centre_id, case_id, team.staff_id, clock(), complaint=law.Complaint.AFTER_EXAM, vulnerable=True
    )
    notes.set_hold(database, team.centre_id, case_id, second, clock())
    with pytest.raises(NotPossibleError):
        _move(database, team, clock, case_id, law.RequestKind.RESTITUTION, Step.CONFIRM, means=Means.VOICE)


def _move(
    database: Database,
    team: Team,
    clock: StillClock,
    case_id: str,
    kind: law.RequestKind,
    step: Step,
    *,
    means: Means | None = None,
    outcome: Outcome | None = None,
) -> None:
    request_id = _request(database, case_id, kind).id
    doing = Doing(step, team.staff_id, clock(), means)
    requests.move(database, team.centre_id, request_id, doing, outcome=outcome)


def _request(database: Database, case_id: str, kind: law.RequestKind) -> RequestRecord:
    with database.reading() as session:
        found = requests.latest(session, case_id, kind)
    assert found is not None
    return found


def _numbers(database: Database, case_id: str) -> list[str]:
    with database.reading() as session:
        return [one.number for one in requests.of_case(session, case_id)]


def _a_nurse_signs_in(app: Flask, team: Team, clock: StillClock, case_id: str, walk: Walk) -> None:
    nurse = _with_known_browser(Reader(app))
    _keep_addresses(nurse, walk)
    code = pyotp.TOTP(team.authenticator).at(clock())
    _post(nurse, "/fr/team/in", {"login": team.login, "password": team.password, "code": code})
    cookie = nurse.client.get_cookie("t")
    assert cookie is not None
    walk.secrets.append(cookie.value)
    for path in ("/fr/team/", f"/fr/team/c/{case_id}"):
        nurse.client.get(path)


def _with_known_browser(reader: Reader) -> Reader:
    reader.client.environ_base.update({"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": AGENT})
    return reader


def _keep_addresses(reader: Reader, walk: Walk) -> None:
    """Keep every address that is asked for from now on, and every one that an answer leads to."""
    real = reader.client.open

    def kept(*args: Any, **kwargs: Any) -> TestResponse:
        response = real(*args, **kwargs)
        walk.addresses.append(response.request.full_path.rstrip("?"))
        walk.addresses.extend(response.headers.getlist("Location"))
        return response

    reader.client.open = kept  # type: ignore[method-assign]


def _post(reader: Reader, path: str, data: dict[str, Any]) -> TestResponse:
    return reader.client.post(path, data=data, headers={"Sec-Fetch-Site": "same-origin"})


def test_the_log_tells_nothing(walked: Walk) -> None:
    assert "INSERT INTO request_record" in walked.log  # the log is turned up as far as it goes
    for planted in [*walked.secrets, *TOLD]:
        assert not [one for one in escaped(planted) if one in walked.log], planted


def test_no_address_after_the_first_tells_anything(walked: Walk) -> None:
    """A history, a proxy and a shoulder read addresses: answers travel in them sealed, and the link is left at once."""
    assert any(len(one) > 100 for one in walked.addresses)  # the answers on their way
    assert any("/m/a/r/" in one for one in walked.addresses)
    for address in walked.addresses:
        parts = urlsplit(address)
        assert not parse_qsl(parts.query), address
        for planted in [*walked.secrets, *TOLD]:
            assert planted not in address
        for part in parts.path.split("/"):
            opened = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) if len(part) > 100 else b""
            assert not re.search(rb"answer|planted|evening|return|copy", opened, re.IGNORECASE)


def test_every_sealed_address_has_one_of_a_few_lengths(walked: Walk) -> None:
    lengths = {len(part) for one in walked.addresses for part in urlsplit(one).path.split("/") if len(part) > 100}
    assert 0 < len(lengths) <= 8


def test_a_stolen_database_does_not_tell_who(walked: Walk) -> None:
    content = stolen(walked.database, walked.settings)
    for planted in [*walked.secrets, *TOLD]:
        assert not [one for one in escaped(planted) if one.encode() in content], planted
    assert b"nurse-north" in content  # the team's names stand in clear: docs/what-stands-in-clear.md says so


def test_what_a_nurse_typed_travels_sealed_while_she_shows_who_she_is(walked: Walk) -> None:
    (address,) = walked.nurses
    ((name, sealed),) = parse_qsl(urlsplit(address).query)
    assert name == "kept"
    opened = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for planted in TOLD:
        assert not [one for one in escaped(planted) if one in address or one.encode() in opened], planted


def test_the_staff_log_tells_who_worked_and_nothing_of_any_case(walked: Walk) -> None:
    assert walked.settings.staff_log is not None
    written = walked.settings.staff_log.read_text(encoding="utf-8")
    for part in (
        "team.note_consent",
        "team.lift_hold",
        "team.correct",
        "team.note_contact",
        walked.team.login,
        ADDRESS,
    ):
        assert part in written, part
    for planted in [*walked.secrets, *TOLD]:
        if planted != ADDRESS:  # of the workstation: for that, the file is there
            assert not [one for one in escaped(planted) if one in written], planted


def test_what_leaves_the_house_for_others_tells_of_nobody(walked: Walk, tmp_path: Path) -> None:
    """The anchors of the journal, and the figures of a year as a file."""
    anchors, clock = tmp_path / "anchors.jsonl", StillClock(walked.clock())
    anchor_all(walked.database, anchors, [b"a key to sign anchors with, of 32"[:32]], clock(), OPERATOR)
    clock.forward(days=200)
    found = publish(walked.database, walked.team.centre_id, 2026, clock(), OPERATOR)
    with walked.app.test_request_context("/en/team/figures"):
        left = anchors.read_text(encoding="utf-8") + figures_csv(found, "north").decode()
    assert walked.team.centre_id in left
    assert "2026" in left
    for planted in [*walked.secrets, *TOLD, "nurse-"]:
        assert not [one for one in escaped(planted) if one in left], planted


def stolen(database: Database, settings: Settings) -> bytes:
    """Return what a thief carries away: the files with what is not yet written back, and a backup."""
    if database.engine.dialect.name == "postgresql":
        return dumped(settings.database)
    files = [path for path in settings.data.iterdir() if path.name.startswith("records.sqlite")]
    assert {"records.sqlite", "records.sqlite-wal"} <= {path.name for path in files}
    copy = settings.data / "backup"
    with (
        closing(sqlite3.connect(settings.data / "records.sqlite")) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        text = "\n".join(target.iterdump())
    return b"".join(path.read_bytes() for path in [*files, copy]) + text.encode()


def dumped(address: str) -> bytes:
    tools = machine.postgresql_tools()
    assert tools is not None
    url = make_url(address)
    command = [str(tools / "pg_dump"), "-h", str(url.query["host"]), "-U", machine.ALMIGHTY, str(url.database)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_the_journal_taken_outside_names_nobody_and_no_fact(walked: Walk) -> None:
    with walked.database.reading() as session:
        lines = [
            {column.name: str(getattr(line, column.name)) for column in JournalLine.__table__.columns}
            for line in session.scalars(select(JournalLine))
        ]
    exported = "\n".join(json.dumps(line) for line in lines)
    for planted in [*walked.secrets, *TOLD, "nurse-"]:
        assert not [one for one in escaped(planted) if one in exported], planted
    actions = {line["action"] for line in lines}
    assert {"request-asked", "request-cancel", "request-decline", "fact-noted", "case-opened"} <= actions
    assert not any(NO_COLUMN_TELLS.search(action) for action in actions)
    assert not {kind for kind in law.RequestKind for action in actions if kind in action}


@pytest.mark.parametrize(
    "fact", [{"vulnerable": True}, {"protected": True}, {"seized": True}, {"capable_29_4": True}, {"apt_29_4": True}]
)
def test_a_complaint_is_one_line_of_the_journal_like_any_other_fact(
    tmp_path: Path, sqlite_pattern: str, fact: dict[str, bool]
) -> None:
    quiet = journal_of(sqlite_pattern, tmp_path / "quiet")
    complained = journal_of(sqlite_pattern, tmp_path / "complained", complaint=law.Complaint.AFTER_EXAM)
    assert [line for line in complained if line[0] != "fact-noted"] == quiet
    assert len(complained) == len(quiet) + 1
    assert journal_of(sqlite_pattern, tmp_path / "other", **fact) == complained


def journal_of(pattern: str, folder: Path, **noted: Any) -> list[tuple[str, str]]:
    """Return what was done, and whether by the team, in a run where something becomes known, or nothing."""
    database, team, clock, case_id = a_run(pattern, folder, law.Complaint.NONE)
    if noted:
        notes.note_facts(database, team.centre_id, case_id, team.staff_id, clock(), **noted)
    with database.reading() as session:
        lines = list(session.scalars(select(JournalLine).order_by(JournalLine.seq)))
    database.engine.dispose()
    return [(line.action, "person" if line.actor == "person" else "team") for line in lines]


@pytest.mark.parametrize("complaint", [one for one in law.Complaint if one is not law.Complaint.NONE])
def test_two_stolen_databases_that_differ_only_in_a_complaint_read_the_same(
    tmp_path: Path, sqlite_pattern: str, complaint: law.Complaint
) -> None:
    """Every column in clear, every row that is there or is not, and how long each sealed column is."""
    one = in_clear(sqlite_pattern, tmp_path / "one", complaint)
    assert one == in_clear(sqlite_pattern, tmp_path / "none", law.Complaint.NONE)


def in_clear(pattern: str, folder: Path, complaint: law.Complaint) -> dict[str, list[str]]:
    """Return every row of every table as a thief reads it: random values left out, sealed ones by their length."""
    database, *_ = a_run(pattern, folder, complaint)
    found = {}
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(select(table)).mappings()
            found[table.name] = sorted(
                str({name: _as_read(name, value) for name, value in row.items()}) for row in rows
            )
    database.engine.dispose()
    return found


def _as_read(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return len(value)
    is_random = re.search(r"(^|_)(id|hash|number|index|by|actor|subject|previous)$", name) and name != "ask_by"
    return value is not None if is_random else value


def a_run(pattern: str, folder: Path, complaint: law.Complaint) -> tuple[Database, Team, StillClock, str]:
    """A case with two things, every request asked, and each taken up."""
    folder.mkdir()
    database = Database(copied_file(pattern, folder / "records.sqlite"), b"k" * 32)
    unhurried(database.engine)
    clock = StillClock(at(NOW))
    team = make_team(database, clock, "north")
    case_id = make_case(database, clock, team, complaint=complaint)
    _prepare(database, team, clock, case_id)
    make_link(database, team.centre_id, case_id, team.staff_id, clock(), Power.EVERYTHING)
    for kind in (*law.ABOUT_EVIDENCE, law.RequestKind.CONTACT_ME):
        requests.ask(database, team.centre_id, case_id, Wish(kind), clock())
        _move(database, team, clock, case_id, kind, Step.TAKE_UP)
    return database, team, clock, case_id


@pytest.mark.parametrize("minor", [False, True])
def test_no_length_of_a_sealed_sheet_tells_of_a_complaint(tmp_path: Path, sqlite_pattern: str, *, minor: bool) -> None:
    database = Database(copied_file(sqlite_pattern, tmp_path / "records.sqlite"), b"k" * 32)
    unhurried(database.engine)
    clock = StillClock(at(NOW))
    team = make_team(database, clock, "north")
    for phase in law.Phase:
        for complaint in law.Complaint:
            case_id = make_case(database, clock, team, f"{phase}-{complaint}", minor=minor, complaint=complaint)
            if complaint is law.Complaint.NONE:
                notes.note_facts(
                    database, team.centre_id, case_id, team.staff_id, clock(), complaint=law.Complaint.AFTER_EXAM
                )
    with database.reading() as session:
        assert len({len(case.sealed_facts) for case in session.scalars(select(CaseRecord))}) == 1
    database.engine.dispose()


def test_an_unforeseen_error_is_logged_without_what_was_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"{REFERENCE} from {ADDRESS}")

    monkeypatch.setattr("portal.web.followup.entering.try_code", broken)
    Reader(app).post(f"/fr/l/{'A' * 22}", {"code": "1234 5678"}, status=500)
    assert "RuntimeError" in caplog.text
    assert REFERENCE not in caplog.text
    assert ADDRESS not in caplog.text
    assert "A" * 22 not in caplog.text


def test_what_stands_in_clear_is_all_listed_and_nothing_else() -> None:
    listed = (Path(__file__).parents[1] / "docs" / "what-stands-in-clear.md").read_text(encoding="utf-8")
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", listed)) == columns
