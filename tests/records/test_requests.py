"""Every request to each of its ends, as the law and the house promise it. On SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from portal import law
from portal.law.course import PERSON, Doing, Means, NotPossibleError, State, Step
from portal.records import cases, notes, requests
from portal.records.board import board
from portal.records.cases import Admission, open_case, register_case
from portal.records.choices import Reminder, change_choices
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.models import Extension, Hold, ItemRecord, JournalLine, RequestRecord
from portal.records.requests import Outcome, Wish
from tests.clock import StillClock
from tests.conftest import make_case, make_team
from tests.records.desk import ACT, EXAM, HERS, REFUSAL, Desk, Kind, dump, to_the_act

D, R, E = Kind.DESTRUCTION, Kind.RESTITUTION, Kind.EXTENSION
IRREVERSIBLE = (D, R)
TALKED_OVER = [kind for kind in HERS if kind not in IRREVERSIBLE]
UP_TO_SIGNED = to_the_act(D)[:-1]


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def each_on_a_case_of_its_own(desk: Desk, kinds: Iterable[Kind] = HERS) -> Iterator[Kind]:
    for kind in kinds:
        desk.another_case(f"REF-{kind}")
        yield kind


def asked_in_person(desk: Desk, kind: Kind = D, items: tuple[str, ...] | None = None) -> str:
    return desk.ask(kind, items, asked_by=desk.nurse)


# Asking


def test_request_hold_and_journal_are_one(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk):
        receipt = desk.receipt(kind, why="an answer")
        assert receipt.is_new
        with desk.database.reading() as session:
            asked = session.query(RequestRecord).filter_by(case_id=desk.case_id).one()
            assert (asked.kind, asked.state, asked.number) == (kind, "asked", receipt.number)
            extension = session.get(Extension, desk.case_id)
        assert (extension is not None) == (kind is E)
        assert desk.held_by() == [asked.id]
        assert desk.case().law_case.hold
        assert desk.request(asked.id).wish == Wish(kind, None, {"why": "an answer"})
        assert desk.journal()[-1] == ("person", "request-asked", asked.id)


def test_asked_again_while_it_waits_it_gives_the_same_receipt(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk):
        first = desk.receipt(kind)
        before = len(desk.journal())
        assert desk.receipt(kind) == replace(first, is_new=False)
        assert len(desk.held_by()) == 1
        assert len(desk.journal()) == before


def test_when_the_journal_cannot_be_written_nothing_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    before = dump(desk.database)
    monkeypatch.setattr(requests, "write_line", broken)
    with pytest.raises(OSError, match="disk"):
        desk.ask(E)
    assert dump(desk.database) == before


def test_the_database_refuses_a_second_pending_request_of_a_kind(desk: Desk) -> None:
    first, other = desk.ask(R), desk.ask(Kind.CONTACT_ME)
    desk.go(first, Step.TAKE_UP)
    with pytest.raises(IntegrityError), desk.database.engine.begin() as connection:
        connection.execute(update(RequestRecord).where(RequestRecord.id == other).values(kind=R))


def test_a_thing_must_be_of_this_case_and_one_must_be_named(desk: Desk) -> None:
    of_another_case = desk.add()
    desk.another_case("REF-1")
    before = dump(desk.database)
    for items in ((of_another_case,), ("nothing",), ()):
        with pytest.raises(LookupError):
            desk.ask(D, items)
    assert dump(desk.database) == before


def test_whatever_is_asked_she_is_asked_again_before_a_destruction(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk, set(HERS) - {D}):
        request_id = asked_in_person(desk)
        desk.go(request_id, *UP_TO_SIGNED)
        other = desk.ask(kind)
        record = desk.request(request_id)
        assert record.course.state is State.TAKEN_UP
        assert (record.course.confirmed_by, record.course.means, record.course.signed_by) == (None, None, None)
        assert (record.record.confirmed_at, record.record.signed_at) == (None, None)
        assert desk.journal()[-2:] == [("person", "request-asked", other), ("person", "request-reopen", request_id)]


def test_whatever_is_asked_she_is_asked_again_before_a_return(desk: Desk) -> None:
    request_id = desk.ask(R)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    desk.ask(Kind.CONTACT_ME)
    assert desk.state(request_id) == State.TAKEN_UP


@pytest.mark.parametrize(
    "news",
    [
        Desk.hold,
        Desk.add,
        lambda desk: desk.note(complaint=law.Complaint.AFTER_EXAM),
        lambda desk: desk.note(seized=True),
        lambda desk: desk.note(vulnerable=True),
        lambda desk: desk.note(protected=True),
    ],
)
def test_whatever_becomes_known_she_is_asked_again(desk: Desk, news: Callable[[Desk], object]) -> None:
    destroyed, kept = desk.add(), desk.add()
    destruction, restitution = asked_in_person(desk, D, (destroyed,)), desk.ask(R, (kept,))
    desk.go(destruction, *UP_TO_SIGNED)
    desk.go(restitution, Step.TAKE_UP, Step.CONFIRM)
    news(desk)
    assert [desk.state(each) for each in (destruction, restitution)] == [State.TAKEN_UP] * 2


def test_a_thing_that_was_added_meanwhile_is_not_destroyed_with_everything_else(desk: Desk) -> None:
    request_id = asked_in_person(desk)
    desk.go(request_id, *UP_TO_SIGNED)
    added = desk.add()
    assert desk.why_not(request_id, Step.CARRY_OUT) == "not-now"
    assert desk.kept() == {added}


# Carrying each kind to each end


def test_every_kind_is_done_and_its_own_hold_lifted(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk):
        request_id = asked_in_person(desk, kind)
        for step in to_the_act(kind):
            assert desk.held_by() == [request_id]
            desk.go(request_id, step)
        assert desk.state(request_id) == State.DONE
        assert desk.held_by() == []
        assert desk.journal()[-1] == (desk.second, "request-carry-out", request_id)
        assert desk.receipt(kind).is_new
        assert desk.case().law_case.hold


def test_a_refusal_says_why_and_what_can_be_done_and_lifts_its_own_hold(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk, set(HERS) - {E}):
        request_id = desk.ask(kind)
        desk.go(request_id, Step.TAKE_UP)
        before = dump(desk.database)
        for outcome in (None, Outcome(reason="only why"), Outcome(remedy="only what"), Outcome(" ", " ")):
            with pytest.raises(ValueError, match="a reason and a remedy"):
                desk.move(request_id, Step.DECLINE, outcome=outcome)
        assert dump(desk.database) == before
        desk.go(request_id, Step.DECLINE)
        assert desk.state(request_id) == State.NOT_DONE
        assert desk.request(request_id).outcome == REFUSAL
        assert desk.held_by() == []


@pytest.mark.parametrize("kind", IRREVERSIBLE)
def test_she_cancels_at_any_moment_before_the_act(desk: Desk, kind: Kind) -> None:
    for number in range(len(to_the_act(kind))):
        request_id = asked_in_person(desk, kind)
        desk.go(request_id, *to_the_act(kind)[:number])
        desk.cancel(request_id)
        assert desk.state(request_id) == State.CANCELLED
        assert desk.held_by() == []
        for step in Step:
            assert desk.why_not(request_id, step) == "not-now"


def test_what_only_protects_is_never_cancelled(desk: Desk) -> None:
    for kind in each_on_a_case_of_its_own(desk, TALKED_OVER):
        request_id = desk.ask(kind)
        for steps in ((), (Step.TAKE_UP,), (Step.CARRY_OUT,)):
            desk.go(request_id, *steps)
            with pytest.raises(NotPossibleError, match="not-now"):
                desk.cancel(request_id)
            assert desk.why_not(request_id, Step.CANCEL) == "not-now"


@pytest.mark.parametrize("kind", [D, R, E, Kind.REPORT_COPY])
def test_link_phone_and_code_can_only_add_protection(desk: Desk, kind: Kind) -> None:
    request_id = asked_in_person(desk, kind)
    for following in to_the_act(kind):
        before = dump(desk.database)
        for step in set(Step) - {Step.CANCEL}:
            assert desk.by_her(request_id, step) in ("team-only", "not-now")
        assert dump(desk.database) == before
        desk.go(request_id, following)


def test_only_its_own_hold_is_lifted(desk: Desk) -> None:
    first, second = desk.ask(E), desk.ask(Kind.CONTACT_ME)
    desk.hold()
    desk.go(first, *to_the_act(E))
    assert desk.held_by() == [second, None]
    desk.lift()
    assert desk.held_by() == [second]
    desk.go(second, *to_the_act(Kind.CONTACT_ME))
    assert not desk.case().law_case.hold


def test_messages_stop_in_the_moment_she_asks(desk: Desk) -> None:
    desk.choose(reminder=Reminder("sms", "day"), pages=("a-page",))
    desk.agree_on_a_contact()
    request_id = desk.ask(Kind.STOP_MESSAGES)
    chosen = desk.case().choices
    assert (chosen.messages_stopped, chosen.reminder, chosen.pages) == (True, None, ("a-page",))
    assert chosen.contact is not None
    # Chosen again, and stopped again while the first request still waits: it stops again.
    desk.choose(messages_stopped=False, reminder=Reminder("sms", "day"))
    assert desk.ask(Kind.STOP_MESSAGES) == request_id
    assert (desk.case().choices.messages_stopped, desk.case().choices.reminder) == (True, None)


# Extension: art. 29 § 3 al. 2


def test_extended_once_and_counted_from_the_exam(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock, exam_on="2026-08-31")
    shirt = desk.add(taken_on=date(2026, 9, 2))
    desk.go(desk.ask(E), *to_the_act(E))
    case = desk.case()
    assert case.law_case.extended
    assert not case.law_case.hold
    assert case.record.ask_by == date(2027, 8, 30)  # chained, it would have been a day or more before
    with database.reading() as session:
        assert session.get_one(ItemRecord, shirt).ask_by == date(2027, 8, 30)
    # Asked again, it is recorded for the team to talk over with her, and holds.
    again = desk.ask(E)
    desk.go(again, Step.TAKE_UP)
    assert desk.case().law_case.hold
    assert desk.why_not(again, Step.CARRY_OUT) == "no-period"
    desk.go(again, Step.DECLINE)
    with database.reading() as session:
        assert session.query(Extension).count() == 1
    assert desk.case().law_case.extended
    assert desk.case().record.ask_by == date(2027, 8, 30)


def test_an_extension_is_a_right_that_nobody_refuses(desk: Desk) -> None:
    request_id = desk.ask(E)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.DECLINE) == "is-a-right"
    desk.note(complaint=law.Complaint.AFTER_EXAM)  # extending only protects: A-11
    desk.hold()
    desk.go(request_id, Step.CARRY_OUT)
    assert desk.case().law_case.extended


@pytest.mark.parametrize(
    "admission", [{"minor": True}, {"complaint": law.Complaint.BEFORE_EXAM}, {"exam_on": None}], ids=str
)
def test_what_the_law_does_not_extend_cannot_be_entered(
    database: Database, clock: StillClock, admission: dict[str, Any]
) -> None:
    desk = Desk(database, clock, **admission)
    request_id = desk.ask(E)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CARRY_OUT) == "no-period"
    assert desk.case().law_case.hold
    assert not desk.case().law_case.extended


def test_asked_after_the_last_day_the_team_decides_and_the_last_request_is_what_extends(desk: Desk) -> None:
    desk.clock.forward(days=(law.keeping(EXAM, minor=False).ask_by - desk.clock().date()).days + 1)
    refused = desk.ask(E)
    desk.go(refused, Step.TAKE_UP, Step.DECLINE)
    assert not desk.case().law_case.extended
    done = desk.ask(E)
    desk.go(done, *to_the_act(E))
    with desk.database.reading() as session:
        assert session.query(Extension).one().request_id == done


def test_asked_before_a_seizure_or_after_it_an_extension_ends_alike(desk: Desk) -> None:
    for seized_first in (False, True):
        desk.another_case(f"REF-{seized_first}")
        if seized_first:
            desk.note(seized=True)
        request_id = desk.ask(E)
        desk.note(seized=True)
        desk.go(request_id, *to_the_act(E))
        assert desk.state(request_id) == State.DONE
        assert desk.case().law_case.extended


def test_who_is_seen_instead_of_reached_is_seen_by_two_before_a_return(desk: Desk) -> None:
    desk.agree_on_a_contact()
    for means, alone in ((Means.IN_PERSON, "second-person"), (Means.VOICE, None)):
        desk.add()
        request_id = desk.ask(R)
        desk.go(request_id, Step.TAKE_UP)
        desk.move(request_id, Step.CONFIRM, means=means)
        assert desk.why_not(request_id, Step.CARRY_OUT, desk.nurse) == alone
        if alone:
            assert desk.why_not(request_id, Step.CARRY_OUT, desk.second) is None


@pytest.mark.parametrize("complaint", law.Complaint)
def test_a_possible_complaint_holds_from_the_first_day_and_stands_nowhere_in_clear(
    database: Database, clock: StillClock, complaint: law.Complaint
) -> None:
    desk = Desk(database, clock, complaint=complaint)
    case = desk.case()
    assert case.law_case.hold == (complaint is not law.Complaint.NONE)
    assert (law.own_keeping(case.law_case) is None) == (complaint is law.Complaint.BEFORE_EXAM)
    plain = law.keeping(EXAM, minor=False)
    assert (case.record.ask_by, case.record.keep_through) == (plain.ask_by, plain.keep_through)
    assert desk.held_by() == []
    # What asking writes is the same rows for everybody.
    shirt = desk.add()
    desk.ask(E)
    with database.reading() as session:
        assert [session.query(table).count() for table in (RequestRecord, Extension, Hold)] == [1, 1, 1]
        kept = session.get_one(ItemRecord, shirt)
        assert (kept.ask_by, kept.keep_through) == (plain.ask_by, plain.keep_through)


# Destruction: request → waiting time → confirmed with her → two different people → act


def test_a_destruction_waits_as_long_as_its_centre_decided(desk: Desk) -> None:
    for days in range(8):
        desk.another_case(f"REF-{days}-DAYS")
        desk.wait_days(days)
        request_id = desk.ask(D)
        desk.go(request_id, Step.TAKE_UP)
        desk.clock.forward(days=days, seconds=-1)
        if days:
            assert desk.why_not(request_id, Step.CONFIRM) == "waiting"
        desk.clock.forward(seconds=1)
        assert desk.why_not(request_id, Step.CONFIRM) is None


def test_a_waiting_time_is_seven_days_at_most(desk: Desk) -> None:
    for days in (8, -1):
        desk.wait_days(days)
        with pytest.raises(ValueError, match="waiting time"):
            desk.ask(D)
    assert desk.held_by() == []


def test_nothing_else_waits(desk: Desk) -> None:
    for kind in set(HERS) - {D}:
        assert desk.request(desk.ask(kind)).course.waits_until is None


def test_asked_in_person_it_does_not_wait(desk: Desk) -> None:
    request_id = asked_in_person(desk)
    assert desk.journal()[-1] == (desk.nurse, "request-asked", request_id)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)


@pytest.mark.parametrize("taken_up", [False, True])
def test_asked_online_and_then_in_person_it_waits_no_longer(desk: Desk, taken_up: bool) -> None:
    request_id = desk.ask(D)
    assert desk.ask(D, asked_by=desk.nurse) == request_id
    steps = (Step.TAKE_UP, Step.END_WAITING) if taken_up else (Step.END_WAITING, Step.TAKE_UP)
    desk.go(request_id, *steps)
    assert desk.why_not(request_id, Step.CONFIRM) is None


def test_a_contact_written_down_after_the_request_is_no_second_way_to_her(desk: Desk) -> None:
    """Whoever asked with her phone may have given it: she is seen by two instead."""
    request_id = asked_in_person(desk, D)
    desk.go(request_id, Step.TAKE_UP)
    desk.clock.forward(hours=1)
    desk.agree_on_a_contact()
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.VOICE) == "no-contact"
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.IN_PERSON) is None


@pytest.mark.parametrize("kind", IRREVERSIBLE)
@pytest.mark.parametrize("means", [means for means in Means if means is not Means.IN_PERSON])
def test_confirmed_through_the_contact_agreed_or_in_person(desk: Desk, kind: Kind, means: Means) -> None:
    request_id = asked_in_person(desk, kind)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM, means=None) == "means"
    assert desk.why_not(request_id, Step.CONFIRM, means=means) == "no-contact"
    desk.agree_on_a_contact()
    assert desk.why_not(request_id, Step.CONFIRM, means=means) is None
    confirmed = desk.request(request_id).course
    assert (confirmed.confirmed_by, confirmed.means) == (desk.nurse, means)


@pytest.mark.parametrize("fact", ["vulnerable", "protected"])
def test_where_understanding_must_be_seen_it_is_seen_in_person(desk: Desk, fact: str) -> None:
    desk.agree_on_a_contact()
    desk.note(**{fact: True})
    request_id = asked_in_person(desk)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.VOICE) == "understanding"
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.IN_PERSON) is None


def test_a_second_person_signs_and_one_of_the_two_destroys(desk: Desk) -> None:
    desk.add()
    third = make_team(desk.database, desk.clock, "third").staff_id
    request_id = asked_in_person(desk)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    assert desk.why_not(request_id, Step.CARRY_OUT) == "not-now"
    assert desk.why_not(request_id, Step.SIGN, desk.nurse) == "second-person"
    desk.go(request_id, Step.SIGN)
    assert desk.why_not(request_id, Step.CARRY_OUT, third) == "signer"
    with pytest.raises(ValueError, match="its day"):
        desk.move(request_id, Step.CARRY_OUT)
    assert len(desk.kept()) == 1
    assert desk.why_not(request_id, Step.CARRY_OUT, desk.second) is None
    done = desk.request(request_id)
    assert (done.course.confirmed_by, done.course.signed_by, done.course.ended_by) == (
        desk.nurse,
        desk.second,
        desk.second,
    )
    assert done.outcome == ACT


def test_what_was_destroyed_is_gone_and_runs_no_period_any_more(desk: Desk) -> None:
    things = {desk.add(), desk.add(law.ItemKind.SAMPLE)}
    request_id = asked_in_person(desk)
    desk.go(request_id, *UP_TO_SIGNED)
    assert desk.kept() == things
    desk.go(request_id, Step.CARRY_OUT)
    case = desk.case()
    assert desk.kept() == set()
    assert case.law_case.destroyed
    assert (case.record.ask_by, case.record.keep_through) == (None, None)
    with desk.database.reading() as session:
        assert {(one.ask_by, one.keep_through) for one in session.query(ItemRecord)} == {(None, None)}
    # A thing that is found afterwards is kept, and has its period.
    found = desk.add()
    assert not desk.case().law_case.destroyed
    assert desk.kept() == {found}
    assert desk.case().record.ask_by == law.keeping(EXAM, minor=False).ask_by


def test_a_case_is_destroyed_only_when_nothing_is_left(desk: Desk) -> None:
    shirt, shoes, sample = desk.add(), desk.add(), desk.add(law.ItemKind.SAMPLE)
    desk.go(asked_in_person(desk, D, (shirt,)), *to_the_act(D))
    assert desk.kept() == {shoes, sample}
    assert not desk.case().law_case.destroyed
    assert desk.case().record.ask_by is not None
    desk.go(desk.ask(R, (shoes,)), *to_the_act(R))
    assert desk.kept() == {sample}
    assert not desk.case().law_case.destroyed
    desk.go(asked_in_person(desk, D, (sample,)), *to_the_act(D))
    assert desk.case().law_case.destroyed


def test_one_thing_given_back_and_others_destroyed_do_not_wait_for_each_other(desk: Desk) -> None:
    shirt, shoes, sample = desk.add(), desk.add(), desk.add(law.ItemKind.SAMPLE)
    destruction, restitution = asked_in_person(desk, D, (sample,)), desk.ask(R, (shirt,))
    desk.go(destruction, *UP_TO_SIGNED)
    desk.go(restitution, Step.TAKE_UP, Step.CONFIRM)
    desk.go(destruction, Step.CARRY_OUT)
    desk.go(restitution, Step.CARRY_OUT)
    assert desk.kept() == {shoes}


@pytest.mark.parametrize("named", [(True, True), (True, False), (False, True), (False, False)])
def test_the_same_thing_is_not_destroyed_while_it_is_asked_back(desk: Desk, named: tuple[bool, bool]) -> None:
    shirt = desk.add()
    desk.add()
    destroyed, given_back = ((shirt,) if each else None for each in named)
    destruction, restitution = asked_in_person(desk, D, destroyed), desk.ask(R, given_back)
    desk.go(destruction, Step.TAKE_UP)
    desk.go(restitution, Step.TAKE_UP)
    assert desk.why_not(destruction, Step.CONFIRM) == "hold"
    assert desk.why_not(restitution, Step.CONFIRM) == "hold"
    desk.cancel(restitution)
    assert desk.why_not(destruction, Step.CONFIRM) is None


def test_a_thing_that_is_gone_is_neither_destroyed_nor_given_back_again(desk: Desk) -> None:
    shirt = desk.add()
    desk.add()
    desk.go(desk.ask(R, (shirt,)), *to_the_act(R))
    for kind in IRREVERSIBLE:
        request_id = asked_in_person(desk, kind, (shirt,))
        desk.go(request_id, Step.TAKE_UP)
        assert desk.why_not(request_id, Step.CONFIRM) == "destroyed"


def test_samples_stay_when_everything_is_given_back(desk: Desk) -> None:
    desk.add(), desk.add(law.ItemKind.THING)
    samples = {desk.add(law.ItemKind.SAMPLE), desk.add(law.ItemKind.TOXICOLOGY)}
    request_id = desk.ask(R)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    with pytest.raises(ValueError, match="its day"):
        desk.move(request_id, Step.CARRY_OUT)
    desk.go(request_id, Step.CARRY_OUT)
    assert desk.kept() == samples
    with desk.database.reading() as session:
        assert all(session.get_one(ItemRecord, sample).keep_through for sample in samples)


# What stops it


@pytest.mark.parametrize("kind", IRREVERSIBLE)
@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (lambda desk: desk.note(seized=True), "seized"),
        (lambda desk: desk.note(complaint=law.Complaint.AFTER_EXAM), "complaint"),
        (Desk.hold, "hold"),
        (lambda desk: desk.ask(Kind.CONTACT_ME), "hold"),
    ],
)
def test_a_seizure_a_complaint_or_a_hold_stops_it_at_every_step(
    desk: Desk, kind: Kind, stop: Callable[[Desk], object], reason: str
) -> None:
    for number in range(1, len(to_the_act(kind))):
        desk.another_case(f"REF-{number}")
        shirt = desk.add()
        request_id = asked_in_person(desk, kind)
        desk.go(request_id, *to_the_act(kind)[:number])
        stop(desk)
        assert desk.why_not(request_id, Step.CONFIRM) == reason
        assert desk.why_not(request_id, Step.SIGN) == "not-now"
        assert desk.why_not(request_id, Step.CARRY_OUT) == "not-now"
        assert desk.kept() == {shirt}


def test_what_was_held_goes_on_when_a_member_of_the_team_lifts_it(desk: Desk) -> None:
    request_id = asked_in_person(desk)
    desk.hold()
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "hold"
    desk.lift()
    assert desk.journal()[-1] == (desk.nurse, "hold-lifted", desk.case_id)
    desk.go(request_id, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)


@pytest.mark.parametrize(
    ("admission", "kinds", "reason"),
    [
        ({"complaint": law.Complaint.BEFORE_EXAM}, (D, R), "complaint"),
        ({"complaint": law.Complaint.UNKNOWN}, (D, R), "complaint"),
        ({"exam_on": None}, (D,), "no-exam"),
        ({"exam_on": None}, (R,), None),
        ({"minor": True}, (D, R), "ability"),
    ],
)
def test_doubt_never_destroys(
    database: Database, clock: StillClock, admission: dict[str, Any], kinds: tuple[Kind, ...], reason: str | None
) -> None:
    desk = Desk(database, clock, **admission)
    for kind in kinds:
        request_id = asked_in_person(desk, kind)
        desk.go(request_id, Step.TAKE_UP)
        assert desk.why_not(request_id, Step.CONFIRM) == reason
        desk.cancel(request_id)


def test_an_examination_the_law_does_not_provide_is_not_destroyed(desk: Desk) -> None:
    admission = Admission(
        "NON-ACUTE", EXAM, minor=False, complaint=law.Complaint.NONE, language="fr", phase=law.Phase.NON_ACUTE
    )
    desk.case_id = register_case(desk.database, desk.centre_id, desk.nurse, admission, desk.clock())
    request_id = asked_in_person(desk)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "doubt"


def test_a_capable_minor_consents_in_writing_every_time_it_is_asked_again(
    database: Database, clock: StillClock
) -> None:
    desk = Desk(database, clock, minor=True)
    desk.note(capable_29_4=True)
    request_id = asked_in_person(desk)
    desk.go(request_id, Step.TAKE_UP)
    assert desk.why_not(request_id, Step.CONFIRM) == "written"
    assert desk.why_not(request_id, Step.CONFIRM, consent=True) is None
    desk.note(apt_29_4=True)
    assert not desk.request(request_id).written_consent
    assert desk.why_not(request_id, Step.CONFIRM) == "written"
    assert desk.why_not(request_id, Step.CONFIRM, consent=True) is None
    desk.go(request_id, Step.SIGN, Step.CARRY_OUT)
    assert desk.case().law_case.destroyed


def test_the_two_tests_of_art_29_par_4_are_never_one(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock, minor=True)
    shirt, shoes = desk.add(), desk.add()
    desk.note(apt_29_4=True)
    restitution, destruction = desk.ask(R, (shirt,)), asked_in_person(desk, D, (shoes,))
    desk.go(restitution, Step.TAKE_UP)
    desk.go(destruction, Step.TAKE_UP)
    assert desk.why_not(destruction, Step.CONFIRM, consent=True) == "ability"
    assert desk.why_not(restitution, Step.CONFIRM) is None


def test_what_is_known_at_admission_is_not_noted_afterwards(desk: Desk) -> None:
    before = dump(desk.database)
    for fact in ({"minor": True}, {"destroyed": True}, {"exam_on": None}, {"complaint": law.Complaint.NONE}):
        with pytest.raises(ValueError, match="admission"):
            desk.note(**fact)
    assert dump(desk.database) == before


@pytest.mark.parametrize("complaint", [law.Complaint.BEFORE_EXAM, law.Complaint.UNKNOWN])
def test_a_later_complaint_does_not_undo_an_earlier_doubt(
    database: Database, clock: StillClock, complaint: law.Complaint
) -> None:
    desk = Desk(database, clock, complaint=complaint)
    desk.note(complaint=law.Complaint.AFTER_EXAM)
    assert desk.case().law_case.complaint is complaint


# What the database itself refuses


def test_the_database_refuses_one_person_signing_twice(desk: Desk) -> None:
    request_id = asked_in_person(desk)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM)
    with pytest.raises(IntegrityError), desk.database.engine.begin() as connection:
        connection.execute(text("UPDATE request_record SET signed_by = confirmed_by"))
    assert desk.request(request_id).course.signed_by is None


@pytest.mark.parametrize("steps", [(), UP_TO_SIGNED[:1], UP_TO_SIGNED[:2]])
def test_the_database_refuses_a_destruction_done_without_two(desk: Desk, steps: tuple[Step, ...]) -> None:
    request_id = asked_in_person(desk)
    desk.go(request_id, *steps)
    for also in ("", ", confirmed_by = NULL", ", signed_by = asked_by, confirmed_by = NULL"):
        with pytest.raises(IntegrityError), desk.database.engine.begin() as connection:
            connection.execute(text(f"UPDATE request_record SET state = 'done'{also}"))
    assert desk.state(request_id) != State.DONE


# Another centre


def test_another_centre_can_do_nothing(desk: Desk) -> None:
    south = make_team(desk.database, desk.clock, "south")
    shirt = desk.add()
    request_id = asked_in_person(desk)
    desk.hold()
    now, where = desk.clock(), (desk.database, south.centre_id)
    thing = law.Item(law.ItemKind.CLOTHES, EXAM)
    tries: list[Callable[[], object]] = [
        *(lambda kind=kind: requests.ask(*where, desk.case_id, Wish(kind), now) for kind in HERS),
        lambda: requests.ask(*where, desk.case_id, Wish(D, (shirt,)), now, asked_by=south.staff_id),
        *(
            lambda step=step, by=by: requests.move(*where, request_id, Doing(step, by, now), outcome=ACT)
            for step in Step
            for by in (south.staff_id, desk.nurse, PERSON)
        ),
        lambda: requests.cancel_by_her(*where, request_id, now),
        lambda: notes.add_item(*where, desk.case_id, south.staff_id, thing, "bag", now),
        lambda: notes.note_facts(*where, desk.case_id, south.staff_id, now, seized=True),
        lambda: notes.set_hold(*where, desk.case_id, south.staff_id, now),
        lambda: notes.lift_holds(*where, desk.case_id, south.staff_id, now),
        lambda: change_choices(*where, desk.case_id, south.staff_id, now, messages_stopped=True),
    ]
    before = dump(desk.database)
    for number, attempt in enumerate(tries):
        with pytest.raises(LookupError):
            attempt()
        assert dump(desk.database) == before, number


def test_another_centre_sees_nothing(desk: Desk) -> None:
    south = make_team(desk.database, desk.clock, "south")
    desk.ask(E)
    with desk.database.reading() as session:
        assert open_case(desk.database, session, south.centre_id, desk.case_id) is None
        assert cases.viewings(session, south.centre_id, desk.case_id) == []
    assert board(desk.database, desk.centre_id, desk.nurse, desk.clock()).lines
    assert not board(desk.database, south.centre_id, south.staff_id, desk.clock()).lines


def test_two_centres_keep_two_journals(desk: Desk) -> None:
    south = make_team(desk.database, desk.clock, "south")
    case_id = make_case(desk.database, desk.clock, south, "REF-SOUTH")
    requests.ask(desk.database, south.centre_id, case_id, Wish(E), desk.clock())
    desk.ask(E)
    with desk.database.reading() as session:
        for centre_id in (desk.centre_id, south.centre_id):
            assert verify(session, centre_id) is None
        assert session.query(JournalLine).filter_by(centre_id=south.centre_id, subject=desk.case_id).count() == 0


def test_what_is_asked_is_the_same_whoever_looks_at_the_number(desk: Desk) -> None:
    receipt = desk.receipt(E)
    with desk.database.reading() as session:
        found = requests.by_number(session, desk.case_id, receipt.number)
        assert found is not None
        assert requests.latest(session, desk.case_id, E) == found
        assert requests.of_case(session, desk.case_id) == [found]
    desk.another_case("REF-1")
    with desk.database.reading() as session:
        assert requests.by_number(session, desk.case_id, receipt.number) is None


def test_extension_rows_of_older_databases_may_be_missing(desk: Desk) -> None:
    request_id = desk.ask(E)
    with desk.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM extension"))
        connection.execute(update(RequestRecord).values(sealed_details=None))
    desk.go(request_id, *to_the_act(E))
    assert desk.case().law_case.extended
