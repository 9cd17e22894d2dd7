"""Keys change while two machines of one installation work: nothing is unreadable at any moment, and it ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from portal.access.factors import Factor, new_recovery_codes, show
from portal.access.hospital import members
from portal.access.hospital.reasons import NotShownError
from portal.access.hospital.token import Shown
from portal.access.rehashing import hash_anew
from portal.access.team import find_member, sign_in, try_password
from portal.library import Library
from portal.records import keyed, seal, wrapping
from portal.records.cases import AlreadyRegisteredError, case_by_reference, find_case, open_case
from portal.records.database import Database, case_key_by
from portal.records.erasure_list import Stage, open_to_add, read_list
from portal.records.key_changes import BATCH, change_key, rewrap
from portal.records.key_check import check_keys
from portal.records.models import CaseRecord, Centre, JournalLine, SignInTry, Staff
from portal.records.outbox.kinds import Kind
from portal.records.outbox.queueing import queue
from portal.records.wrapping import NotGivenError
from tests.clock import StillClock
from tests.conftest import make_case, make_team
from tests.messages.post import PostDesk
from tests.patterns import Overlooking, unhurried
from tests.records.desk import Desk

OLD, NEW = b"k" * 32, b"n" * 32
OPERATOR = "operator"


@contextmanager
def beside(database: Database, *keys: bytes) -> Iterator[Database]:
    """Another machine on the same records, with keys of its own."""
    made = Overlooking(database.engine.url.render_as_string(hide_password=False), keys)
    unhurried(made.engine)
    try:
        yield made
    finally:
        made.engine.dispose()


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def everything_opens(database: Database, desk: Desk) -> bool:
    """Tell whether every case of a desk opens and is found by its reference."""
    with database.reading() as session:
        for case_id in session.scalars(select(CaseRecord.id).where(CaseRecord.centre_id == desk.centre_id)):
            case = open_case(database, session, desk.centre_id, case_id)
            assert case is not None
            assert find_case(database, desk.centre_id, case.admission.reference) == case_id
    return True


def test_a_key_is_changed_in_four_steps_and_at_each_two_machines_read_what_the_other_wrote(desk: Desk) -> None:
    """First it is known everywhere, then it writes, then everything hangs on it, then the one before goes."""
    number = 0
    steps = [((OLD,), (NEW, OLD)), ((NEW, OLD), (OLD, NEW)), ((OLD, NEW), (OLD, NEW)), ((OLD, NEW), (NEW,))]
    for step, (first, second) in enumerate(steps):
        with beside(desk.database, *first) as one, beside(desk.database, *second) as other:
            for writer, reader in ((one, other), (other, one)):
                number += 1
                team = make_team(writer, desk.clock, f"centre-{number}")
                make_case(writer, desk.clock, team, f"REF-{number}")
                assert find_case(reader, team.centre_id, f"ref-{number}")
                assert try_password(reader, team.login, team.password, desk.clock())[1]
                assert everything_opens(reader, desk)
            if step == 2:
                assert rewrap(other, desk.clock(), OPERATOR) > 0
                assert rewrap(other, desk.clock(), OPERATOR) == 0
                hash_anew(other)
    with beside(desk.database, NEW) as last:
        found = check_keys(last, every=True)
        assert found.is_good
        assert sum(one.opened for one in found.centres) == number + 1
        assert set(found.hanging) == {found.newest}
    with beside(desk.database, OLD) as lost:
        assert not check_keys(lost).is_good


class Work:
    """Somebody at a machine with keys of its own, who registers, looks up and opens until told to stop."""

    def __init__(self, desk: Desk, name: str, *keys: bytes) -> None:
        self.desk, self.name, self.keys = desk, name, keys
        self.done, self.wrong = 0, list[BaseException]()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._go_on)
        self.thread.start()

    def _go_on(self) -> None:
        with beside(self.desk.database, *self.keys) as own:
            while not self.stop.is_set():
                try:
                    self._once(own)
                except BaseException as problem:
                    self.wrong.append(problem)
                    return

    def _once(self, own: Database) -> None:
        desk, reference = self.desk, f"WORK-{self.name}-{self.done}"
        assert find_case(own, desk.centre_id, reference) is None
        case_id = make_case(own, desk.clock, desk.team, reference)
        assert find_case(own, desk.centre_id, reference) == case_id
        assert find_case(own, desk.centre_id, f"MANY-{self.done % BATCH}")
        with own.reading() as session:
            assert open_case(own, session, desk.centre_id, desk.case_id)
        self.done += 1


def test_while_a_key_changes_two_machines_go_on_reading_and_writing(desk: Desk) -> None:
    """In the middle of both changes: of what wraps the keys of centres, and of the key of a centre."""
    for number in range(BATCH + 5):
        make_case(desk.database, desk.clock, desk.team, f"MANY-{number}")
    at_work = [Work(desk, "one", NEW, OLD), Work(desk, "other", OLD, NEW)]
    with beside(desk.database, OLD, NEW) as operator:
        for _ in range(2):
            rewrap(operator, desk.clock(), OPERATOR)
            while not change_key(operator, desk.centre_id, desk.clock(), OPERATOR).is_over:
                pass
        for one in at_work:
            one.stop.set()
            one.thread.join()
        assert rewrap(operator, desk.clock(), OPERATOR) == 0
    assert [one.wrong for one in at_work] == [[], []]
    assert all(one.done for one in at_work)
    with beside(desk.database, NEW) as last:
        assert everything_opens(last, desk)
        found = check_keys(last, every=True)
        assert (found.is_good, found.centres[0].opened) == (True, BATCH + 6 + sum(one.done for one in at_work))


def test_a_change_of_a_centres_key_that_is_killed_anywhere_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.records.key_changes.BATCH", 2)
    for number in range(5):
        desk.another_case(f"REF-{number + 1}")

    class KilledError(Exception):
        pass

    def kill(_done: int) -> None:
        raise KilledError

    for _ in range(2):
        with pytest.raises(KilledError):
            change_key(desk.database, desk.centre_id, desk.clock(), OPERATOR, progress=kill)
        assert everything_opens(desk.database, desk)
        with pytest.raises(AlreadyRegisteredError):
            make_case(desk.database, desk.clock, desk.team, "REF-3")
        with desk.database.reading() as session:
            assert len(desk.database.centre_keys(session, desk.centre_id)) == 2
    done = change_key(desk.database, desk.centre_id, desk.clock(), OPERATOR)
    assert (done.unreadable, done.is_over) == (0, True)
    assert everything_opens(desk.database, desk)
    with desk.database.reading() as session:
        assert len(desk.database.centre_keys(session, desk.centre_id)) == 1
    with desk.database.writing(desk.centre_id) as session:
        session.get_one(CaseRecord, desk.case_id).wrapped_key = b""  # as a backup without keys brings it back
    done = change_key(desk.database, desk.centre_id, desk.clock(), OPERATOR)
    assert (done.unreadable, done.wrapped, done.is_over) == (1, 5, True)
    with pytest.raises(LookupError):
        change_key(desk.database, "nowhere", desk.clock(), OPERATOR)


def test_after_it_the_key_before_opens_nothing_and_what_was_sealed_by_it_works(desk: Desk) -> None:
    with desk.database.reading() as session:
        before = desk.database.centre_key(session, desk.centre_id)
        case = session.get_one(CaseRecord, desk.case_id)
        index = case.reference_index
    assert change_key(desk.database, desk.centre_id, desk.clock(), OPERATOR).is_over
    with desk.database.reading() as session:
        case = session.get_one(CaseRecord, desk.case_id)
        assert desk.database.centre_key(session, desk.centre_id) != before
        assert case.reference_index != index
        with pytest.raises(seal.UnreadableError):
            case_key_by([before], case.id, case.wrapped_key)
    code = pyotp.TOTP(desk.team.authenticator).at(desk.clock())
    assert sign_in(desk.database, desk.team.login, desk.team.password, code, desk.clock()).secret


def test_who_reads_in_the_middle_reads_again_what_changed_between_two_rows(desk: Desk) -> None:
    """The centre was read before its key changed, the case after it; and the other way round."""
    with desk.database.reading() as session:
        session.get_one(Centre, desk.centre_id)
        with beside(desk.database, OLD) as other:
            assert change_key(other, desk.centre_id, desk.clock(), OPERATOR).is_over
        assert open_case(desk.database, session, desk.centre_id, desk.case_id)
        assert case_by_reference(desk.database, session, desk.centre_id, "ref-0") == desk.case_id
        assert case_by_reference(desk.database, session, desk.centre_id, "ref-9") is None
    with desk.database.reading() as session:
        case = session.get_one(CaseRecord, desk.case_id)
        with beside(desk.database, OLD) as other:
            assert change_key(other, desk.centre_id, desk.clock(), OPERATOR).is_over
        assert desk.database.case_key(session, case)
    with desk.database.reading() as session:
        assert case_by_reference(desk.database, session, desk.centre_id, "REF-0") == desk.case_id


def test_both_journals_say_what_changed_and_nothing_of_any_case(desk: Desk) -> None:
    with beside(desk.database, OLD, NEW) as operator:
        rewrap(operator, desk.clock(), OPERATOR)
        change_key(operator, desk.centre_id, desk.clock(), OPERATOR)
    with desk.database.reading() as session:
        lines = session.scalars(select(JournalLine).where(JournalLine.actor == OPERATOR).order_by(JournalLine.seq))
        told = [(line.action, line.subject) for line in lines]
    assert told == [(what, desk.centre_id) for what in ("key-rewrapped", "key-change-begun", "key-changed")]


def test_what_is_looked_up_is_found_under_each_key_and_says_under_which_it_stands(desk: Desk) -> None:
    with beside(desk.database, OLD) as old, beside(desk.database, OLD, NEW) as both, beside(desk.database, NEW) as new:
        written = old.keyed_hash("hospital", "somebody")
        assert written in both.keyed_hashes("hospital", "somebody")
        assert written not in new.keyed_hashes("hospital", "somebody")
        assert both.keyed_hash("hospital", "somebody") == new.keyed_hash("hospital", "somebody")
        assert (keyed.stamp_of(written), keyed.stamp_of("f" * 64)) == (keyed.stamp(OLD), "")
        assert len(written) == 64
        assert written != old.keyed_hash("recovery-code", "somebody")


def test_a_recovery_code_works_under_the_key_that_made_it_and_is_counted_as_hanging_on_it(desk: Desk) -> None:
    with desk.database.writing(desk.centre_id) as session:
        member = session.get_one(Staff, desk.nurse)
        codes = new_recovery_codes(desk.database, session, member, desk.clock(), desk.nurse)
    with beside(desk.database, OLD, NEW) as both:
        rewrap(both, desk.clock(), OPERATOR)
        found = check_keys(both)
        assert found.hanging[found.keys[0]]["recovery"] == len(codes)
        for database, code, fits in ((both, codes[0], True), (both, codes[0], False)):
            with database.writing(desk.centre_id) as session:
                member = session.get_one(Staff, desk.nurse)
                member.next_try_at = None
                shown = show(database, session, member, code, desk.clock())
                assert (shown.factor is Factor.RECOVERY_CODE) == fits
        assert check_keys(both).hanging[found.keys[0]]["recovery"] == len(codes) - 1
    with beside(desk.database, NEW) as new, new.writing(desk.centre_id) as session:
        member = session.get_one(Staff, desk.nurse)
        member.next_try_at = None
        assert show(new, session, member, codes[1], desk.clock()).factor is None


def test_tries_under_a_name_are_counted_on_whatever_key_counted_before(desk: Desk) -> None:
    login = desk.team.login
    try_password(desk.database, login, "wrong", desk.clock())
    desk.clock.forward(minutes=2)
    with beside(desk.database, OLD, NEW) as both:
        try_password(both, login, "wrong", desk.clock())
        assert (hash_anew(both), hash_anew(both)) == (1, 0)
    with beside(desk.database, NEW) as new, new.reading() as session:
        assert [one.failures for one in session.scalars(select(SignInTry))] == [2]
        assert keyed.stamp_of(session.scalars(select(SignInTry)).one().name_hash) == keyed.stamp(NEW)


def test_the_erasure_list_is_written_anew_and_holds_without_the_key_before(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    with open_to_add(path, desk.database) as listed:
        for stage in (Stage.BEGUN, Stage.DONE):
            listed.add("a" * 32, stage, date(2026, 8, 1))
        listed.add("b" * 32, Stage.BEGUN, date(2026, 8, 1))
    with beside(desk.database, OLD, NEW) as both, open_to_add(path, both) as listed:
        assert listed.write_anew() == 3
    with beside(desk.database, NEW) as new:
        held = read_list(path, new)
        assert held.stages == {"a" * 32: Stage.DONE, "b" * 32: Stage.BEGUN}
        assert (held.passed_over, held.older) == (0, ())
        with open_to_add(path, new) as listed:
            assert listed.write_anew() == 0
        path.write_bytes(path.read_bytes() + path.read_bytes().splitlines()[0].replace(b"begun", b"kept") + b"\n")
        assert read_list(path, new).passed_over == 1


def test_a_message_asked_for_again_is_the_same_one_whatever_keys_changed(
    database: Database, clock: StillClock, real: Library
) -> None:
    desk = PostDesk(database, clock, real)
    first = desk.queue()
    with beside(database, OLD, NEW) as both:
        rewrap(both, clock(), OPERATOR)
        change_key(both, desk.centre_id, clock(), OPERATOR)
    with beside(database, NEW) as new:
        again = queue(new, desk.centre_id, desk.case_id, desk.nurse, Kind.CALL, clock())
    assert (again.message_id, again.is_new) == (first.message_id, False)


def test_what_was_wrapped_before_keys_had_ids_opens_and_is_moved(desk: Desk) -> None:
    with desk.database.writing(desk.centre_id) as session:
        centre = session.get_one(Centre, desk.centre_id)
        key = desk.database.centre_key(session, desk.centre_id)
        centre.wrapped_key = seal.seal(OLD, key, "centre", "wrapped_key", centre.id)
    assert everything_opens(desk.database, desk)
    with beside(desk.database, OLD, NEW) as both:
        assert everything_opens(both, desk)
        rewrap(both, desk.clock(), OPERATOR)
    with beside(desk.database, NEW) as new:
        assert everything_opens(new, desk)
    with pytest.raises(ValueError, match="no wrapped"):
        wrapping.read(b"x" * 61)


def test_a_lost_key_is_named_with_what_it_takes_along(desk: Desk) -> None:
    with beside(desk.database, NEW) as lost:
        with lost.reading() as session, pytest.raises(NotGivenError):
            open_case(lost, session, desk.centre_id, desk.case_id)
        (looked,) = check_keys(lost).centres
        assert (looked.is_closed, looked.cases, looked.opened) == (True, 1, 0)
        assert looked.wrappings[-1].by == wrapping.shown_id(wrapping.id_of(OLD))
        with pytest.raises(NotGivenError):
            change_key(lost, desk.centre_id, desk.clock(), OPERATOR)
        assert rewrap(lost, desk.clock(), OPERATOR) == 0
        assert find_member(lost, "no session", desk.clock()) is None


def test_who_signs_in_by_the_hospital_is_moved_to_the_newest_key_by_signing_in(desk: Desk) -> None:
    shown = Shown("https://sign-in.example", "somebody", desk.clock())
    with desk.database.writing(desk.centre_id) as session:
        session.get_one(Staff, desk.nurse).hospital_hash = desk.database.keyed_hash(
            "hospital", f"{shown.issuer}\n{shown.subject}"
        )
    with beside(desk.database, NEW) as new, pytest.raises(NotShownError):
        members.sign_in(new, shown, desk.clock())
    with beside(desk.database, OLD, NEW) as both:
        found = check_keys(both)
        assert found.hanging[found.keys[0]]["hospital"] == 1
        assert members.sign_in(both, shown, desk.clock())
        assert check_keys(both).hanging[found.newest]["hospital"] == 1
    with beside(desk.database, NEW) as new:
        assert members.sign_in(new, shown, desk.clock())
