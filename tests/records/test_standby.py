"""A second database follows the first: when the first is taken away, what was acknowledged stands on the other.

Two clusters on this machine, made and changed over as docs/postgresql.md tells it.
"""

import threading
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.records import receipts, requests
from portal.records.anchoring import anchor_all, check
from portal.records.anchors import read_anchors
from portal.records.database import Database, is_away
from portal.records.models import CaseRecord, Hold
from portal.records.requests import Receipt, Wish
from portal.web.watch import Watch
from tests import machine
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.faults.processes import MortalCluster, wait_until
from tests.machine import ALMIGHTY, APP, OWNER
from tests.patterns import Overlooking, brought_up, under
from tests.records.desk import Kind

pytestmark = pytest.mark.postgresql

KEYS, SEALING = (b"o" * 32, b"r" * 32), b"k" * 32
OPERATOR = "operator"
NAME = "records"
BEFORE_IT_BURNS = 12
FOLLOWING = ("--write-recovery-conf", "--create-slot", "--slot=second", "--checkpoint=fast")


class First(MortalCluster):
    """The one that everybody works with."""

    def say(self, *statements: str) -> None:
        """Say something to the server, each statement by itself."""
        said = [part for one in statements for part in ("-c", one)]
        self._run("psql", "-h", str(self.folder), "-U", ALMIGHTY, "-d", "postgres", "-q", *said)

    def acknowledges_what_stands_on_both(self) -> bool:
        """Tell whether another follows, and is waited for."""
        try:
            self.say("SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
        except AssertionError:
            return False
        return True

    def address(self) -> str:
        """Return where the records are, for who may do everything."""
        return f"postgresql+psycopg://{ALMIGHTY}@/{NAME}?host={self.folder}"


class Second(First):
    """The one that follows. It has nothing of its own: whatever it has, it has from the first."""

    def __init__(self, tools: Path, first: First) -> None:
        self._first = first
        super().__init__(tools)

    def _make(self) -> None:
        where = f"host={self._first.folder} user=portal_standby application_name=second"
        self._run("pg_basebackup", f"--pgdata={self.folder / 'data'}", f"--dbname={where}", *FOLLOWING, "--no-sync")

    def _furnish(self) -> None:
        pass

    def takes_over(self) -> None:
        """Let it follow nobody any more."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "promote")


class Writers:
    """Two who go on working until nothing is taken any more; what they were told that it stands is written down."""

    def __init__(self, database: Database, team: Team, now: datetime) -> None:
        self.told: list[tuple[str, Receipt]] = []
        self.ended: list[BaseException] = []
        self._database, self._team, self._now, self._numbers = database, team, now, count(1)
        self._threads = [threading.Thread(target=self._go_on) for _ in range(2)]

    def start(self) -> None:
        """Begin."""
        for one in self._threads:
            one.start()

    def join(self) -> None:
        """Wait until nothing was taken any more."""
        for one in self._threads:
            one.join()

    def _go_on(self) -> None:
        clock = StillClock(self._now)
        try:
            while True:
                case_id = make_case(self._database, clock, self._team, f"REF-{next(self._numbers)}")
                self.told.append((case_id, asked(self._database, self._team, case_id, self._now)))
        except DBAPIError as error:
            self.ended.append(error)


def asked(database: Database, team: Team, case_id: str, now: datetime) -> Receipt:
    return requests.ask(database, team.centre_id, case_id, Wish(Kind.EXTENSION), now)


def ready(database: Database, clock: StillClock) -> tuple[int, str]:
    answer = Watch(database, Path(), clock).answer("/ready")
    return answer.status, answer.text


@pytest.fixture
def pair() -> Iterator[tuple[First, Second]]:
    tools = machine.postgresql_tools()
    assert tools is not None
    first = First(tools)
    try:
        brought_up(first.database(NAME))
        first.say("CREATE ROLE portal_standby LOGIN REPLICATION")
        second = Second(tools, first)
        try:
            first.say("ALTER SYSTEM SET synchronous_standby_names = 'second'", "SELECT pg_reload_conf()")
            wait_until(first.acknowledges_what_stands_on_both, "the second follows")
            yield first, second
        finally:
            second.end()
    finally:
        first.end()


def test_what_was_acknowledged_when_the_first_was_taken_away_stands_on_the_second(
    pair: tuple[First, Second], clock: StillClock, tmp_path: Path
) -> None:
    first, second = pair
    here = Overlooking(under(APP, first.address()), SEALING)
    team = make_team(here, clock, "north")
    anchors = tmp_path / "anchors.jsonl"
    assert anchor_all(here, anchors, KEYS, clock(), OPERATOR)[0].is_new
    writers = Writers(here, team, clock())
    writers.start()
    wait_until(lambda: len(writers.told) >= BEFORE_IT_BURNS, "work goes on")
    first.kill()
    writers.join()
    assert [is_away(error) for error in writers.ended] == [True, True]
    here.engine.dispose()

    second.takes_over()
    there = Overlooking(under(APP, second.address()), SEALING)
    assert ready(there, clock) == (200, "ready\n")
    for case_id, receipt in writers.told:
        with there.reading() as session:
            found = requests.by_number(session, case_id, receipt.number)
            assert found is not None
            assert session.scalars(select(Hold.case_id).where(Hold.case_id == case_id)).one()
            note = receipts.write(
                receipts.Receipt(found.number, receipts.MATTERS[Kind(found.kind)], found.asked_at), KEYS
            )
        assert receipts.read(note, receipts.public_halves(KEYS)).number == receipt.number
        assert not asked(there, team, case_id, clock()).is_new  # and it still waits for the team
    with there.reading() as session:
        written = read_anchors(anchors.read_bytes(), receipts.public_halves(KEYS)).of(team.centre_id)
        assert check(session, team.centre_id, written).fault is None
    clock.forward(hours=24)
    assert asked(there, team, make_case(there, clock, team, "REF-AFTER"), clock()).is_new
    assert anchor_all(there, anchors, KEYS, clock(), OPERATOR)[0].is_new
    there.engine.dispose()


def test_the_second_has_the_fence_too_and_takes_nothing_before_it_takes_over(
    pair: tuple[First, Second], clock: StillClock
) -> None:
    first, second = pair
    here = Overlooking(under(APP, first.address()), SEALING)
    team = make_team(here, clock, "north")
    case_id = make_case(here, clock, team)
    assert ready(here, clock) == (200, "ready\n")
    here.engine.dispose()
    there = Database(under(APP, second.address()), SEALING)

    def has_the_case() -> bool:
        with there.reading(team.centre_id) as session:
            return session.get(CaseRecord, case_id) is not None

    wait_until(has_the_case, "what stands there is shown")
    with there.reading() as session:
        assert session.scalars(select(CaseRecord.id)).all() == []
    with pytest.raises(DBAPIError) as refused:
        asked(there, team, case_id, clock())
    assert is_away(refused.value)
    assert ready(there, clock) == (503, "database takes nothing\n")
    there.engine.dispose()
    owner = Database(under(OWNER, second.address()), SEALING)
    with owner.reading() as session:
        assert session.scalars(select(CaseRecord.id)).all() == []
    owner.engine.dispose()


def test_the_page_for_operators_says_how_the_second_is_made() -> None:
    whole = (Path(__file__).parents[2] / "docs" / "postgresql.md").read_text(encoding="utf-8")
    told = whole.split("\n## A standby\n")[1].split("\n## ")[0]
    assert [one for one in (*FOLLOWING, "application_name=second") if one not in told] == []
