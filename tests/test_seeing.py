"""Seeing without watching: what a running server writes down, whatever it is sent, and what it tells its operator."""

import json
import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest

from portal.access.hashing import PLACES
from portal.access.links import make_link
from portal.cli import main
from portal.clock import system_clock
from portal.events import Event, on_stderr, tell, tell_error
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from portal.runs import last_runs, note_run
from portal.settings import Settings
from portal.web.pressed import Pressed
from tests.clock import StillClock
from tests.conftest import make_case, make_team
from tests.running import Running

ADDRESS = "127.66.77.88"  # of this machine, and of nobody else on it
FORWARDED = "203.0.113.7"
AGENT = "PlantedAgent/9.9"
PHONE = "0470 99 88 77"
REFERENCE = "PLANTED-REFERENCE-7731"
TYPED = "planted words of hers"
WRONG_CODE = "90817263"
NEVER = [
    ADDRESS,
    FORWARDED,
    AGENT,
    PHONE,
    PHONE.replace(" ", ""),
    REFERENCE,
    TYPED,
    TYPED.replace(" ", "+"),
    WRONG_CODE,
]
ALLOWED = {"at", "level", "event", "kind", "file", "line", "endpoint", "by", "centre", "workers"}


@pytest.fixture
def provoked(
    settings: Settings, tables: None, pressed: Pressed, real: object, tmp_path: Path
) -> Iterator[tuple[Running, list[str]]]:
    """A server that was sent everything that can go wrong, by somebody with a known address, browser and number."""
    clock = StillClock(system_clock())
    database = Database.of(settings)
    team = make_team(database, clock, "north")
    case_id = make_case(database, clock, team, REFERENCE, f"{clock():%Y-%m-%d}")
    contact = Contact("call", PHONE, ("morning",))
    change_choices(database, team.centre_id, case_id, team.staff_id, clock(), contact=contact, shows_openings=True)
    link = make_link(database, team.centre_id, case_id, team.staff_id, clock())
    database.engine.dispose()
    written = tmp_path / "written"
    written.mkdir()
    server = Running(settings.data, written, came_from=ADDRESS)
    try:
        server.wait()
        _is_seen_from_this_machine_alone(server)
        _provoke(server, f"/fr/l/{link.token}", link.code, settings.data / "records.sqlite")
        yield server, [link.token, link.code]
    finally:
        server.process.kill()
        server.process.wait()


def _is_seen_from_this_machine_alone(server: Running) -> None:
    for path in ("/health", "/ready", "/metrics"):
        assert server.status("GET", path) == 404
    assert server.asked("/health") == (200, "alive\n")
    assert server.asked("/fr/") == (404, "not here\n")
    assert server.asked("/ready") == (200, "ready\n")
    assert server.asked("/metrics")[0] == 200


def _provoke(server: Running, path: str, code: str, records: Path) -> None:
    told = {"User_Agent": AGENT, "X_Forwarded_For": FORWARDED, "Forwarded": f"for={FORWARDED}", "Referer": path}
    status = server.status
    assert status("GET", "/fr/", **told) == 200
    assert status("GET", f"/fr/nothing{path}", **told) == 404
    assert status("POST", path, f"code={WRONG_CODE}", **told) == 422
    assert status("POST", path, f"code={code}", **told) == 303
    assert status("POST", path, "code=" + code + "&text=" + TYPED.replace(" ", "+") * 1000, **told) == 413
    assert (
        status("POST", path, f"code={code}", **told, Origin="https://elsewhere.example", Sec_Fetch_Site="cross-site")
        == 403
    )
    assert status("PUT", path, f"code={code}", **told) == 405
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nUser-Agent: {AGENT}\r\n"
    for text in (
        f"{AGENT} {path} {code}\r\n\r\n",
        f"GET {path}\tHTTP/1.1\r\nX-Code: {code}\r\n\r\n",
        f"{head}X-Long: {code * 20_000}\r\n\r\n",
        f"{head}Content-Length: 900\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ncode={code}",
        f"{head}Content-Length: nine\r\n\r\ncode={code}",
        f"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\ncode={code}",
    ):
        assert server.said_to(text.encode()).startswith(b"HTTP/1.1 4"), text
    slow = f"{head}Content-Length: 900\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ncode={code}"
    assert b" 400 " in server.said_to(slow.encode(), and_waits=True)[:40]
    with ThreadPoolExecutor(PLACES + 1) as many, closing(sqlite3.connect(records, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")  # whoever has a place waits for this writer, so that they are taken for sure
        codes = [many.submit(status, "POST", path, f"code={WRONG_CODE}", **told) for _ in range(PLACES + 1)]
        first, others = wait(codes, return_when=FIRST_COMPLETED)
        writer.execute("ROLLBACK")
    assert {one.result() for one in first} == {503}
    assert 503 not in {one.result() for one in others}
    with closing(sqlite3.connect(records)) as broken:
        broken.execute("ALTER TABLE link RENAME TO gone")
    assert status("POST", path, f"code={code}", **told) == 503
    assert status("GET", "/fr/i/5", **told) == 200


@pytest.mark.sqlite("a server of its own over a file that is kept busy, broken and read through")
def test_whatever_is_sent_nothing_written_tells_who_sent_it(
    provoked: tuple[Running, list[str]], settings: Settings
) -> None:
    server, secrets = provoked
    kept = {path for path in settings.data.rglob("*") if path.is_file() and "built" not in path.parts}
    told_outside = "".join(server.asked(path)[1] for path in ("/health", "/ready", "/metrics", f"/{secrets[0]}"))
    said = server.stop()
    everything = {
        path: path.read_bytes() for path in {*kept, server.written / "out", server.written / "err"} if path.exists()
    }
    assert settings.data / "records.sqlite" in everything
    for planted in [*NEVER, *secrets]:
        assert planted not in told_outside
        for path, content in everything.items():
            assert planted.encode() not in content, (planted, path.name)
    lines = [json.loads(line) for line in said.splitlines()]
    assert {line["event"] for line in lines} >= {Event.SERVING, Event.RECORDS_AWAY, Event.STOPPED}
    assert all(set(line) <= ALLOWED for line in lines), lines
    assert (server.written / "out").read_bytes() == b""


def test_an_event_holds_no_text_that_came_in(capsys: pytest.CaptureFixture[str]) -> None:
    def failing() -> None:
        raise ValueError(f"{ADDRESS} {PHONE}")

    with on_stderr():
        tell(
            Event.NO_CHECKED_PHONE,
            centre="liege",
            other=PHONE,
            third="81.82.83.84",
            fourth="2001:db8::1",
            fifth="words of",
        )
        logging.getLogger("library").error("somebody at %s typed %s", ADDRESS, TYPED)
        logging.getLogger("library").info("not worth a line")
        thread = threading.Thread(target=failing)
        thread.start()
        thread.join()
        try:
            failing()
        except ValueError as error:
            tell_error(Event.UNEXPECTED, error, endpoint="team.case")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line.pop("at")[:2], line.pop("level")) for line in lines] == [("20", "info"), *[("20", "error")] * 3]
    assert lines[0] == {
        "event": "no-checked-phone",
        "centre": "liege",
        **dict.fromkeys(["other", "third", "fourth", "fifth"], "?"),
    }
    assert lines[1] == {"event": "elsewhere", "by": "library"}
    assert (lines[2]["kind"], lines[2]["by"]) == ("ValueError", "thread")
    assert lines[3]["endpoint"] == "team.case"


def test_what_the_timers_run_says_how_it_ended_and_when(
    settings: Settings,
    tables: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("PORTAL_DATA", str(settings.data))
    monkeypatch.setenv("PORTAL_DATABASE", settings.database)
    assert main(["anchor"]) == 2
    assert last_runs(settings.data) == {}
    monkeypatch.setenv("PORTAL_ANCHORS", str(tmp_path / "anchors"))
    assert main(["anchor"]) == 0
    assert set(last_runs(settings.data)) == {"anchor"}
    said = capsys.readouterr().err
    ends = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [(one["event"], one["command"], one["status"]) for one in ends] == [
        ("command-ended", "anchor", 2),
        ("command-ended", "anchor", 0),
    ]
    assert main(["metrics"]) == 0
    told = capsys.readouterr().out
    assert re.search(r'^portal_last_run_age_seconds{command="anchor"} \d+$', told, re.MULTILINE)
    assert re.search(r"^portal_ready 1$", told, re.MULTILINE)


def test_the_counts_are_told_where_the_database_is_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("PORTAL_DATA", str(settings.data))
    monkeypatch.setenv("PORTAL_DATABASE", f"sqlite:///{settings.data}")  # a folder: nothing opens
    note_run(settings.data, "outbox")
    assert main(["metrics"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^portal_ready 0$", told, re.MULTILINE)
    assert 'portal_last_run_age_seconds{command="outbox"} ' in told
    assert "portal_messages" not in told


@pytest.mark.parametrize("address", ["0.0.0.0:8001", "192.0.2.1:8001", "somewhere:8001", "8001", ""])
def test_it_is_watched_from_this_machine_alone(address: str) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--watch", address])
