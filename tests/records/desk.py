"""A centre at work on one case: two nurses, and the person concerned, on a clock that stands still."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from sqlalchemy import inspect

from portal import law
from portal.access.team import add_member
from portal.law.course import PERSON, Course, Doing, Means, Step
from portal.records import notes, requests
from portal.records.cases import OpenedCase, open_case
from portal.records.choices import Contact, change_choices
from portal.records.contacts import agree_contact, confirm_contact
from portal.records.database import Database
from portal.records.models import Base, Centre, Hold, JournalLine, RequestRecord
from portal.records.requests import Outcome, Receipt, Wish
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team

Kind = law.RequestKind
HERS = [kind for kind in Kind if kind is not Kind.END_OF_PERIOD]  # what she asks; that one the team proposes
EXAM = date(2026, 5, 11)
ACT = Outcome(done_on="2026-08-01")
REFUSAL = Outcome(reason="a reason", remedy="a remedy")
TO_THE_ACT = {
    Kind.DESTRUCTION: (Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT),
    Kind.RESTITUTION: (Step.TAKE_UP, Step.CONFIRM, Step.CARRY_OUT),
    Kind.END_OF_PERIOD: (Step.CONFIRM, Step.SIGN, Step.CARRY_OUT),
}
Dump = dict[str, list[str]]


def to_the_act(kind: Kind) -> tuple[Step, ...]:
    """Every step of a kind until it is done."""
    return TO_THE_ACT.get(kind, (Step.TAKE_UP, Step.CARRY_OUT))


class Desk:
    """What two nurses and she can do with one case."""

    bags = count(1)

    def __init__(self, database: Database, clock: StillClock, name: str = "north", **admission: Any) -> None:
        self.database, self.clock = database, clock
        self.team: Team = make_team(database, clock, name)
        self.centre_id, self.nurse = self.team.centre_id, self.team.staff_id
        self.second = add_member(database, self.centre_id, f"second-{name}", "a long password", clock()).staff_id
        self.case_id = self.another_case("REF-0", **admission)

    def another_case(self, reference: str, **admission: Any) -> str:
        """Register a case and work on it from now on."""
        self.case_id = make_case(self.database, self.clock, self.team, reference, **admission)
        return self.case_id

    def receipt(
        self, kind: Kind, items: tuple[str, ...] | None = None, *, asked_by: str | None = None, **answers: Any
    ) -> Receipt:
        """Ask for something, a little later than whatever was before."""
        self.clock.forward(seconds=1)
        wish = Wish(kind, items, answers)
        return requests.ask(self.database, self.centre_id, self.case_id, wish, self.clock(), asked_by=asked_by)

    def ask(self, kind: Kind, items: tuple[str, ...] | None = None, *, asked_by: str | None = None) -> str:
        """Ask for something and return the id of the request."""
        number = self.receipt(kind, items, asked_by=asked_by).number
        with self.database.reading() as session:
            record = requests.by_number(session, self.case_id, number)
        assert record is not None
        return record.id

    def move(
        self,
        request_id: str,
        step: Step,
        by: str | None = None,
        *,
        means: Means | None = Means.IN_PERSON,
        outcome: Outcome | None = None,
        consent: bool = False,
    ) -> Course:
        """Make one step: the second nurse signs and does what is done, the first everything else."""
        usual = self.second if step in (Step.SIGN, Step.CARRY_OUT) else self.nurse
        doing = Doing(step, by or usual, self.clock(), means if step is Step.CONFIRM else None)
        return requests.move(self.database, self.centre_id, request_id, doing, outcome=outcome, written_consent=consent)

    def go(self, request_id: str, *steps: Step) -> None:
        """Make several steps, each as it should be made."""
        ends = {Step.CARRY_OUT: ACT, Step.DECLINE: REFUSAL}
        for step in steps:
            self.move(request_id, step, outcome=ends.get(step))

    def why_not(self, request_id: str, step: Step, by: str | None = None, **how: Any) -> str | None:
        """Try a step; return why it cannot be made, or None where it was."""
        try:
            self.move(request_id, step, by, outcome=ACT if step is Step.CARRY_OUT else REFUSAL, **how)
        except requests.NotPossibleError as why:
            return why.reason
        return None

    def cancel(self, request_id: str) -> None:
        """She cancels, in her space."""
        requests.cancel_by_her(self.database, self.centre_id, request_id, self.clock())

    def add(self, kind: law.ItemKind = law.ItemKind.CLOTHES, taken_on: date = EXAM, mark: str = "") -> str:
        """Add a thing that is kept, in a bag of its own."""
        self.clock.forward(seconds=1)
        item = law.Item(kind, taken_on)
        return notes.add_item(
            self.database,
            self.centre_id,
            self.case_id,
            self.nurse,
            item,
            mark or f"bag {next(self.bags)}",
            self.clock(),
        )

    def note(self, **facts: Any) -> None:
        """Note what became known."""
        notes.note_facts(self.database, self.centre_id, self.case_id, self.nurse, self.clock(), **facts)

    def hand_on(self) -> str:
        """Hand a thing on to the court registry; return which."""
        item_id = self.add()
        of_case = (self.database, self.centre_id, self.case_id, self.nurse, self.clock())
        notes.hand_on(*of_case, [item_id], notes.HandedTo.REGISTRY, notes.Word("receipt 7"))
        return item_id

    def hold(self) -> None:
        """Hold everything."""
        notes.set_hold(self.database, self.centre_id, self.case_id, self.nurse, self.clock())

    def lift(self) -> None:
        """Lift what members of the team hold."""
        notes.lift_holds(self.database, self.centre_id, self.case_id, self.nurse, self.clock())

    def choose(self, **changes: Any) -> None:
        """Change what she chose."""
        change_choices(self.database, self.centre_id, self.case_id, self.nurse, self.clock(), **changes)

    def agree_on_a_contact(self) -> None:
        """Agree how the centre reaches her."""
        self.choose(contact=Contact("voice", "a number"))

    def replace_contact(self, contact: Contact) -> None:
        """Another contact, proposed by the first nurse and confirmed by the second."""
        of_case = (self.database, self.centre_id, self.case_id)
        agree_contact(*of_case, self.nurse, contact, self.clock())
        if waiting := self.case().choices.contact_proposed:
            confirm_contact(*of_case, self.second, waiting.id, self.clock())

    def write_down_a_grace(self, days: int | None) -> None:
        """Write down how long the hospital waits after a period; None: it has not."""
        with self.database.writing(self.centre_id) as session:
            centre = session.get_one(Centre, self.centre_id)
            centre.grace_days, centre.grace_written_on = days, None if days is None else EXAM

    def day(self, day: date) -> None:
        """Let time pass until noon of a day."""
        self.clock.forward(seconds=(datetime.combine(day, time(11), tzinfo=UTC) - self.clock()).total_seconds())

    def propose(self, items: tuple[str, ...] | None = None, by: str | None = None) -> str:
        """Propose the end of a period and return the id of the proposal."""
        return self.ask(Kind.END_OF_PERIOD, items, asked_by=by or self.nurse)

    def why_not_proposed(self, items: tuple[str, ...] | None = None) -> str | None:
        """Try to propose the end of a period; return why it cannot be, or None where it was."""
        try:
            self.propose(items)
        except requests.NotPossibleError as why:
            return why.reason
        return None

    def wait_days(self, days: int) -> None:
        """Let destructions wait this long, as the hospital decides."""
        with self.database.writing(self.centre_id) as session:
            session.get_one(Centre, self.centre_id).waiting_days = days

    def case(self) -> OpenedCase:
        """The case, unsealed."""
        with self.database.reading() as session:
            case = open_case(self.database, session, self.centre_id, self.case_id)
        assert case is not None
        return case

    def kept(self) -> set[str]:
        """The things that are still there."""
        return {one.id for one in self.case().items if one.gone_at is None}

    def request(self, request_id: str) -> requests.OpenedRequest:
        """A request, unsealed."""
        with self.database.reading() as session:
            record = session.get_one(RequestRecord, request_id)
            case = open_case(self.database, session, self.centre_id, record.case_id)
            assert case is not None
            return requests.read(self.database, session, case, record)

    def state(self, request_id: str) -> str:
        """Where a request stands."""
        with self.database.reading() as session:
            return session.get_one(RequestRecord, request_id).state

    def held_by(self) -> list[str | None]:
        """Which requests hold the case; None is a member of the team."""
        with self.database.reading() as session:
            holds = session.query(Hold).filter_by(case_id=self.case_id, lifted_at=None).order_by(Hold.set_at)
            return [hold.request_id for hold in holds]

    def journal(self) -> list[tuple[str, str, str]]:
        """Who did what to which id, the oldest first."""
        with self.database.reading() as session:
            lines = session.query(JournalLine).filter_by(centre_id=self.centre_id).order_by(JournalLine.seq)
            return [(line.actor, line.action, line.subject) for line in lines]

    def by_her(self, request_id: str, step: Step) -> str | None:
        """Whoever holds her link, phone and code tries a step; return why it cannot be made."""
        return self.why_not(request_id, step, PERSON)


def dump(database: Database) -> Dump:
    """Every row of every table."""
    with database.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        return {
            name: sorted(map(repr, connection.execute(table.select()).all()))
            for name, table in Base.metadata.tables.items()
            if name in there
        }


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do everything in the same moment; return what each gave, or the error it raised."""
    barrier = threading.Barrier(len(works))
    done: dict[int, Any] = {}

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            done[place] = work()
        except Exception as error:
            done[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [done[place] for place in range(len(works))]
