"""One extension, once; every step in its order; nothing ever destroyed. On SQLite and on PostgreSQL."""

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portal import law
from portal.records import requests
from portal.records.cases import OpenedCase, open_case
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.migrate import upgrade
from portal.records.models import Extension, Hold, JournalLine, RequestRecord
from tests.clock import StillClock, at
from tests.conftest import NOW, Team, make_case, make_team

TODAY = date(2026, 8, 1)


@pytest.fixture
def north(database: Database, clock: StillClock) -> Team:
    return make_team(database, clock, "north")


def opened(database: Database, team: Team, case_id: str) -> OpenedCase:
    with database.reading() as session:
        case = open_case(database, session, team.centre_id, case_id)
    assert case is not None
    return case


def test_request_hold_extension_and_journal_are_one(database: Database, north: Team, clock: StillClock) -> None:
    case_id = make_case(database, clock, north)
    receipt = requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
    assert receipt.is_new
    with database.reading() as session:
        asked = session.query(RequestRecord).one()
        assert (asked.state, asked.number) == ("asked", receipt.number)
        assert session.query(Extension).one().request_id == asked.id
        assert session.query(Hold).one().request_id == asked.id
        last = session.query(JournalLine).order_by(JournalLine.seq.desc()).first()
        assert last is not None
        assert (last.action, last.actor, last.subject) == ("extension-asked", "person", asked.id)
    assert opened(database, north, case_id).law_case.hold


def test_when_the_journal_cannot_be_written_nothing_is(
    database: Database, north: Team, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = make_case(database, clock, north)

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(requests, "write_line", broken)
    with pytest.raises(OSError, match="disk"):
        requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
    with database.reading() as session:
        assert [session.query(table).count() for table in (RequestRecord, Extension, Hold)] == [0, 0, 0]


def test_sixteen_at_once_write_one(database: Database, north: Team, clock: StillClock) -> None:
    case_id = make_case(database, clock, north)
    receipts: list[requests.Receipt] = []

    def ask() -> None:
        receipts.append(requests.ask(database, north.centre_id, case_id, EXTENSION, clock()))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 16
    assert len({receipt.number for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1
    with database.reading() as session:
        assert [session.query(table).count() for table in (RequestRecord, Extension, Hold)] == [1, 1, 1]
        assert verify(session, north.centre_id) is None


def test_entered_it_is_counted_from_the_exam_and_its_hold_is_lifted(
    database: Database, north: Team, clock: StillClock
) -> None:
    case_id = make_case(database, clock, north, exam_on="2026-08-31")
    requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
    with database.reading() as session:
        request_id = session.query(RequestRecord).one().id
    requests.take_up(database, north.centre_id, request_id, north.staff_id, clock())
    requests.enter_extension(database, north.centre_id, request_id, north.staff_id, clock())
    case = opened(database, north, case_id)
    assert case.law_case.extended
    assert not case.law_case.hold
    assert case.record.ask_by == date(2027, 8, 30)  # chained, it would have been a day or more before
    # Asked again, it is recorded for the team to decide, and holds.
    again = requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
    assert again.is_new
    assert opened(database, north, case_id).law_case.hold
    with database.reading() as session:
        assert session.query(Extension).count() == 1


@pytest.mark.parametrize("complaint", [law.Complaint.BEFORE_EXAM, law.Complaint.UNKNOWN])
def test_a_possible_complaint_holds_from_the_first_day(
    database: Database, north: Team, clock: StillClock, complaint: law.Complaint
) -> None:
    case_id = make_case(database, clock, north, complaint=complaint)
    case = opened(database, north, case_id)
    assert case.law_case.hold
    # What stands in clear is the same for everybody: no missing date and no row tells that a judge ordered the exam.
    plain = opened(database, north, make_case(database, clock, north, "PLAIN"))
    assert (case.record.ask_by, case.record.keep_through) == (plain.record.ask_by, plain.record.keep_through)
    with database.reading() as session:
        assert session.query(Hold).count() == 0
    period = law.own_keeping(case.law_case)
    assert (period is None) == (complaint is law.Complaint.BEFORE_EXAM)


def test_what_the_law_does_not_extend_cannot_be_entered(database: Database, north: Team, clock: StillClock) -> None:
    for number, kind in enumerate(({"minor": True}, {"complaint": law.Complaint.BEFORE_EXAM}, {"exam_on": None})):
        case_id = make_case(database, clock, north, f"REF-{number}", **kind)  # type: ignore[arg-type]
        requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
        with database.reading() as session:
            asked = requests.pending(session, case_id, law.RequestKind.EXTENSION)
        assert asked is not None
        requests.take_up(database, north.centre_id, asked.id, north.staff_id, clock())
        with pytest.raises(requests.NotPossibleError):
            requests.enter_extension(database, north.centre_id, asked.id, north.staff_id, clock())
        assert opened(database, north, case_id).law_case.hold


def test_another_centre_can_do_nothing(database: Database, north: Team, clock: StillClock) -> None:
    south = make_team(database, clock, "south")
    case_id = make_case(database, clock, north)
    with pytest.raises(LookupError):
        requests.ask(database, south.centre_id, case_id, EXTENSION, clock())
    requests.ask(database, north.centre_id, case_id, EXTENSION, clock())
    with database.reading() as session:
        request_id = session.query(RequestRecord).one().id
        assert open_case(database, session, south.centre_id, case_id) is None
        assert requests.inbox(session, south.centre_id, 10) == []
    for step in (requests.take_up, requests.enter_extension):
        with pytest.raises(LookupError):
            step(database, south.centre_id, request_id, south.staff_id, clock())


@dataclass
class Seen:
    """What the machine below believes."""

    state: str | None = None
    entered: int = 0
    numbers: set[str] = field(default_factory=set)


class Extending(RuleBasedStateMachine):
    """Whoever presses whatever, in whatever order and on whatever day: one extension, and no step out of order."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.clock = StillClock(at(NOW))
        name = f"{id(self)}-{len(list(self.folder.iterdir()))}.sqlite"
        self.database = Database(f"sqlite:///{self.folder / name}", b"k" * 32)
        upgrade(self.database)
        self.team = make_team(self.database, self.clock, "north")
        self.case_id = make_case(self.database, self.clock, self.team)
        self.seen = Seen()

    def teardown(self) -> None:
        self.database.engine.dispose()

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.clock.forward(days=days)

    @rule()
    def she_asks(self) -> None:
        today = self.clock().date()
        receipt = requests.ask(self.database, self.team.centre_id, self.case_id, EXTENSION, self.clock())
        assert receipt.is_new == (self.seen.state in (None, "entered"))
        self.seen.numbers.add(receipt.number)
        if receipt.is_new:
            self.seen.state = "asked"

    @precondition(lambda self: self.seen.state is not None)
    @rule(step=st.sampled_from(["take_up", "enter_extension"]))
    def the_nurse_presses(self, step: str) -> None:
        with self.database.reading() as session:
            last = requests.latest(session, self.case_id, law.RequestKind.EXTENSION)
        assert last is not None
        expected = {"take_up": "asked", "enter_extension": "taken-up"}[step]
        possible = last.state == expected and not (step == "enter_extension" and self.seen.entered)
        try:
            getattr(requests, step)(self.database, self.team.centre_id, last.id, self.team.staff_id, self.clock())
        except requests.NotPossibleError:
            assert not possible
            return
        assert possible
        self.seen.state = "taken-up" if step == "take_up" else "entered"
        self.seen.entered += step == "enter_extension"

    @invariant()
    def there_is_one_extension_at_most_and_evidence_waits_with_the_request(self) -> None:
        case = opened(self.database, self.team, self.case_id)
        with self.database.reading() as session:
            assert session.query(Extension).count() <= 1
            assert verify(session, self.team.centre_id) is None
        assert self.seen.entered <= 1
        assert case.law_case.extended == bool(self.seen.entered)
        assert case.law_case.hold == (self.seen.state in ("asked", "taken-up"))
        assert not case.law_case.destroyed
        longest = law.keeping(date(2026, 5, 11), minor=False, extended=True)
        assert case.record.keep_through is not None
        assert case.record.keep_through <= longest.keep_through + timedelta(days=0)


def test_any_order_of_steps(tmp_path: Path) -> None:
    Extending.folder = tmp_path
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Extending, settings=hypothesis_settings(max_examples=25, stateful_step_count=12, deadline=None)
    )
