"""Whoever presses whatever, in whatever order and on whatever day: what never bends does not bend."""

from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal import law
from portal.clock import brussels_day
from portal.law.course import DESTROYS, ENDED, IRREVERSIBLE, PERSON, Doing, Means, State, Step
from portal.records import requests
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.models import Extension, Hold, RequestRecord
from tests.clock import StillClock, at
from tests.conftest import NOW
from tests.patterns import copied_file
from tests.records.desk import ACT, EXAM, REFUSAL, Desk, Kind, to_the_act

END = Kind.END_OF_PERIOD
KINDS = st.sampled_from([Kind.DESTRUCTION, Kind.RESTITUTION, Kind.EXTENSION, Kind.CONTACT_ME, Kind.STOP_MESSAGES])


class Anything(RuleBasedStateMachine):
    """One case with two things, two nurses, and her."""

    pattern: str
    folder: Path
    numbers = count()

    def __init__(self) -> None:
        super().__init__()
        address = copied_file(self.pattern, self.folder / f"{next(self.numbers)}.sqlite")
        self.desk = Desk(Database(address, b"k" * 32), StillClock(at(NOW)))
        self.things = [self.desk.add(), self.desk.add(law.ItemKind.SAMPLE)]
        self.known = {"seized": False, "complaint": False, "held": False}
        self.done: list[tuple[Kind, tuple[str, ...] | None]] = []
        self.grace: int | None = None
        self.freed_by: set[str] = set()

    def teardown(self) -> None:
        self.desk.database.engine.dispose()

    @initialize(days=st.integers(0, 7), grace=st.sampled_from([None, 0, 14]), contact=st.booleans())
    def the_hospital_decides_how_long_it_waits(self, days: int, grace: int | None, contact: bool) -> None:
        self.desk.wait_days(days)
        self.grace = grace
        self.desk.write_down_a_grace(grace)
        if contact:
            self.desk.agree_on_a_contact()

    @rule(days=st.integers(1, 90))
    def time_passes(self, days: int) -> None:
        self.desk.clock.forward(days=days)

    @rule(kind=KINDS, which=st.sampled_from([None, 0, 1]), in_person=st.booleans())
    def she_asks(self, kind: Kind, which: int | None, in_person: bool) -> None:
        waited = self._pending(kind)
        items = None if which is None else (self.things[which],)
        receipt = self.desk.receipt(kind, items, asked_by=self.desk.nurse if in_person else None)
        assert receipt.is_new == (waited is None)
        assert waited is None or waited.number == receipt.number

    @precondition(lambda self: self._all())
    @rule(data=st.data(), step=st.sampled_from(Step), means=st.sampled_from([None, *Means]), who=st.integers(0, 2))
    def somebody_presses_anything(self, data: st.DataObject, step: Step, means: Means | None, who: int) -> None:
        request = data.draw(st.sampled_from(self._all()))
        self._press(request, step, (PERSON, self.desk.nurse, self.desk.second)[who], means)

    @precondition(lambda self: self._moving())
    @rule(data=st.data())
    def the_team_waits_and_goes_on(self, data: st.DataObject) -> None:
        """As far as it can: pressed at random, nothing would ever come to its end."""
        self.desk.clock.forward(days=7)
        self._go_on(data.draw(st.sampled_from(self._moving())))

    @rule(kind=KINDS, which=st.sampled_from([None, 0, 1]))
    def she_asks_in_person_and_it_is_done(self, kind: Kind, which: int | None) -> None:
        self.she_asks(kind, which, in_person=True)
        asked = self._pending(kind)
        assert asked is not None
        self._go_on(asked)

    @rule(which=st.sampled_from([None, 0, 1]), is_over=st.booleans())
    def the_team_proposes_the_end_of_the_period(self, which: int | None, is_over: bool) -> None:
        """Whether it is over or not, and whatever stands against it."""
        if is_over:
            self.desk.day(max(self.desk.clock().date(), self._last_day() + timedelta(days=1 + (self.grace or 0))))
        waited, before = self._pending(END), self._all()
        refused = self.desk.why_not_proposed(None if which is None else (self.things[which],))
        if refused is not None:
            assert [one.id for one in self._all()] == [one.id for one in before]
            return
        self._assert_nothing_against_an_end()
        assert len(self._all()) - len(before) == (0 if waited else 1)

    @rule(which=st.sampled_from([None, 0, 1]))
    def a_period_is_over_and_two_people_end_it(self, which: int | None) -> None:
        self.the_team_proposes_the_end_of_the_period(which, is_over=True)
        if proposed := self._pending(END):
            self._go_on(proposed)

    @precondition(lambda self: self._moving())
    @rule(data=st.data(), means=st.sampled_from([Means.VOICE, Means.IN_PERSON]))
    def one_nurse_goes_on_alone(self, data: st.DataObject, means: Means) -> None:
        request = data.draw(st.sampled_from(self._moving()))
        for step in to_the_act(Kind(request.kind)):
            self._press(request, step, self.desk.nurse, means)

    @rule()
    def nobody_but_the_team_proposes_an_end(self) -> None:
        before = self._all()
        try:
            self.desk.ask(END)
        except requests.NotPossibleError:
            assert [one.id for one in self._all()] == [one.id for one in before]
        else:
            raise AssertionError("she was made to end a period")

    def _go_on(self, request: RequestRecord) -> None:
        for step in to_the_act(Kind(request.kind)):
            by = self.desk.second if step in (Step.SIGN, Step.CARRY_OUT) else self.desk.nurse
            self._press(request, step, by, Means.IN_PERSON)

    @rule(fact=st.sampled_from(["seized", "held", "complaint"]))
    def something_becomes_known(self, fact: str) -> None:
        if fact == "held":
            self.desk.hold()
        else:
            self.desk.note(**({"seized": True} if fact == "seized" else {"complaint": law.Complaint.AFTER_EXAM}))
        self.known[fact] = True
        assert not [one for one in self._all() if one.state in (State.CONFIRMED, State.SIGNED)]

    @rule()
    def what_was_seized_or_held_is_free_again(self) -> None:
        self.desk.lift()
        self.desk.note(seized=False)
        self.freed_by.add(self.desk.nurse)
        self.known.update(held=False, seized=False)

    def _press(self, request: RequestRecord, step: Step, by: str, means: Means | None) -> None:
        before, kept, others = self.desk.request(request.id), self.desk.kept(), self._others_about(request)
        doing = Doing(step, by, self.desk.clock(), means)
        ends = {Step.CARRY_OUT: ACT, Step.DECLINE: REFUSAL}
        try:
            moved = requests.move(self.desk.database, self.desk.centre_id, request.id, doing, outcome=ends.get(step))
        except requests.NotPossibleError:
            assert self.desk.request(request.id).course == before.course
            assert self.desk.kept() == kept
            return
        assert by != PERSON or step is Step.CANCEL
        if moved.kind in IRREVERSIBLE and step in (Step.CONFIRM, Step.SIGN, Step.CARRY_OUT):
            assert not any(self.known.values()), "evidence that is seized, of a complaint or held"
            assert not others, "something else was asked of it"
            if moved.kind is END:
                self._assert_nothing_against_an_end()
        if moved.kind in IRREVERSIBLE and moved.state is State.DONE and by in self.freed_by:
            assert {moved.confirmed_by, moved.signed_by} - {None, by}, "who freed it ended it alone"
        if moved.state is State.DONE:
            self.done.append((moved.kind, before.wish.items))

    def _last_day(self) -> date:
        """The last day of keeping, in the latest reading."""
        return law.keeping(EXAM, minor=False, extended=self.desk.case().law_case.extended).keep_through

    def _assert_nothing_against_an_end(self) -> None:
        assert self.grace is not None, "a hospital that wrote no grace down"
        assert brussels_day(self.desk.clock()) > self._last_day() + timedelta(days=self.grace)
        assert not any(self.known.values()), "evidence that is seized, of a complaint or held"
        assert [one.kind for one in self._moving()] in ([], [END]), "what she asks is answered first"

    def _others_about(self, request: RequestRecord) -> list[str]:
        """What else waits and may need the same things. The end of a period holds nothing, and waits for all else."""
        mine = self.desk.request(request.id).wish.items
        others = []
        for one in self._all():
            theirs = self.desk.request(one.id).wish.items
            apart = one.kind in IRREVERSIBLE and mine and theirs and not set(mine) & set(theirs)
            apart = one.kind == END or (apart and request.kind != END)
            if one.id != request.id and one.state not in ENDED and not apart:
                others.append(one.kind)
        return others

    def _rows(self, table: type[Any]) -> list[Any]:
        with self.desk.database.reading() as session:
            return list(session.query(table))

    def _all(self) -> list[RequestRecord]:
        return sorted(self._rows(RequestRecord), key=lambda one: (one.asked_at, one.kind))

    def _moving(self) -> list[RequestRecord]:
        return [one for one in self._all() if one.state not in ENDED]

    def _pending(self, kind: Kind) -> RequestRecord | None:
        with self.desk.database.reading() as session:
            return requests.pending(session, self.desk.case_id, kind)

    @invariant()
    def each_request_waits_once_and_holds_until_it_ends(self) -> None:
        waiting = self._moving()
        assert len({one.kind for one in waiting}) == len(waiting)
        holding = [hold.request_id for hold in self._rows(Hold) if hold.lifted_at is None and hold.request_id]
        hers = [one.id for one in waiting if one.kind != END]
        assert sorted(holding) == sorted(hers)
        assert self.desk.case().law_case.hold == bool(hers or self.known["held"] or self.known["complaint"])

    @invariant()
    def only_what_people_did_is_gone(self) -> None:
        gone = set(self.things) - self.desk.kept()
        destroyed = [set(items or self.things) for kind, items in self.done if kind in DESTROYS]
        returned = [set(items or self.things) for kind, items in self.done if kind is Kind.RESTITUTION]
        garment, sample = self.things
        assert (sample in gone) == any(sample in each for each in destroyed)
        assert (garment in gone) == any(garment in each for each in destroyed + returned)
        assert self.desk.case().law_case.destroyed == bool(destroyed and gone == {garment, sample})

    @invariant()
    def a_destruction_was_waited_for_confirmed_and_signed_by_two(self) -> None:
        for one in self._all():
            if one.kind == Kind.DESTRUCTION and one.state == State.DONE:
                assert one.confirmed_by is not None
                assert one.signed_by not in (None, one.confirmed_by)
                assert one.ended_by in (one.confirmed_by, one.signed_by)
                assert one.confirmed_at is not None
                assert one.waits_until is not None
                assert one.confirmed_at >= one.waits_until

    @invariant()
    def a_period_was_ended_by_two_who_looked(self) -> None:
        for one in self._all():
            if one.kind == END:
                assert one.asked_by is not None
                assert one.state not in (State.TAKEN_UP, State.NOT_DONE)
                assert one.signed_by is None or one.signed_by != one.confirmed_by
                if one.state == State.DONE:
                    assert None not in (one.confirmed_by, one.signed_by)
                    assert one.ended_by in (one.confirmed_by, one.signed_by)

    @invariant()
    def an_extension_is_one_and_only_added(self) -> None:
        entered = [one for one in self._rows(Extension) if one.entered_at]
        done = [one for one in self._all() if one.kind == Kind.EXTENSION and one.state == State.DONE]
        assert len(entered) == len(done) <= 1
        assert not [one for one in self._all() if one.kind == Kind.EXTENSION and one.state == State.CANCELLED]
        case = self.desk.case()
        assert case.law_case.extended == bool(done)
        period = law.keeping(case.admission.exam_on or at(NOW).date(), minor=False, extended=bool(done))
        expected = (period.ask_by, period.keep_through) if self.desk.kept() else (None, None)
        assert (case.record.ask_by, case.record.keep_through) == expected

    @invariant()
    def the_journal_is_one_chain(self) -> None:
        with self.desk.database.reading() as session:
            assert verify(session, self.desk.centre_id) is None


def test_any_order_of_steps(tmp_path: Path, sqlite_pattern: str) -> None:
    Anything.folder, Anything.pattern = tmp_path, sqlite_pattern
    run_state_machine_as_test(
        Anything, settings=hypothesis_settings(max_examples=10, stateful_step_count=15, deadline=None)
    )
