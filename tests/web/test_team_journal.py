"""The auditor reads what was done, and never a case; figures leave the console as they were published."""

import ast
import csv
import importlib
import inspect
import io
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

import portal
from portal.access.roles import Role
from portal.access.team import OPERATOR, add_member
from portal.cli import main
from portal.law.course import Step
from portal.library import LANGUAGES
from portal.records import auditing
from portal.records.anchoring import anchor_all
from portal.records.cases import Why, note_viewing
from portal.records.database import Database
from portal.records.figures import TABLES, publish
from portal.records.follow_up import Called
from portal.records.journal import write_line
from portal.records.models import Centre, JournalLine, PublishedFigures
from portal.records.outbox import State
from portal.settings import DEMO_DEFAULTS, Settings
from portal.web.team.deeds import ACTIONS, said
from portal.web.team.figures import BYTE_ORDER_MARK, _plain
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.patterns import past_the_guards
from tests.reader import KEYS, Reader
from tests.web.test_routes import everything

KNOWN_BY_NAME = {
    "why": [*Why],
    "action": [
        *("journal-anchored", "journal-broken"),
        *("waiting-changed", "grace-changed", "follow-up-days-changed", "quiet-changed"),
        *("choices-changed", "contact-proposed"),
    ],
}
"""What a function is handed as an action: whoever adds a function of this kind says here which."""


def member_as(role: Role, app: Flask, database: Database, team: Team, clock: StillClock) -> Team:
    login = f"north-{role}"
    added = add_member(database, team.centre_id, login, "a long password", clock(), role)
    return replace(
        team, staff_id=added.staff_id, login=login, password="a long password", authenticator=added.authenticator
    )


@pytest.fixture
def auditor(app: Flask, app_database: Database, team: Team, case_id: str, clock: StillClock) -> Reader:
    reader = Reader(app)
    reader.sign_in(member_as(Role.AUDITOR, app, app_database, team, clock), clock(), "en")
    return reader


def opened(auditor: Reader, language: str = "en") -> str:
    page = auditor.get(f"/{language}/team/journal")
    action = f"/{language}/team/journal/open"
    return auditor.send(action, {"token": page.token(action)})


def test_opening_the_journal_is_a_line_of_it_once_for_fifteen_minutes(
    auditor: Reader, app_database: Database, clock: StillClock
) -> None:
    def viewings() -> int:
        with app_database.reading() as session:
            return session.query(JournalLine).filter_by(action=auditing.VIEWED).count()

    closed = auditor.get("/en/team/journal")
    assert not closed.all("table")
    for _ in range(2):
        assert opened_again(auditor) == "/en/team/journal"
    assert viewings() == 1
    before = everything(app_database)
    assert auditor.get("/en/team/journal").all("table")
    assert everything(app_database) == before
    clock.forward(minutes=14)
    auditor.get("/en/team/account")
    clock.forward(minutes=2)
    assert not auditor.get("/en/team/journal").all("table")
    opened(auditor)
    assert viewings() == 2


def opened_again(auditor: Reader) -> str:
    token = auditor.get("/en/team/account").token()
    return auditor.send("/en/team/journal/open", {"token": token})


def test_who_did_what_when_in_words_and_no_case(
    auditor: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    note_viewing(app_database, team.centre_id, team.staff_id, case_id, clock(), Why.REQUEST)
    page = auditor.get(opened(auditor))
    assert "Registered a case nurse-north" in page.main
    assert case_id[:8] in page.main
    assert "Signed in north-auditor" in page.main
    assert "REF-1" not in page.text
    assert f"/en/team/c/{case_id}" not in page.text
    seqs = [row[0].text for row in map(list, page.all("tr")[1:])]
    assert seqs == sorted(seqs, key=lambda one: -int(one or 0))


def test_an_auditor_opens_no_case_and_a_nurse_no_journal(
    auditor: Reader, app: Flask, team: Team, case_id: str, clock: StillClock
) -> None:
    auditor.get(f"/en/team/c/{case_id}", status=403)
    nurse = Reader(app)
    nurse.sign_in(team, clock(), "en")
    nurse.get("/en/team/journal", status=403)
    nurse.get("/en/team/journal/openings", status=403)
    nurse.get("/en/team/figures", status=403)


def test_another_centre_is_not_there(
    auditor: Reader, app_database: Database, other_team: Team, clock: StillClock
) -> None:
    theirs = make_case(app_database, clock, other_team, "REF-SOUTH")
    page = auditor.get(opened(auditor))
    assert theirs[:8] not in page.text
    assert "south" not in page.text
    with app_database.reading() as session:
        number = str(session.query(JournalLine).count())
    assert number
    assert "No line fits" in auditor.get(f"/en/team/journal?about={theirs}").main


def rows(page: object) -> int:
    return len(page.all("tr")) - 1  # type: ignore[attr-defined]  # a page


def test_lines_are_chosen_by_who_what_and_about_which_number(
    auditor: Reader, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    other = make_case(app_database, clock, team, "REF-2")
    note_viewing(app_database, team.centre_id, team.staff_id, other, clock(), Why.DATE)
    with app_database.writing(team.centre_id) as session:
        write_line(session, team.centre_id, clock(), OPERATOR, "case-viewed-wondering", case_id)
    opened(auditor)
    here = "/en/team/journal"
    assert rows(auditor.get(f"{here}?what=case-registered")) == 2
    assert rows(auditor.get(f"{here}?who=operator")) == 1
    assert "Opened a case (wondering)" in auditor.get(f"{here}?who=operator").main  # a reason without words yet
    assert rows(auditor.get(f"{here}?what=case-viewed&about={case_id}")) == 1
    assert rows(auditor.get(f"{here}?about={case_id[:8]}")) == 2
    assert "No line fits" in auditor.get(f"{here}?who=nobody").main
    assert "No line fits" in auditor.get(f"{here}?what=nothing").main
    for wrong in ("REF-1", "%00%00%00%00", "abc", "x" * 500, "%ff%fe"):
        page = auditor.get(f"{here}?about={wrong}", status=422)
        assert "Type at least four signs" in page.main
        assert not page.all("table")


def test_a_made_up_page_is_the_first(auditor: Reader) -> None:
    opened(auditor)
    for before in ("0", "-1", "x", "99999999999999999999", "%00"):
        assert rows(auditor.get(f"/en/team/journal?before={before}")) > 1, before


def test_a_hundred_lines_a_page_each_line_once(
    auditor: Reader, team: Team, app_database: Database, clock: StillClock
) -> None:
    with app_database.writing(team.centre_id) as session:
        for _ in range(230):
            write_line(session, team.centre_id, clock(), team.staff_id, "fact-noted", "ab" * 16)
    opened(auditor)
    seen, path = [], "/en/team/journal?what=fact-noted"
    while path:
        page = auditor.get(path)
        seen += [next(iter(row)).text for row in page.all("tr")[1:]]
        path = next((href for href in page.links if "before=" in href), "")
    assert len(seen) == len(set(seen)) == 230


def test_who_opens_without_work_of_the_day_stands_first(
    auditor: Reader, app: Flask, team: Team, case_id: str, app_database: Database, clock: StillClock
) -> None:
    curious = member_as(Role.NURSE, app, app_database, team, clock)
    for reason, many, who in ((Why.REQUEST, 5, team), (Why.DATE, 1, team), (Why.OTHER, 2, curious)):
        for _ in range(many):
            clock.forward(minutes=16)
            note_viewing(app_database, team.centre_id, who.staff_id, case_id, clock(), reason)
    auditor.sign_in(replace_auditor(app, app_database, team, clock), clock(), "en")
    opened(auditor)
    page = auditor.get("/en/team/journal/openings?days=7")
    table = [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in page.all("tr")[1:]]
    assert [row[0].split()[0] for row in table] == ["north-nurse", "nurse-north"]
    assert [row[1].split("Opened")[0].strip() for row in table] == ["2", "0"]
    assert [row[2] for row in table] == ["0", "6"]
    clock.forward(minutes=10)
    assert "Last 30 days" in auditor.get("/en/team/journal/openings?days=junk").main


def replace_auditor(app: Flask, database: Database, team: Team, clock: StillClock) -> Team:
    added = add_member(database, team.centre_id, "second-auditor", "a long password", clock(), Role.AUDITOR)
    return replace(team, login="second-auditor", password="a long password", authenticator=added.authenticator)


def test_it_says_when_it_was_last_anchored_and_that_something_does_not_fit(
    auditor: Reader, team: Team, app_database: Database, clock: StillClock, tmp_path: Path
) -> None:
    opened(auditor)
    assert "never written down outside" in auditor.get("/en/team/journal").main
    anchor_all(app_database, tmp_path, (b"k" * 32,), clock(), OPERATOR)
    page = auditor.get("/en/team/journal")
    assert "every line fits up to line" in page.main
    assert "Lines since then: 1." in page.main
    with past_the_guards(app_database) as connection:
        connection.exec_driver_sql("UPDATE journal SET actor = subject WHERE seq = 2")
    anchor_all(app_database, tmp_path, (b"k" * 32,), clock(), OPERATOR)
    assert "a line did not fit" in auditor.get("/en/team/journal").main


BEGUN_SO = {
    "f'request-{": [f"request-{step}" for step in Step],
    "f'follow-up-{": [f"follow-up-{called}" for called in Called],
    "f'message-{": [f"message-{state}" for state in (State.SENT, State.FAILED, State.UNSURE, State.CANCELLED)],
}


def test_every_action_that_the_code_writes_has_words_in_every_language() -> None:
    written = set().union(*(actions_in(path) for path in Path(portal.__file__).parent.rglob("*.py")))
    assert len(written) > 20
    assert written <= set(ACTIONS), f"words for {sorted(written - set(ACTIONS))}: deeds.py and the catalogues"
    assert {f"journal.did_{action}" for action in ACTIONS} <= KEYS  # in one language, and so in all


def actions_in(path: Path) -> set[str]:
    """Return every action that a file writes into the journal, whichever way it is said there."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "write_line":
            found |= set(told(node.args[4], path))
    return found


def told(said_as: ast.expr, path: Path) -> list[str]:
    if isinstance(said_as, ast.Constant):
        return [str(said_as.value)]
    if isinstance(said_as, ast.JoinedStr):
        told_as = ast.unparse(said_as)
        return next(names for beginning, names in BEGUN_SO.items() if told_as.startswith(beginning))
    if isinstance(said_as, ast.IfExp):
        return [*told(said_as.body, path), *told(said_as.orelse, path)]
    name = ast.unparse(said_as)
    parts = path.relative_to(Path(portal.__file__).parents[1]).with_suffix("").parts
    value = dict(inspect.getmembers(importlib.import_module(".".join(parts)))).get(name)
    return [value] if isinstance(value, str) else [str(one) for one in KNOWN_BY_NAME[name]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(app: Flask, auditor: Reader, language: str) -> None:
    auditor.get(opened(auditor, language))
    auditor.get(f"/{language}/team/journal/openings")
    auditor.get(f"/{language}/team/figures")
    with app.test_request_context(f"/{language}/"):
        assert not any(said(action).startswith("journal.") for action in ACTIONS)


@pytest.fixture
def coordinator(app: Flask, app_database: Database, team: Team, case_id: str, clock: StillClock) -> Reader:
    """Somebody who leads the team, in the January after."""
    clock.forward(days=170)
    reader = Reader(app)
    reader.sign_in(member_as(Role.COORDINATOR, app, app_database, team, clock), clock(), "en")
    return reader


def test_a_year_is_published_once_shown_and_taken_as_a_file(coordinator: Reader, app_database: Database) -> None:
    page = coordinator.get("/en/team/figures")
    assert "Publish a year" in page.main
    coordinator.client.get("/en/team/figures/2026.csv").get_data()
    assert coordinator.client.get("/en/team/figures/2026.csv").status_code == 404
    token = page.token("/en/team/figures")
    assert coordinator.send("/en/team/figures", {"token": token, "year": "2026"}) == "/en/team/figures#y2026"
    page = coordinator.get("/en/team/figures")
    assert "fewer than 10" in page.main
    assert "Publish a year" not in page.main
    answer = coordinator.client.get("/en/team/figures/2026.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="2026.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    coordinator.send("/en/team/figures", {"token": token, "year": "2026"})  # pressed twice is once
    assert coordinator.client.get("/en/team/figures/2026.csv").get_data() == answer.get_data()
    with app_database.reading() as session:
        assert session.query(PublishedFigures).count() == 1


def test_another_year_is_not_published(coordinator: Reader, app_database: Database) -> None:
    token = coordinator.get("/en/team/figures").token("/en/team/figures")
    before = everything(app_database)
    for year in ("", "2027", "2025", "junk", "20260", "²"):
        page = coordinator.post("/en/team/figures", {"token": token, "year": year}, status=422)
        assert "Choose a year that is over" in page.main, year
    assert everything(app_database) == before


def test_the_file_opens_in_a_spreadsheet_and_is_never_a_formula(
    coordinator: Reader, app_database: Database, team: Team, clock: StillClock
) -> None:
    with app_database.writing(team.centre_id) as session:
        session.get_one(Centre, team.centre_id).name = '=HYPERLINK("http://elsewhere";"é")'
    publish(app_database, team.centre_id, 2026, clock(), OPERATOR)
    content = coordinator.client.get("/en/team/figures/2026.csv").get_data().decode()
    assert content.startswith(BYTE_ORDER_MARK)
    table = list(csv.reader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK)), delimiter=";"))
    assert table[0] == ["Centre", "Year", "Table", "Category", "At least", "At most"]
    assert len(table) == 1 + sum(len(one.categories) for one in TABLES)
    assert {row[0] for row in table[1:]} == {'\'=HYPERLINK("http://elsewhere";"é")'}
    assert {(row[4], row[5]) for row in table[1:]} == {("0", "9")}
    assert [_plain(one) for one in ("=1", "+1", "-1", "@a", "\ta", "\ra", "a=1")] == [
        "'=1",
        "'+1",
        "'-1",
        "'@a",
        "'\ta",
        "'\ra",
        "a=1",
    ]


def test_the_command(
    settings: Settings, tables: None, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    own = {"PORTAL_MODE": "demo", "PORTAL_DATA": str(settings.data), "PORTAL_DATABASE": settings.database}
    for name, value in {**DEMO_DEFAULTS, **own}.items():
        monkeypatch.setenv(name, value)
    assert main(["centre", "North"]) == 0
    capfdbinary.readouterr()
    assert main(["figures", "North", "2020", "--language", "nl"]) == 0
    first = capfdbinary.readouterr().out
    assert first.decode().startswith(f'{BYTE_ORDER_MARK}"Centrum";"Jaar"')
    assert main(["figures", "North", "2020", "--language", "nl"]) == 0
    assert capfdbinary.readouterr().out == first
    assert main(["figures", "Nowhere", "2020"]) == 1
    assert main(["figures", "North", "2099"]) == 1


def test_an_auditor_begins_with_the_journal(auditor: Reader) -> None:
    assert auditor.client.get("/en/team/first").headers["Location"] == "/en/team/journal"
