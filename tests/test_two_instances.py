"""Two installations' worth of processes at once on one PostgreSQL: whatever must be one is one, whichever is asked.

`portal serve` runs twice, on loopback, under the account of the portal and with the real clock; the jobs run twice at
once beside them. Nothing but the database is common to the two.
"""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
from sqlalchemy import func, select

from portal.access.links import NewLink, make_link
from portal.access.throttle import FREE_TRIES
from portal.clock import BRUSSELS, system_clock
from portal.law import Complaint
from portal.records import outbox
from portal.records.anchoring import ANCHORED
from portal.records.cases import Admission, register_case
from portal.records.choices import Contact
from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.erasure import ERASED
from portal.records.filed import note_in_file
from portal.records.journal import verify
from portal.records.models import CaseRecord, Centre, Extension, Hold, JournalLine, Link, Message, RequestRecord
from portal.records.outbox import Kind
from portal.settings import DEMO_DEFAULTS, settings_from
from portal.web.pressed import Pressed
from tests.agreeing import agreed
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.messages.servers import Gateway, sms_gateway
from tests.patterns import Overlooking, address_of, copied_inside
from tests.running import HOME, Running

pytestmark = pytest.mark.postgresql

AT_ONCE, TRIES, MESSAGES = 32, 12, 6
TOKEN = re.compile(r'name="token"[^>]*value="([^"]+)"')
SEALING_KEY = settings_from({**DEMO_DEFAULTS, "PORTAL_MODE": "demo"}).sealing_keys


class Browser:
    """Somebody whose browser keeps cookies and may be led to either machine by what stands in front of them."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def ask(self, server: Running, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page, or send a form; return status, where it leads, and the page."""
        asking = http.client.HTTPConnection(HOME, server.port, timeout=60)
        sent = {"Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        try:
            if form is None:
                asking.request("GET", path, headers=sent)
            else:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
                asking.request("POST", path, urlencode(form), sent)
            answer = asking.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
            return answer.status, answer.headers.get("Location", ""), answer.read().decode()
        finally:
            asking.close()

    def token(self, server: Running, path: str) -> str:
        """Return the token of the form on a page."""
        found = TOKEN.search(self.ask(server, path)[2])
        assert found, path
        return found[1]


class House:
    """One database, two machines, a centre with a nurse."""

    def __init__(self, database: Database, built: Path, folder: Path) -> None:
        self.database, self.clock = database, StillClock(system_clock())
        self.team: Team = make_team(database, self.clock, "north")
        self.servers = []
        self.settings = {"PORTAL_DATABASE": address_of(database), "PORTAL_ANCHORS": str(folder / "anchors")}
        self.settings |= {"PORTAL_ERASURES": str(folder / "erasures")}
        self.settings |= {"PORTAL_PERIODS_APPROVED": data_map().fingerprint}
        for name in ("one", "other"):
            data, written = folder / name / "data", folder / name / "written"
            data.mkdir(parents=True)
            written.mkdir()
            (data / "built").symlink_to(built)
            self.servers.append(Running(data, written, more=self.settings))
        self.data = folder / "one" / "data"

    def link(self, reference: str) -> NewLink:
        exam = f"{self.clock() - timedelta(days=30):%Y-%m-%d}"
        case_id = make_case(self.database, self.clock, self.team, reference, exam)
        return make_link(self.database, self.team.centre_id, case_id, self.team.staff_id, self.clock())

    def twice(self, *command: str, **more: str) -> list[tuple[int, str]]:
        """Run a command twice in the same moment, as two timers would; return how each ended and what it said."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        environment |= {"PORTAL_MODE": "demo", "PORTAL_DATA": str(self.data), **self.settings, **more}
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "portal", *command],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for _ in range(2)
        ]
        said = [one.communicate(timeout=240)[0] for one in started]
        return [(one.returncode, text) for one, text in zip(started, said, strict=True)]

    def lines(self, action: str) -> int:
        """How many lines of the journal tell of something."""
        with self.database.reading() as session:
            found = select(func.count()).select_from(JournalLine).where(JournalLine.action == action)
            return session.scalar(found) or 0


@pytest.fixture(scope="module")
def house(
    postgresql_pattern: str, built: Path, pressed: Pressed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    made = Overlooking(copied_inside(postgresql_pattern, "two"), SEALING_KEY)
    living = House(made, built, tmp_path_factory.mktemp("two"))
    try:
        for server in living.servers:
            server.wait()
        yield living
        with made.reading() as session:
            assert verify(session, living.team.centre_id) is None
    finally:
        for server in living.servers:
            server.process.kill()
            server.process.wait()
        made.engine.dispose()


def test_a_session_of_hers_begins_at_one_and_is_valid_and_ended_at_both(house: House) -> None:
    (one, other), her, link = house.servers, Browser(), house.link("REF-SESSION")
    assert her.ask(one, f"/en/l/{link.token}", {"code": link.code})[0] == 303
    assert her.ask(other, "/en/m/")[0] == her.ask(one, "/en/m/")[0] == 200
    kept = dict(her.cookies)
    assert her.ask(other, "/en/q")[0] == 303
    her.cookies = kept  # as if her browser had not forgotten it
    assert [her.ask(server, "/en/m/")[0] for server in (one, other)] == [403, 403]


def test_a_session_of_the_team_is_one_too(house: House) -> None:
    (one, other), nurse, team = house.servers, Browser(), house.team
    code = pyotp.TOTP(team.authenticator).at(system_clock())
    sent = {"login": team.login, "password": team.password, "code": code}
    assert nurse.ask(one, "/en/team/in", sent)[:2] == (303, "/en/team/first")
    kept = dict(nurse.cookies)
    assert nurse.ask(other, "/en/team/")[0] == 200
    token = nurse.token(one, "/en/team/")
    assert nurse.ask(other, "/en/team/out", {"token": token})[0] == 303
    nurse.cookies = kept
    assert [nurse.ask(server, "/en/team/")[:2] for server in (one, other)] == [(303, "/en/team/in")] * 2
    assert Browser().ask(one, "/en/team/in", sent)[0] == 422  # nor is a code of the authenticator good twice
    assert Browser().ask(other, "/en/team/in", sent)[0] == 422


def test_wrong_codes_are_counted_once_whichever_was_asked(house: House) -> None:
    link = house.link("REF-WRONG")
    wrong = f"{(int(link.code) + 1) % 10**8:08d}"

    def attempt(number: int) -> int:
        return Browser().ask(house.servers[number % 2], f"/en/l/{link.token}", {"code": wrong})[0]

    with ThreadPoolExecutor(4) as many:
        assert set(many.map(attempt, range(TRIES))) == {422}
    with house.database.reading() as session:
        (failures,) = session.scalars(select(Link.failures).where(Link.failures > 0))
    assert failures == FREE_TRIES  # of so many: the others had to wait
    for server in house.servers:
        assert Browser().ask(server, f"/en/l/{link.token}", {"code": link.code})[0] == 422


def test_thirty_two_extensions_over_both_are_one(house: House) -> None:
    her, link = Browser(), house.link("REF-EXTENDED")
    assert her.ask(house.servers[0], f"/en/l/{link.token}", {"code": link.code})[0] == 303
    token = her.token(house.servers[1], "/en/m/a/1/")

    def press(number: int) -> int:
        again = Browser()
        again.cookies = dict(her.cookies)
        return again.ask(house.servers[number % 2], "/en/m/a/1/", {"token": token})[0]

    with ThreadPoolExecutor(8) as many:
        assert set(many.map(press, range(AT_ONCE))) == {303}
    with house.database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) for one in (RequestRecord, Extension, Hold)]
    assert counts == [1, 1, 1]
    assert house.lines("request-asked") == 1


def test_two_workers_hand_over_each_message_once(house: House) -> None:
    hour = system_clock().astimezone(BRUSSELS).hour
    with house.database.writing(house.team.centre_id) as session:
        centre = session.get_one(Centre, house.team.centre_id)
        centre.quiet_from, centre.quiet_until = (hour + 4) % 24, (hour + 5) % 24
    of_team = house.team.centre_id, house.team.staff_id
    for number in range(MESSAGES):
        case_id = make_case(house.database, house.clock, house.team, f"REF-TOLD-{number}")
        agreed(house.database, of_team[0], case_id, Contact("sms", f"0470 12 34 {number:02d}", ()), house.clock())
        outbox.queue(house.database, of_team[0], case_id, of_team[1], Kind.CALL, house.clock())
    gateway = Gateway()
    gateway.seconds = 0.2  # so that both have work
    with sms_gateway(gateway) as port:
        own = {"PORTAL_SMS_GATEWAY": f"http://127.0.0.1:{port}/send", "PORTAL_SMS_TOKEN": "a-token"}
        ended = house.twice("outbox", "--once", **own, PORTAL_SMS_SENDER="Info")
    assert [status for status, _ in ended] == [0, 0], ended
    assert len(gateway.asked) == len(gateway.taken()) == MESSAGES
    with house.database.reading() as session:
        assert session.scalars(select(Message.state)).all() == ["sent"] * MESSAGES


def test_two_timers_anchor_a_day_once(house: House) -> None:
    ended = house.twice("anchor")
    assert [status for status, _ in ended] == [0, 0], ended
    assert sum("anchored at line" in said for _, said in ended) == 1
    assert sum("anchored already today" in said for _, said in ended) == 1
    assert house.lines(ANCHORED) == 1


def test_two_timers_erase_a_case_once(house: House) -> None:
    case_id = a_case_that_is_over(house, house.clock() - data_map().length_of("case") - timedelta(days=2))
    ended = house.twice("sweep")
    assert {status for status, _ in ended} <= {0, 2}, ended  # the second may be told that another runs
    assert 0 in {status for status, _ in ended}
    with house.database.reading() as session:
        assert session.get(CaseRecord, case_id) is None
    assert house.lines(ERASED) == 1


def a_case_that_is_over(house: House, then: datetime) -> str:
    admission = Admission("REF-OVER", None, False, Complaint.NONE, "fr")
    case_id = register_case(house.database, house.team.centre_id, house.team.staff_id, admission, then)
    note_in_file(house.database, house.team.centre_id, case_id, house.team.staff_id, then)
    return case_id
