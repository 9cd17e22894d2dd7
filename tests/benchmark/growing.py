"""What one installation of a given size costs: everything that could grow with the years, each measured once.

Costs are milliseconds of processor, this process's and the database server's together: a busy machine changes them less
than the time on the wall. What is asked often is told by its middle; what runs for long, as a whole.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import law
from portal.access.links import NewLink, make_link
from portal.access.roles import Role
from portal.access.team import NewMember, add_member
from portal.app import create_app
from portal.clock import brussels_day
from portal.records.anchoring import check
from portal.records.cases import Admission, Why, register_case
from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.erasure import confirmed_long_ago, erase_case
from portal.records.erasure_list import open_to_add
from portal.records.fence import Across
from portal.records.measures import measures
from portal.records.models import CaseRecord, Centre, Hold, RequestRecord
from portal.records.restore import restore
from portal.records.restored import look_at
from portal.records.sweeping import sweep_rest
from tests.benchmark.today import NOW, PASSWORD, Desk, part, ticks_of, timed
from tests.clock import StillClock
from tests.drill import KEYS, archive, backed_up, empty_beside

PARTS = ("reading", "hers", "teams", "operators", "archive", "sweep")
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
PEOPLE, DUE, STARTS = 30, 20, 3
ROUNDS, WARMING = 60, 5
TICKS = os.sysconf("SC_CLK_TCK")
START = """
import sys
from dataclasses import replace
from portal.app import create_app
from portal.settings import settings_from
settings = replace(settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": sys.argv[1]}), database=sys.argv[2])
assert create_app(settings).test_client().get("/fr/").status_code == 200
"""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cost:
    """What something cost, in its unit, and whether it should grow with the cases."""

    what: str
    unit: str
    amount: float
    with_cases: bool = False


class Growing:
    """Measures one filled installation; `folder` is its own."""

    def __init__(self, desk: Desk, folder: Path, say: Say) -> None:
        self.desk, self.folder, self.say = desk, folder, say
        self.database, self.clock = desk.database, StillClock(NOW)
        self.app = create_app(desk.settings, self.clock)
        self.auditor = add_member(self.database, desk.centre_id, "auditor", PASSWORD, NOW, Role.AUDITOR)
        self.links = [self._link(number) for number in range(PEOPLE)]

    def costs(self, only: Sequence[str] = PARTS) -> Iterator[Cost]:
        """Give every cost of some parts, in their order: the sweep comes last, for it erases."""
        measures = (self._reading, self._hers, self._teams, self._operators, self._archive, self._sweep)
        for name, measure in zip(PARTS, measures, strict=True):
            if name in only:
                self.say(name)
                yield from measure()

    def _reading(self) -> Iterator[Cost]:
        command = [sys.executable, "-c", START, str(self.desk.settings.data), self.desk.settings.database]
        starts = sorted(children(lambda: subprocess.run(command, check=True)) for _ in range(STARTS))
        yield Cost("start, and one page", "ms", starts[0])
        client = self.app.test_client()
        plan = next(one for one in self.app.extensions["portal-library"].guide.tree.plans)
        yield Cost("a public page", "ms", self._often(lambda: expect(200, client.get("/fr/"))))
        yield Cost("a step of the guide", "ms", self._often(lambda: expect(200, client.get(f"/fr/o/{plan}"))))

    def _hers(self) -> Iterator[Cost]:
        people = iter([(link, self.app.test_client()) for link in self.links])
        opened: list[FlaskClient] = []

        def open_one() -> None:
            link, client = next(people)
            open_space(client, link)
            opened.append(client)

        warming = 3
        yield Cost("code entry, and her page", "ms", self._often(open_one, PEOPLE - warming, warming))
        waiting = iter(opened)
        asking = self._often(lambda: ask_extension(next(waiting)), PEOPLE - warming, warming)
        yield Cost("asking for more time, three pages", "ms", asking)

    def _teams(self) -> Iterator[Cost]:
        nurse, auditor = signed_in(self.app, "nurse", self.desk.nurse), signed_in(self.app, "auditor", self.auditor)
        yield Cost("Today", "ms", self._often(lambda: self._later(nurse, "/en/team/")))
        token = {"token": token_of(nurse.get("/en/team/find").text)}
        finding = {**token, "reference": "REF-GROWTH-0"}
        found = expect(303, nurse.post("/en/team/find", data=finding, headers=SAME_ORIGIN)).headers["Location"]
        yield Cost(
            "a case found by its reference",
            "ms",
            self._often(lambda: expect(303, nurse.post("/en/team/find", data=finding, headers=SAME_ORIGIN))),
        )
        case = found.removesuffix("/why")
        expect(303, nurse.post(f"{case}/open", data={**token, "why": Why.SHE_CALLED}, headers=SAME_ORIGIN))
        yield Cost("the page of a case", "ms", self._often(lambda: expect(200, nurse.get(case))))
        opening = {"token": token_of(expect(200, auditor.get("/en/team/journal")).text)}
        expect(303, auditor.post("/en/team/journal/open", data=opening, headers=SAME_ORIGIN))
        yield Cost("the journal's first page", "ms", self._often(lambda: self._later(auditor, "/en/team/journal")))

    def _operators(self) -> Iterator[Cost]:
        yield Cost("what is watched (/metrics)", "ms", self._often(lambda: measures(self.database, NOW), 10, 1))
        yield Cost("verification of the journals", "ms", self._once(self._verify), with_cases=True)

    def _archive(self) -> Iterator[Cost]:
        made = None

        def back_up() -> None:
            nonlocal made
            made = backed_up(self.database, self.folder, self.clock)

        yield Cost("backup", "ms", self._once(back_up), with_cases=True)
        assert made is not None
        yield Cost("size of the backup", "KB", made.path.stat().st_size / 1024, with_cases=True)
        fresh = empty_beside(self.database, self.folder)
        found = None

        def put_back() -> None:
            nonlocal found
            found = look_at(fresh, restore(fresh, archive(made.path)), None, KEYS)

        yield Cost("restore, and looking at it", "ms", self._once(put_back), with_cases=True)
        assert found is not None
        assert not found.missing
        fresh.engine.dispose()
        made.path.unlink()
        for path in self.folder.glob(f"{Path(fresh.engine.url.database or '-').name}*"):
            path.unlink()  # of the two databases only one is needed from here

    def _sweep(self) -> Iterator[Cost]:
        due = self._make_due()
        yield Cost("sweep of sessions, tries, invitations", "ms", self._once(lambda: sweep_rest(self.database, NOW)))
        found: list[tuple[str, str]] = []
        yield Cost(
            "looking for cases that are due",
            "ms",
            self._once(lambda: found.extend(confirmed_long_ago(self.database, NOW))),
        )
        assert {case for _, case in found} == set(due)
        with open_to_add(self.folder / "erasures.jsonl", self.database) as listed:

            def erase(centre: str, case: str) -> None:
                assert erase_case(self.database, listed, centre, case, "operator", NOW) == ()

            going = iter(found)
            yield Cost("erasing one case that is due", "ms", self._often(lambda: erase(*next(going)), DUE - 2, 2))

    def _make_due(self) -> list[str]:
        """Let a few cases of the largest centre be over, in the patient file, and past their period."""
        held = select(Hold.case_id).where(Hold.lifted_at.is_(None))
        asked = select(RequestRecord.case_id).where(RequestRecord.ended_at.is_(None))
        wanted = select(CaseRecord.id).where(
            CaseRecord.centre_id == self.desk.centre_id,
            CaseRecord.ask_by.is_(None),
            CaseRecord.review_on.is_(None),
            CaseRecord.registered_at < NOW - timedelta(days=900),
            CaseRecord.id.not_in(held),
            CaseRecord.id.not_in(asked),
        )
        with self.database.writing(self.desk.centre_id) as session:
            due = list(session.scalars(wanted.order_by(CaseRecord.registered_at).limit(DUE)))
            over = NOW - data_map().length_of("case") - timedelta(days=1)
            session.execute(
                update(CaseRecord)
                .where(CaseRecord.id.in_(due))
                .values(in_file_at=over, in_file_by=self.desk.nurse.staff_id)
            )
        assert len(due) == DUE
        return due

    def _verify(self) -> None:
        with self.database.reading(across=Across.CENTRES) as session:
            centres = session.scalars(select(Centre.id)).all()
        for centre in centres:
            with self.database.reading(centre) as session:
                checked = check(session, centre)
                assert checked.fault is None, checked

    def _link(self, number: int) -> NewLink:
        admission = Admission(
            f"REF-GROWTH-{number}", brussels_day(NOW) - timedelta(days=30), False, law.Complaint.NONE, "fr"
        )
        centre, staff = self.desk.centre_id, self.desk.nurse.staff_id
        case = register_case(self.database, centre, staff, admission, NOW)
        return make_link(self.database, centre, case, staff, NOW)

    def _later(self, client: FlaskClient, path: str) -> None:
        self.clock.forward(seconds=1)
        expect(200, client.get(path))

    def _often(self, work: Callable[[], Any], rounds: int = ROUNDS, warming: int = WARMING) -> float:
        times = timed(self.database, work, rounds, warming)
        return part(times.processor, 50) + (times.server or 0.0)

    def _once(self, work: Callable[[], Any]) -> float:
        began, before = time.process_time(), of_whole_server(self.database)
        work()
        return 1000 * (time.process_time() - began) + of_whole_server(self.database) - before


def open_space(client: FlaskClient, link: NewLink) -> None:
    """Send the code, and follow to her page."""
    sent = expect(303, client.post(f"/fr/l/{link.token}", data={"code": link.code}, headers=SAME_ORIGIN))
    expect(200, client.get(sent.headers["Location"]))
    expect(200, client.get("/fr/m/"))


def ask_extension(client: FlaskClient) -> None:
    """Read what it means, press the button, and follow to the receipt."""
    form = expect(200, client.get("/fr/m/a/1/"))
    sent = expect(303, client.post("/fr/m/a/1/", data={"token": token_of(form.text)}, headers=SAME_ORIGIN))
    expect(200, client.get(sent.headers["Location"]))


def signed_in(app: Flask, login: str, who: NewMember) -> FlaskClient:
    """Return the browser of a member who signed in."""
    client = app.test_client()
    sent = {"login": login, "password": PASSWORD, "code": pyotp.TOTP(who.authenticator).at(NOW)}
    expect(303, client.post("/en/team/in", data=sent, headers=SAME_ORIGIN))
    return client


def token_of(page: str) -> str:
    """Return the token of the first form that has one."""
    return page.split('name="token"')[1].split('value="')[1].split('"', maxsplit=1)[0]


def expect(status: int, answer: Any) -> Any:
    """Return an answer that is the one expected: a fast error would make a fine figure."""
    assert answer.status_code == status, (answer.request.path, answer.status, answer.text[-800:])
    return answer


def children(work: Callable[[], Any]) -> float:
    """Return the milliseconds of processor that the processes begun by some work used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def of_whole_server(database: Database) -> float:
    """Return the milliseconds of processor of a PostgreSQL server and all it ever began; 0 with SQLite: it is here."""
    if database.engine.dialect.name == "sqlite":
        return 0.0
    with database.engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    first = int(_stat(backend)[1])
    begun = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    own = sum(int(one) for one in _stat(first)[11:15])  # its own, and that of those that have ended
    return (own + sum(_ticks(int(one)) for one in begun)) * 1000 / TICKS


def _ticks(process: int) -> int:
    try:
        return ticks_of(process)
    except FileNotFoundError:  # it has just ended
        return 0


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
