"""One byte of one row is damaged: what it says cannot be read, nothing is done to it, and everybody else is served.

Every column that holds bytes is damaged in turn, on both databases: whoever adds one is asked too.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import Column, LargeBinary, select, update

from portal.access.team import sign_in
from portal.cli import main
from portal.events import Event, tell_unreadable
from portal.law import RequestKind
from portal.law.course import Step
from portal.library import Library
from portal.records import figures, outbox
from portal.records.board import Board, board, page_of
from portal.records.case_codes import case_code
from portal.records.cases import find_case
from portal.records.database import Database, new_id
from portal.records.erasure_list import Stage, open_to_add
from portal.records.filed import note_in_file
from portal.records.key_changes import change_key
from portal.records.models import ID_LENGTH, Base, CaseRecord, Message, Passkey
from portal.records.outbox import State, Trouble
from portal.records.register import lines_of
from portal.records.restore import restore
from portal.records.seal import UnreadableError
from portal.records.today import Part
from tests.clock import StillClock
from tests.drill import archive as archived
from tests.drill import backed_up, empty_beside
from tests.messages.post import PostDesk
from tests.records.desk import Kind, dump
from tests.records.test_erasure import Archive, installed

__all__ = ["installed"]

BYTES = [
    column for table in Base.metadata.sorted_tables for column in table.columns if isinstance(column.type, LargeBinary)
]
CLOSES_ITS_CENTRE = "centre.wrapped_key"
NOT_SEALED = {"passkey.credential_id", "passkey.public_key"}  # public: nobody unseals them
OF_THE_TEAM = {"staff.sealed_authenticator", *NOT_SEALED}
OF_A_LINE = {f"case_record.{name}" for name in ("wrapped_key", "sealed_reference", "sealed_facts", "sealed_choices")}
OF_THE_CASE = OF_A_LINE | {"case_record.sealed_notes", "item.sealed_facts"}
OF_THE_MESSAGE = {"message.sealed_to", "message.sealed_text"}


@dataclass
class Ward:
    """A centre with a case of which every sealed column says something, and one beside it; and another centre."""

    north: PostDesk
    south: PostDesk
    damaged: str
    beside: str

    @property
    def database(self) -> Database:
        return self.north.database

    def flip(self, column: Column[Any]) -> list[str]:
        """Change one byte in the middle of a column, of everything in it that is about the damaged case or its team."""
        table, mine = column.table, {self.damaged, self.north.nurse, self.north.centre_id}
        names = [one for name in ("case_id", "staff_id", "id") if (one := table.columns.get(name)) is not None]
        key, changed = next(iter(table.primary_key.columns)), []
        with self.database.writing() as session:
            for row, kept in session.execute(select(key, column).where(names[0].in_(mine), column.is_not(None))).all():
                middle = len(kept) // 2
                other = kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :]
                session.execute(update(table).where(key == row).values({column.name: other}))
                changed.append(row)
        assert changed, f"nothing stands in {column}: this test would promise nothing of it"
        return changed

    def day(self, desk: PostDesk) -> Board:
        return board(self.database, desk.centre_id, desk.nurse, desk.clock())

    def message(self, case_id: str) -> Message:
        with self.database.reading() as session:
            return session.scalars(select(Message).where(Message.case_id == case_id)).one()


@pytest.fixture
def ward(database: Database, clock: StillClock, real: Library) -> Ward:
    north = PostDesk(database, clock, real)
    damaged = north.case_id
    north.add()
    north.note(vulnerable=True)
    north.go(north.ask(Kind.EXTENSION), Step.TAKE_UP, Step.CARRY_OUT)
    north.ask(Kind.REPORT_COPY)
    north.hold()
    north.queue()
    with database.writing(north.centre_id) as session:
        known = {"credential_id": b"a key that somebody carries", "public_key": b"its public half"}
        session.add(
            Passkey(
                credential_hash="-", staff_id=north.nurse, sign_count=0, name="-", added_at=clock(), **known
            )
        )  # fmt: skip
    beside = north.another_case("REF-BESIDE")
    south = PostDesk(database, clock, real, "south")
    for desk in (north, south):
        desk.agree()
        desk.ask(Kind.REPORT_COPY)
        desk.queue()
    return Ward(north, south, damaged, beside)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, str]]]:
    """What the log says of rows that cannot be read."""
    found: list[dict[str, str]] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if getattr(record, "event", None) == Event.UNREADABLE:
                found.append(record.__dict__["facts"])

    log, listening = logging.getLogger("portal.events"), Listening()
    log.addHandler(listening)
    yield found
    log.removeHandler(listening)


def requests_on(day: Board) -> list[str]:
    return [line.case.reference for line in day.lines if line.candidate.part is Part.REQUESTS]


@pytest.mark.parametrize("column", BYTES, ids=str)
def test_everybody_else_is_served(ward: Ward, column: Column[Any], told: list[dict[str, str]], tmp_path: Path) -> None:
    rows = ward.flip(column)
    north, south, name = ward.north, ward.south, str(column)
    is_closed = name == CLOSES_ITS_CENTRE

    assert requests_on(ward.day(south)) == ["REF-0"]
    if not is_closed:
        day = ward.day(north)
        assert "REF-BESIDE" in requests_on(day)
        assert day.unreadable == ([ward.damaged] if name in OF_A_LINE else [])

    for _ in range(2):
        north.worker().run()
    assert ward.message(south.case_id).state == State.SENT
    assert ward.message(ward.beside).state == (State.WAITING if is_closed else State.SENT)
    hers = ward.message(ward.damaged)
    if name in OF_THE_CASE | OF_THE_MESSAGE:
        assert (hers.state, hers.problem) == (State.FAILED, Trouble.UNREADABLE)
        assert hers.id in north.undelivered()
    else:
        assert hers.state == (State.WAITING if is_closed else State.SENT)

    with north.database.reading(north.centre_id) as session:
        codes = {line.code for line in lines_of(session, north.centre_id)}
        assert codes == {case_code(ward.damaged), case_code(ward.beside)}
        if not is_closed:
            counted = figures.count(north.database, session, north.centre_id, 2026)["cases"]["all"]
            assert counted == (1 if name in {"case_record.wrapped_key", "case_record.sealed_facts"} else 2)
    assert backed_up(north.database, tmp_path, north.clock).rows == sum(map(len, dump(north.database).values()))
    assert change_key(north.database, south.centre_id, north.clock(), "operator").is_over

    for one in told:
        assert {"table": one["table"], "column": one["column"]} == dict(
            zip(("table", "column"), name.split("."), strict=True)
        )
        assert one["row"] in rows
    assert len(told) == len({one["row"] for one in told})


@pytest.mark.parametrize("column", [one for one in BYTES if str(one) in OF_THE_CASE], ids=str)
def test_every_act_on_a_case_that_cannot_be_read_is_refused_and_changes_nothing(
    ward: Ward, column: Column[Any]
) -> None:
    desk = ward.north
    desk.case_id = ward.damaged
    ward.flip(column)
    before = dump(desk.database)
    acts = (
        lambda: desk.ask(Kind.DESTRUCTION),
        lambda: desk.note(protected=True),
        desk.hold,
        desk.lift,
        desk.add,
        desk.queue,
        desk.link,
        desk.case,
    )
    for act in acts:
        with pytest.raises(UnreadableError):
            act()
    if str(column) != "case_record.wrapped_key":
        assert find_case(desk.database, desk.centre_id, "REF-0") == ward.damaged
    assert dump(desk.database) == before


def test_a_request_that_cannot_be_read_moves_nowhere_and_lets_nothing_be_destroyed(ward: Ward) -> None:
    desk = ward.north
    desk.case_id = ward.damaged
    destruction = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(destruction, Step.TAKE_UP)
    ward.flip(Base.metadata.tables["request_record"].columns["sealed_details"])
    with pytest.raises(UnreadableError):
        desk.move(destruction, Step.CONFIRM)
    assert desk.state(destruction) == "taken-up"


def test_what_waits_of_a_case_that_cannot_be_read_stands_in_its_part(ward: Ward) -> None:
    ward.flip(Base.metadata.tables["case_record"].columns["sealed_facts"])
    desk = ward.north
    section = next(one for one in ward.day(desk).sections if one.part is Part.REQUESTS)
    assert [one.about.kind for one in section.unreadable] == [RequestKind.REPORT_COPY]
    assert (section.count, section.is_cut) == (2, False)
    whole = page_of(ward.database, desk.centre_id, desk.nurse, desk.clock(), Part.REQUESTS, 1)
    assert [one.case_id for one in whole.unreadable] == [ward.damaged]


def test_a_message_that_cannot_be_read_is_not_sent_again_and_another_one_is(ward: Ward) -> None:
    desk = ward.north
    desk.case_id = ward.damaged
    ward.flip(Base.metadata.tables["message"].columns["sealed_text"])
    desk.deliver()
    failed = ward.message(ward.damaged)
    with pytest.raises(outbox.NotSentError) as why:
        outbox.again(desk.database, desk.centre_id, failed.id, desk.nurse, desk.clock())
    assert why.value.trouble is Trouble.UNREADABLE
    outbox.see(desk.database, desk.centre_id, failed.id, desk.nurse, desk.clock())
    assert desk.queue().is_new
    assert desk.deliver() == {"sent": 1}


def test_a_message_damaged_while_it_is_handed_over_does_not_leave(ward: Ward) -> None:
    desk = ward.north
    column = Base.metadata.tables["message"].columns["sealed_to"]
    desk.post.before = lambda: ward.message(ward.damaged).state == State.SENDING and ward.flip(column)
    desk.deliver()
    assert {message.id for _, message in desk.post.left} == {
        ward.message(one).id for one in (ward.beside, ward.south.case_id)
    }
    assert ward.message(ward.damaged).problem == Trouble.UNREADABLE


def test_a_member_whose_authenticator_cannot_be_read_is_refused_as_by_a_wrong_code(
    ward: Ward, clock: StillClock
) -> None:
    ward.flip(Base.metadata.tables["staff"].columns["sealed_authenticator"])
    team = ward.north.team
    code = pyotp.TOTP(team.authenticator).at(clock())
    assert sign_in(ward.database, team.login, team.password, code, clock()).secret is None
    other = ward.south.team
    code = pyotp.TOTP(other.authenticator).at(clock())
    assert sign_in(ward.database, other.login, other.password, code, clock()).secret


def test_a_column_put_back_from_a_backup_opens_again_whatever_key_of_the_centre_changed_since(
    ward: Ward, tmp_path: Path
) -> None:
    desk, column = ward.north, Base.metadata.tables["case_record"].columns["sealed_facts"]
    desk.case_id = ward.damaged
    made = backed_up(desk.database, tmp_path, desk.clock)
    change_key(desk.database, desk.centre_id, desk.clock(), "operator")
    ward.flip(column)
    beside = empty_beside(desk.database, tmp_path)
    restore(beside, archived(made.path))
    with beside.reading() as session:
        before = session.get_one(CaseRecord, ward.damaged).sealed_facts
    beside.engine.dispose()
    with desk.database.writing() as session:
        session.execute(update(CaseRecord).where(CaseRecord.id == ward.damaged).values(sealed_facts=before))
    assert desk.case().admission.vulnerable


def test_the_log_takes_a_random_id_and_nothing_else_with_digits_and_says_it_once(
    told: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.events._TOLD", set())
    for row in (new_id(), "+32470123456", "REF-2026-0042"):
        for _ in range(2):
            tell_unreadable("case_record", "sealed_facts", row)
    assert len(told[0]["row"]) == ID_LENGTH
    assert [one["row"] for one in told[1:]] == ["?", "?"]


@pytest.fixture
def archive(database: Database, clock: StillClock, tmp_path: Path) -> Archive:
    return Archive(database, clock, tmp_path)


def damage(database: Database, case_id: str) -> None:
    with database.writing() as session:
        record = session.get_one(CaseRecord, case_id)
        record.sealed_facts = record.sealed_facts[:-1] + bytes([record.sealed_facts[-1] ^ 1])


@pytest.mark.parametrize("is_begun", [True, False])
def test_the_sweep_keeps_what_cannot_be_read_erases_the_others_and_tells_the_operator(
    archive: Archive, installed: dict[str, str], capsys: pytest.CaptureFixture[str], *, is_begun: bool
) -> None:
    damaged = archive.going_on
    if is_begun:
        with open_to_add(archive.path, archive.database) as listed:
            listed.add(damaged, Stage.BEGUN, archive.clock().date())
    else:
        note_in_file(archive.database, archive.centre_id, damaged, archive.second, archive.clock())
    archive.wait()
    damage(archive.database, damaged)
    assert main(["sweep"]) == 1
    said = capsys.readouterr()
    assert "1 cases cannot be read" in said.err
    assert damaged in said.err  # the log names the row
    assert not archive.is_there()
    assert main(["sweep"]) == 1  # as long as nobody put it back
    with archive.database.reading() as session:
        assert session.get(CaseRecord, damaged) is not None
    assert archive.listed().stages.get(damaged) == (Stage.BEGUN if is_begun else None)
