"""What is pressed in the same moment: one of each, and never both of two that exclude each other."""

import threading
from datetime import date
from functools import partial

import pytest

from portal.law.course import NotPossibleError, State, Step
from portal.records import requests, seal
from portal.records.cases import change_facts, open_case
from portal.records.database import Database
from portal.records.journal import verify
from portal.records.models import CaseRecord, Extension, Hold, RequestRecord
from portal.records.older_sheets import reseal_facts
from portal.records.requests import Receipt, Wish
from tests.clock import StillClock
from tests.records.desk import ACT, HERS, Desk, Kind, at_once

AT_ONCE = 32
ROUNDS = 5


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def ask(desk: Desk, kind: Kind) -> Receipt:
    return requests.ask(desk.database, desk.centre_id, desk.case_id, Wish(kind), desk.clock())


def chain_holds(desk: Desk) -> bool:
    with desk.database.reading() as session:
        return verify(session, desk.centre_id) is None


def test_thirty_two_extensions_at_once_write_one(desk: Desk) -> None:
    receipts = at_once(*[partial(ask, desk, Kind.EXTENSION)] * AT_ONCE)
    assert len({receipt.number for receipt in receipts}) == 1
    assert sum(receipt.is_new for receipt in receipts) == 1
    with desk.database.reading() as session:
        assert [session.query(table).count() for table in (RequestRecord, Extension, Hold)] == [1, 1, 1]
    assert chain_holds(desk)


def test_half_extensions_and_half_everything_else_at_once(desk: Desk) -> None:
    others = [kind for kind in HERS if kind is not Kind.EXTENSION]
    kinds = [Kind.EXTENSION] * (AT_ONCE // 2) + others + [Kind.DESTRUCTION]
    assert len(kinds) == AT_ONCE
    receipts = dict(zip(range(AT_ONCE), at_once(*(partial(ask, desk, kind) for kind in kinds)), strict=True))
    for kind in HERS:
        mine = [receipts[place] for place, asked in enumerate(kinds) if asked is kind]
        assert len({receipt.number for receipt in mine}) == 1
        assert sum(receipt.is_new for receipt in mine) == 1
    with desk.database.reading() as session:
        counts = [session.query(table).count() for table in (RequestRecord, Extension, Hold)]
    assert counts == [len(HERS), 1, len(HERS)]
    assert chain_holds(desk)


def test_two_nurses_propose_the_same_end_at_once(desk: Desk) -> None:
    desk.write_down_a_grace(0)
    desk.day(date(2026, 11, 13))
    works = [partial(desk.receipt, Kind.END_OF_PERIOD, asked_by=by) for by in (desk.nurse, desk.second)]
    first, other = at_once(*works)
    assert (first.number, {first.is_new, other.is_new}) == (other.number, {True, False})
    assert desk.held_by() == []
    assert chain_holds(desk)


def test_she_asks_something_while_two_end_a_period(desk: Desk) -> None:
    desk.write_down_a_grace(0)
    desk.day(date(2026, 11, 13))
    for number in range(ROUNDS):
        desk.another_case(f"ROUND-{number}")
        shirt = desk.add()
        request_id = desk.propose((shirt,))
        desk.go(request_id, Step.CONFIRM, Step.SIGN)
        at_once(partial(ask, desk, Kind.RESTITUTION), partial(desk.move, request_id, Step.CARRY_OUT, outcome=ACT))
        # Whoever was first: either it was destroyed before she asked, or it waits for her. Never both.
        assert (desk.state(request_id), desk.kept()) in ((State.DONE, set()), (State.ASKED, {shirt}))
    assert chain_holds(desk)


def one_won(results: list[object]) -> bool:
    refused = [one for one in results if isinstance(one, NotPossibleError)]
    return len(refused) == len(results) - 1 and {one.reason for one in refused} == {"not-now"}


@pytest.mark.parametrize("step", [Step.CONFIRM, Step.SIGN, Step.CARRY_OUT, Step.CANCEL])
def test_two_nurses_make_the_same_step_at_once(desk: Desk, step: Step) -> None:
    path = [Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT]
    for number in range(ROUNDS):
        desk.another_case(f"ROUND-{number}")
        request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
        desk.go(request_id, *path[: path.index(step) if step in path else 3])
        pressing = desk.second if step is Step.SIGN else desk.nurse
        assert one_won(at_once(*[partial(desk.move, request_id, step, pressing, outcome=ACT)] * 2))
    assert chain_holds(desk)


def test_she_cancels_while_a_nurse_destroys(desk: Desk) -> None:
    for number in range(ROUNDS):
        desk.another_case(f"ROUND-{number}")
        shirt = desk.add()
        request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
        desk.go(request_id, Step.TAKE_UP, Step.CONFIRM, Step.SIGN)
        destroys = partial(desk.move, request_id, Step.CARRY_OUT, outcome=ACT)
        cancels = partial(desk.cancel, request_id)
        works = (cancels, destroys) if number % 2 else (destroys, cancels)
        assert one_won(at_once(*works))
        done = desk.state(request_id) == State.DONE
        assert desk.state(request_id) in (State.DONE, State.CANCELLED)
        assert desk.kept() == (set() if done else {shirt})
        assert desk.case().law_case.destroyed == done
        assert desk.held_by() == []
    assert chain_holds(desk)


def test_she_asks_something_while_a_nurse_confirms(desk: Desk) -> None:
    for number in range(ROUNDS):
        desk.another_case(f"ROUND-{number}")
        request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
        desk.go(request_id, Step.TAKE_UP)
        at_once(partial(desk.move, request_id, Step.CONFIRM), partial(ask, desk, Kind.EXTENSION))
        # Either it is held when it is to be confirmed, or what was confirmed is asked again: never both at once.
        assert desk.state(request_id) == State.TAKEN_UP
        assert desk.why_not(request_id, Step.CONFIRM) == "hold"


def test_a_hold_is_set_while_a_nurse_destroys(desk: Desk) -> None:
    for number in range(ROUNDS):
        desk.another_case(f"ROUND-{number}")
        shirt = desk.add()
        request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
        desk.go(request_id, Step.TAKE_UP, Step.CONFIRM, Step.SIGN)
        at_once(desk.hold, partial(desk.move, request_id, Step.CARRY_OUT, outcome=ACT))
        assert (desk.state(request_id), desk.kept()) in ((State.DONE, set()), (State.TAKEN_UP, {shirt}))
        assert desk.held_by()[-1] is None


def test_what_is_noted_while_older_sheets_are_sealed_anew_stays_noted(desk: Desk) -> None:
    with desk.database.writing(desk.centre_id) as session:
        record = session.get_one(CaseRecord, desk.case_id)
        key = desk.database.case_key(session, record)
        older = b'{"exam_on": "2026-05-11", "minor": false, "complaint": "none", "phase": null}'
        record.sealed_facts = seal.seal(key, older, "case_record", "sealed_facts", record.id)
    sealing = threading.Thread(target=reseal_facts, args=(desk.database,))
    with desk.database.writing(desk.centre_id) as session:
        case = open_case(desk.database, session, desk.centre_id, desk.case_id)
        assert case is not None
        change_facts(desk.database, session, case, seized=True)
        session.flush()
        sealing.start()
        sealing.join(timeout=0.3)  # it reads now, or waits
        assert sealing.is_alive()
    sealing.join()
    assert desk.case().law_case.seized
