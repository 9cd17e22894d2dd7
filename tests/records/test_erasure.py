"""Erasing: everything of a case, for good, also after a restore; and never while anything is kept, held or asked."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.access.links import make_link, revoke_link
from portal.access.visits import begin_visit
from portal.cli import main
from portal.cli.erasing import was_restored
from portal.law import Complaint
from portal.law.course import Step
from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.erasure import Left, brought_back, confirmed_long_ago, erase_case, finish, replay, why_not_erased
from portal.records.erasure_list import Listed, Stage, open_to_add, read_list
from portal.records.filed import note_in_file
from portal.records.journal import verify
from portal.records.lines import LineKind
from portal.records.models import (
    Base,
    CaseRecord,
    Extension,
    Hold,
    Invitation,
    ItemRecord,
    JournalLine,
    Link,
    Message,
    RequestRecord,
    SignIn,
    SignInTry,
    TodayLine,
    Visit,
)
from portal.records.notes import HandedTo, Word, hand_on
from portal.records.reviews import review
from portal.records.sweeping import leave_no_trace, sweep_rest
from portal.settings import DEMO_DEFAULTS, settings_from
from tests.clock import StillClock
from tests.patterns import Overlooking, address_of, copied_file, copied_inside
from tests.records.desk import TO_THE_ACT, Desk, Kind, dump
from tests.records.test_crashes import NoCurrentError, breaking_after

PERIOD = data_map().length_of("case")
OPERATOR = "operator"
OF_A_CASE = (CaseRecord, Link, Visit, ItemRecord, RequestRecord, Extension, Hold, Message, TodayLine)


class Archive(Desk):
    """A centre with one case that is over in every way, and one that goes on."""

    def __init__(self, database: Database, clock: StillClock, folder: Path) -> None:
        super().__init__(database, clock)
        self.path = folder / "erasures.jsonl"
        self.going_on = self.case_id
        self.add()
        self.another_case("REF-OVER")
        self.bag = self.add()
        self.line_of_today()
        link = make_link(database, self.centre_id, self.case_id, self.nurse, clock())
        revoke_link(database, self.centre_id, self.case_id, self.nurse, clock())
        with database.reading() as session:
            link_id = session.scalars(select(Link.id).where(Link.case_id == self.case_id)).one()
        assert link.token
        begin_visit(database, link_id, clock())
        self.agree_on_a_contact()
        self.go(self.ask(Kind.EXTENSION), Step.TAKE_UP, Step.CARRY_OUT)
        wish = self.ask(Kind.DESTRUCTION, asked_by=self.nurse)
        self.go(wish, *TO_THE_ACT[Kind.DESTRUCTION])
        self.a_message()

    def line_of_today(self) -> None:
        with self.database.writing(self.centre_id) as session:
            session.add(TodayLine(centre_id=self.centre_id, line=f"{LineKind.DATE_7}:{self.bag}:2026-11-10"))

    def a_message(self, state: str = "sent") -> None:
        with self.database.writing(self.centre_id) as session:
            now = self.clock()
            session.add(
                Message(
                    id=os.urandom(16).hex(), centre_id=self.centre_id, case_id=self.case_id, kind="link", channel="sms",
                    state=state, made_at=now, not_before=now,
                )
            )  # fmt: skip

    def confirm_in_file(self) -> None:
        note_in_file(self.database, self.centre_id, self.case_id, self.second, self.clock())

    def wait(self, *, confirmed: bool = True) -> None:
        """Confirm that everything is in the patient file, and let the period pass."""
        if confirmed:
            self.confirm_in_file()
        self.clock.forward(seconds=PERIOD.total_seconds())

    def erase(self) -> tuple[str, ...]:
        with open_to_add(self.path, self.database) as listed:
            return erase_case(self.database, listed, self.centre_id, self.case_id, OPERATOR, self.clock())

    def is_there(self) -> bool:
        with self.database.reading() as session:
            return session.get(CaseRecord, self.case_id) is not None

    def stage(self) -> Stage | None:
        return self.listed().stages.get(self.case_id)

    def listed(self) -> Listed:
        return read_list(self.path, self.database)

    def rows(self) -> dict[str, int]:
        with self.database.reading() as session:
            return {one.__tablename__: session.scalar(select(func.count()).select_from(one)) or 0 for one in OF_A_CASE}


@pytest.fixture
def archive(database: Database, clock: StillClock, tmp_path: Path) -> Archive:
    return Archive(database, clock, tmp_path)


def restored(archive: Archive, take_backup: Callable[[], Database]) -> Database:
    """Erase, and come back to a database as it was before."""
    before = take_backup()
    assert archive.erase() == ()
    return before


def backup(database: Database, folder: Path) -> Database:
    """A copy of the whole database as it stands, under the same key."""
    database.engine.dispose()
    if database.engine.dialect.name == "sqlite":
        source = str(database.engine.url).removeprefix("sqlite:///")
        return Database(copied_file(f"sqlite:///{source}", folder / "backup.sqlite"), b"k" * 32)
    return Overlooking(copied_inside(address_of(database), "backup"), b"k" * 32)


def test_a_case_that_is_over_goes_with_every_row_and_nothing_else_does(archive: Archive) -> None:
    archive.wait()
    archive.case_id, over = archive.going_on, archive.case_id
    spared = archive.case()
    archive.case_id = over
    before = archive.rows()
    assert all(before[name] for name in before)
    assert archive.erase() == ()
    assert not archive.is_there()
    assert archive.rows() == dict.fromkeys(before, 0) | {"case_record": 1, "item": 1}
    archive.case_id = archive.going_on
    still = archive.case()
    assert replace(still, record=spared.record) == spared
    assert still.record.sealed_facts == spared.record.sealed_facts
    assert archive.journal()[-1] == (OPERATOR, "case-erased", over)
    with archive.database.reading() as session:
        assert verify(session, archive.centre_id) is None


def test_an_erased_case_can_be_erased_no_second_time(archive: Archive) -> None:
    archive.wait()
    assert archive.erase() == ()
    with pytest.raises(LookupError):
        archive.erase()
    assert archive.stage() is Stage.DONE


def _keep_a_thing(archive: Archive) -> None:
    archive.add()


def _hold(archive: Archive) -> None:
    archive.hold()


def _ask(archive: Archive) -> None:
    archive.ask(Kind.CONTACT_ME)


def _make_a_link(archive: Archive) -> None:
    make_link(archive.database, archive.centre_id, archive.case_id, archive.nurse, archive.clock() + PERIOD)


def _plan_to_look_again(archive: Archive) -> None:
    now = archive.clock()
    review(archive.database, archive.centre_id, archive.case_id, archive.nurse, (now + PERIOD).date(), now)


def _send(archive: Archive) -> None:
    archive.a_message("waiting")


AGAINST = {
    "kept": _keep_a_thing,
    "hold": _hold,
    "request": _ask,
    "link": _make_a_link,
    "planned": _plan_to_look_again,
    "message": _send,
}


@pytest.mark.parametrize("reason", AGAINST)
def test_nothing_is_erased_while_anything_is_kept_held_asked_or_open(archive: Archive, reason: str) -> None:
    AGAINST[reason](archive)
    archive.wait()
    before = dump(archive.database)
    assert reason in archive.erase()
    assert dump(archive.database) == before
    assert archive.stage() is None


def test_no_period_runs_before_a_named_member_confirmed_the_file(archive: Archive) -> None:
    archive.wait(confirmed=False)
    assert archive.erase() == ("not-in-file",)
    archive.confirm_in_file()
    archive.clock.forward(seconds=PERIOD.total_seconds() - 1)
    assert archive.erase() == ("period",)
    archive.clock.forward(seconds=1)
    assert archive.erase() == ()


def test_whatever_is_new_takes_the_confirmation_back(archive: Archive) -> None:
    archive.confirm_in_file()
    archive.note(vulnerable=True)
    archive.wait(confirmed=False)
    assert archive.erase() == ("not-in-file",)


def test_a_nurse_who_wants_evidence_to_vanish_cannot_make_it(archive: Archive) -> None:
    """She confirms the file at once, ends the link, lifts her hold, and waits: what is kept keeps the case."""
    archive.another_case("REF-WANTED", complaint=Complaint.AFTER_EXAM)
    archive.add()
    archive.hold()
    archive.lift()
    archive.wait()
    assert "kept" in archive.erase()
    assert archive.is_there()
    for file in (Path(__file__).parents[2] / "portal" / "web").rglob("*.py"):
        assert "records.erasure" not in file.read_text(encoding="utf-8"), "no page of the console erases"


def test_an_examination_whose_traces_were_never_listed_is_not_erased(archive: Archive) -> None:
    archive.another_case("REF-UNLISTED")
    archive.wait()
    assert archive.erase() == ("kept",)


def test_without_an_examination_nothing_was_taken_and_it_may_go(archive: Archive) -> None:
    archive.another_case("REF-NO-EXAM", exam_on=None)
    archive.wait()
    assert archive.erase() == ()


def test_what_was_handed_on_is_kept_elsewhere(archive: Archive) -> None:
    archive.another_case("REF-SEIZED", complaint=Complaint.BEFORE_EXAM)
    bag, of_case = archive.add(), (archive.database, archive.centre_id, archive.case_id)
    hand_on(*of_case, archive.nurse, archive.clock(), [bag], HandedTo.REGISTRY, Word("the prosecutor"))
    archive.wait()
    assert archive.erase() == ()


def test_one_thing_against_it_is_enough_and_only_nothing_at_all_lets_it_go(clock: StillClock) -> None:
    now, names = clock(), ("kept", "held", "asked", "linked", "sending", "planned")
    over = now - PERIOD
    for given in product((False, True), repeat=len(names)):
        for in_file_at in (None, over, over + timedelta(seconds=1)):
            left = Left(in_file_at, **dict(zip(names, given, strict=True)))
            assert (why_not_erased(left, now) == ()) is (in_file_at == over and not any(given))
            moved = replace(left, moved=True)  # another centre keeps, holds and answers
            assert (why_not_erased(moved, now) == ()) is (in_file_at == over and not (left.linked or left.sending))


def test_only_what_was_confirmed_long_ago_is_looked_at(archive: Archive) -> None:
    assert list(confirmed_long_ago(archive.database, archive.clock() + PERIOD)) == []
    archive.wait()
    assert list(confirmed_long_ago(archive.database, archive.clock())) == [(archive.centre_id, archive.case_id)]


def test_stopped_at_any_write_nothing_is_gone_and_the_next_sweep_ends_it(archive: Archive) -> None:
    archive.wait()
    before, stops = dump(archive.database), 0
    while True:
        with breaking_after(archive.database, stops):
            try:
                assert archive.erase() == ()
                break
            except NoCurrentError:
                stops += 1
        assert dump(archive.database) == before
        assert archive.stage() in (None, Stage.BEGUN)
        assert brought_back(archive.database, archive.listed()) == ()
    assert stops > 9
    assert archive.stage() is Stage.DONE


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("which", [1, 2])
def test_where_the_list_cannot_be_written_the_case_stays_or_the_next_sweep_lists_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, call: str, which: int
) -> None:
    archive.wait()
    real, calls = getattr(os, call), []

    def full(file: int, *given: bytes) -> int:
        calls.append(file)
        if len(calls) == which:
            raise OSError("no space left")
        return int(real(file, *given) or 0)

    archive.path.touch()
    monkeypatch.setattr(f"portal.records.erasure_list.os.{call}", full)
    with pytest.raises(OSError, match="no space"):
        archive.erase()
    monkeypatch.undo()
    assert archive.is_there() is (which == 1)
    with open_to_add(archive.path, archive.database) as listed:
        finish(archive.database, listed, OPERATOR, archive.clock())
    assert archive.is_there() is (which == 1 and call == "write")
    assert archive.stage() is (None if archive.is_there() else Stage.DONE)


def test_begun_and_meanwhile_something_new_it_is_kept(archive: Archive) -> None:
    archive.wait()
    with open_to_add(archive.path, archive.database) as listed:
        listed.add(archive.case_id, Stage.BEGUN, archive.clock().date())
    archive.ask(Kind.CONTACT_ME)
    with open_to_add(archive.path, archive.database) as listed:
        assert replay(archive.database, listed, OPERATOR, archive.clock()).kept == 1
    assert archive.is_there()
    assert archive.stage() is Stage.KEPT
    with open_to_add(archive.path, archive.database) as listed:
        assert replay(archive.database, listed, OPERATOR, archive.clock()).kept == 0


def test_a_backup_brings_it_back_and_the_list_erases_it_again(archive: Archive, tmp_path: Path) -> None:
    archive.wait()
    old = restored(archive, lambda: backup(archive.database, tmp_path))
    assert brought_back(old, archive.listed()) == (archive.case_id,)
    for erased in (1, 0):  # again, it finds nothing
        with open_to_add(archive.path, old) as listed:
            assert replay(old, listed, OPERATOR, archive.clock()).erased == erased
    archive.database.engine.dispose()
    archive.database = old
    assert not archive.is_there()
    assert brought_back(old, archive.listed()) == ()
    assert archive.rows() == dict.fromkeys(archive.rows(), 0) | {"case_record": 1, "item": 1}
    with old.reading() as session:
        assert verify(session, archive.centre_id) is None
    old.engine.dispose()


def test_a_backup_from_when_it_was_still_kept_is_no_way_around(archive: Archive, tmp_path: Path) -> None:
    old = backup(archive.database, tmp_path)
    archive.wait()
    assert archive.erase() == ()
    with open_to_add(archive.path, old) as listed:
        assert replay(old, listed, OPERATOR, archive.clock()).erased == 1
    assert brought_back(old, archive.listed()) == ()
    old.engine.dispose()


def test_nobody_has_a_case_erased_by_writing_a_line(archive: Archive) -> None:
    archive.wait()
    assert archive.erase() == ()
    genuine = archive.path.read_bytes()
    strangers = Database(f"sqlite:///{archive.path.parent / 'strangers'}", b"x" * 32)
    forged = genuine.replace(archive.case_id.encode(), archive.going_on.encode())
    for line in (forged, b"{}\n[]\n\xff\n", genuine[:-9] + b"\n", genuine.replace(b"done", b"kept")):
        archive.path.write_bytes(genuine + line)
        assert archive.listed().stages == {archive.case_id: Stage.DONE}
        assert archive.listed().passed_over > 0
        with open_to_add(archive.path, archive.database) as listed:
            assert replay(archive.database, listed, OPERATOR, archive.clock()).erased == 0
    assert read_list(archive.path, strangers).stages == {}


def test_a_line_cut_short_is_passed_over_and_the_next_stands_on_its_own(archive: Archive) -> None:
    archive.path.write_bytes(b'{"erasure": 1, "ca')
    archive.wait()
    assert archive.erase() == ()
    assert archive.stage() is Stage.DONE
    assert archive.listed().passed_over == 1


def test_one_sweep_at_a_time(archive: Archive) -> None:
    with open_to_add(archive.path, archive.database), pytest.raises(BlockingIOError):
        archive.erase()


def test_the_list_tells_a_thief_of_random_ids_and_days(archive: Archive) -> None:
    archive.wait()
    archive.erase()
    for line in archive.path.read_text(encoding="utf-8").splitlines():
        assert set(json.loads(line)) == {"erasure", "case", "stage", "on", "hash"}
        assert archive.centre_id not in line
        assert archive.nurse not in line


def sealed_bytes(archive: Archive) -> list[bytes]:
    """Every sealed byte string of a case, and its key: none of them may be found afterwards."""
    found: list[bytes] = []
    with archive.database.engine.connect() as connection:
        for table in Base.metadata.tables.values():
            of_case = [table.c.id == archive.case_id] if table.name == "case_record" else []
            of_case += [table.c.case_id == archive.case_id] if "case_id" in table.c else []
            for row in connection.execute(table.select().where(*of_case)) if of_case else ():
                found += [value for value in row if isinstance(value, bytes)]
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_byte_of_it_is_left_in_the_file_nor_in_what_is_not_written_back(archive: Archive) -> None:
    file = Path(str(archive.database.engine.url).removeprefix("sqlite:///"))
    archive.wait()

    def everything() -> bytes:
        return file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()

    planted = [*sealed_bytes(archive), archive.bag.encode()]
    assert len(planted) > 6
    assert all(one[:200] in everything() for one in planted[-1:])
    archive.erase()
    assert leave_no_trace(archive.database)
    left = everything()
    with archive.database.reading() as session:
        in_journal = set(session.scalars(select(JournalLine.subject)))
    for one in planted:
        pieces = [one[start : start + 32] for start in range(0, len(one), 32)]  # a long value spreads over pages
        assert not any(piece in left for piece in pieces if len(piece) == 32) or one.decode() in in_journal


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_while_somebody_reads_it_says_that_it_could_not(archive: Archive) -> None:
    with archive.database.engine.connect() as reading:
        reading.exec_driver_sql("BEGIN")
        reading.execute(select(CaseRecord.id)).all()
        archive.hold()
        assert not leave_no_trace(archive.database)
    assert leave_no_trace(archive.database)


def test_what_has_a_short_period_goes_by_itself_and_what_runs_stays(archive: Archive) -> None:
    now = archive.clock()
    with archive.database.writing() as session:
        for days in (0, 1, 31):
            at = now - timedelta(days=days)
            session.add(SignIn(secret_hash=f"s{days}", staff_id=archive.nurse, began_at=at, seen_at=at))
            session.add(SignInTry(name_hash=f"t{days}", failures=9, next_try_at=at))
            session.add(
                Invitation(
                    token_hash=f"i{days}", centre_id=archive.centre_id, staff_id=archive.nurse, made_at=at, ends_at=at
                )
            )
        session.add(SignInTry(name_hash="t", failures=1))
    assert sweep_rest(archive.database, now) == {"visits": 0, "sign-ins": 2, "tries": 2, "invitations": 1}
    assert set(sweep_rest(archive.database, now).values()) == {0}
    archive.clock.forward(days=1)
    assert sweep_rest(archive.database, archive.clock())["visits"] == 1


@pytest.fixture
def installed(archive: Archive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """An installation over the archive's database, as its commands see it."""
    address = archive.database.engine.url.render_as_string(hide_password=False)
    key = base64.b64encode(b"k" * 32).decode()
    own = {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path / "data"), "PORTAL_DATABASE": address}
    own |= {"PORTAL_SEALING_KEY": key, "PORTAL_ERASURES": str(archive.path)}
    own |= {"PORTAL_PERIODS_APPROVED": data_map().fingerprint}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("portal.clock.system_clock", archive.clock)
    return own


def test_the_sweep_says_what_it_did_and_again_it_finds_nothing(
    archive: Archive, installed: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    archive.wait()
    assert main(["sweep"]) == 0
    assert "erased 1" in capsys.readouterr().out
    assert not archive.is_there()
    assert main(["sweep"]) == 0
    assert "erased 0" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["PORTAL_ERASURES", "PORTAL_PERIODS_APPROVED"])
def test_no_case_is_erased_before_the_hospital_approved_and_a_list_is_there(
    archive: Archive, installed: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.wait()
    monkeypatch.delenv(name)
    assert main(["sweep"]) == 0
    assert archive.is_there()


def test_other_periods_than_those_approved_erase_nothing(
    archive: Archive, installed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.wait()
    monkeypatch.setenv("PORTAL_PERIODS_APPROVED", "0" * 16)
    assert main(["sweep"]) == 1
    assert archive.is_there()


def test_after_a_restore_nothing_is_served_or_swept_before_the_replay(
    archive: Archive,
    installed: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive.wait()
    old = restored(archive, lambda: backup(archive.database, tmp_path))
    own = settings_from(installed | {"PORTAL_DATABASE": old.engine.url.render_as_string(hide_password=False)})
    assert was_restored(own, old)
    assert "portal erasures replay" in capsys.readouterr().err
    monkeypatch.setenv("PORTAL_DATABASE", own.database)
    assert main(["sweep"]) == 2
    assert main(["erasures", "replay"]) == 0
    assert "erased again: 1" in capsys.readouterr().out
    assert not was_restored(own, old)
    assert main(["sweep"]) == 0
    old.engine.dispose()


def test_the_map_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data-map"]) == 0
    told = capsys.readouterr()
    assert "case_record.sealed_facts\tsealed\t" in told.out
    assert data_map().fingerprint in told.err
