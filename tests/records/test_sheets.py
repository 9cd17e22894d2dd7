"""What is sealed tells nothing by its length, and nothing of it lies anywhere in the bytes of a stolen database."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from portal import law
from portal.law.course import Step
from portal.records import seal
from portal.records.cases import Admission, register_case
from portal.records.choices import Contact, Reminder
from portal.records.database import Database
from portal.records.models import CaseRecord, ItemRecord, RequestRecord
from portal.records.older_sheets import reseal_facts
from portal.records.requests import Outcome
from portal.records.sheets import is_padded, unseal_sheet
from tests import machine
from tests.clock import StillClock
from tests.records.desk import Desk, Kind

DAY = date(2026, 5, 11)
PLANTED = {
    name: f"PLANTED-{name}-7731"
    for name in ("REFERENCE", "CONTACT", "REMINDER", "PAGE", "BAG", "ANSWER", "REASON", "REMEDY", "ACT")
}
SEALED_WORDS = ("before-exam", "after-exam", "toxicology", "clothes", "voicemail", "seized", "2026-05-12")


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def length_of_facts(desk: Desk) -> int:
    with desk.database.reading() as session:
        return len(session.get_one(CaseRecord, desk.case_id).sealed_facts)


def every_admission() -> Iterator[Admission]:
    numbers = count()
    for complaint in law.Complaint:
        for minor in (False, True):
            for phase in (None, *law.Phase):
                for exam_on in (None, DAY):
                    yield Admission(f"LENGTH-{next(numbers)}", exam_on, minor, complaint, "fr", phase=phase)


def test_the_length_of_sealed_facts_tells_nothing(desk: Desk) -> None:
    lengths = {length_of_facts(desk)}
    for admission in every_admission():
        desk.case_id = register_case(desk.database, desk.centre_id, desk.nurse, admission, desk.clock())
        lengths.add(length_of_facts(desk))
    assert len(lengths) == 1


def test_what_becomes_known_changes_no_length(desk: Desk) -> None:
    before = length_of_facts(desk)
    for fact in (
        {"complaint": law.Complaint.AFTER_EXAM},
        {"seized": True},
        {"vulnerable": True, "protected": True},
        {"capable_29_4": True, "apt_29_4": False},
        {"seized": False},
    ):
        desk.note(**fact)
        assert length_of_facts(desk) == before
    desk.another_case("REF-DESTROYED")
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    assert desk.case().law_case.destroyed
    assert length_of_facts(desk) == before


def test_the_length_of_a_thing_a_choice_or_a_request_tells_nothing(desk: Desk) -> None:
    things, choices, details = set(), set(), set()
    for number, kind in enumerate(law.ItemKind):
        desk.another_case(f"REF-{kind}")
        item_id = desk.add(kind)
        desk.choose(messages_stopped=bool(number % 2), contact=Contact("voice", "a number") if number else None)
        request_id = desk.ask(Kind.DESTRUCTION, (item_id,) if number % 2 else None)
        with desk.database.reading() as session:
            things.add(len(session.get_one(ItemRecord, item_id).sealed_facts))
            choices.add(len(session.get_one(CaseRecord, desk.case_id).sealed_choices or b""))
            details.add(len(session.get_one(RequestRecord, request_id).sealed_details or b""))
    assert [len(lengths) for lengths in (things, choices, details)] == [1, 1, 1]


def seal_as_the_first_version(desk: Desk, facts: bytes) -> None:
    with desk.database.writing(desk.centre_id) as session:
        record = session.get_one(CaseRecord, desk.case_id)
        key = desk.database.case_key(session, record)
        record.sealed_facts = seal.seal(key, facts, "case_record", "sealed_facts", record.id)


def test_older_sheets_are_given_the_same_length(desk: Desk) -> None:
    padded = length_of_facts(desk)
    older = {}
    for complaint in law.Complaint:
        case_id = desk.another_case(f"REF-{complaint}")
        facts = f'{{"exam_on": "2026-05-11", "minor": false, "complaint": "{complaint}", "phase": null}}'
        seal_as_the_first_version(desk, facts.encode())
        older[case_id] = (complaint, length_of_facts(desk))
    assert len({length for _, length in older.values()}) > 1
    assert reseal_facts(desk.database) == len(older)
    assert reseal_facts(desk.database) == 0
    for case_id, (complaint, _) in older.items():
        desk.case_id = case_id
        assert length_of_facts(desk) == padded
        assert (desk.case().admission.complaint, desk.case().admission.exam_on) == (complaint, DAY)


def test_only_a_padded_sheet_is_taken_for_one() -> None:
    key = seal.new_key()
    assert not is_padded(seal.seal(key, b"{}", "a"))
    assert is_padded(seal.seal(key, b"{}" + b" " * 510, "a"))
    assert unseal_sheet(key, None, "a") == {}


# A stolen database


def live_through_everything(desk: Desk) -> None:
    """Write everything that is to be sealed, and end it in every way."""
    desk.another_case(PLANTED["REFERENCE"], complaint=law.Complaint.NONE)
    desk.choose(
        contact=Contact("voice", PLANTED["CONTACT"], (PLANTED["CONTACT"],), voicemail=True),
        reminder=Reminder("sms", PLANTED["REMINDER"]),
        pages=(PLANTED["PAGE"],),
    )
    shirt = desk.add(law.ItemKind.CLOTHES, date(2026, 5, 12), PLANTED["BAG"])
    desk.add(law.ItemKind.TOXICOLOGY, date(2026, 5, 12), PLANTED["BAG"])
    desk.receipt(Kind.CONTACT_ME, why=PLANTED["ANSWER"])
    contact_me = str(desk.held_by()[0])
    desk.go(contact_me, Step.TAKE_UP)
    desk.move(contact_me, Step.DECLINE, outcome=Outcome(PLANTED["REASON"], PLANTED["REMEDY"]))
    returned = desk.ask(Kind.RESTITUTION, (shirt,))
    desk.go(returned, Step.TAKE_UP, Step.CONFIRM)
    desk.move(returned, Step.CARRY_OUT, outcome=Outcome(done_on=PLANTED["ACT"]))
    desk.replace_contact(Contact("voice", "another"))
    desk.note(complaint=law.Complaint.AFTER_EXAM, seized=True)
    desk.ask(Kind.STOP_MESSAGES)


def bytes_of_sqlite(engine: Engine, tmp_path: Path) -> bytes:
    """The file, what is not yet in it, and a copy made while it is open."""
    file, copy = Path(str(engine.url.database)), tmp_path / "backup.sqlite"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    files = [*file.parent.glob(f"{file.name}*"), copy]
    assert {file, file.with_name(f"{file.name}-wal"), copy} <= set(files)
    return b"".join(each.read_bytes() for each in files)


def bytes_of_postgresql(engine: Engine) -> bytes:
    """What the usual backup writes, and every byte column as bytes."""
    tools = machine.postgresql_tools()
    assert tools is not None
    where = ["-h", str(engine.url.query["host"]), "-U", machine.ALMIGHTY, str(engine.url.database)]
    done = subprocess.run([str(tools / "pg_dump"), "--inserts", *where], check=True, capture_output=True)
    assert b"INSERT INTO public.case_record" in done.stdout
    columns = [bytes.fromhex(each.decode()) for each in _after(done.stdout, b"'\\x")]
    return b"".join([done.stdout, *columns])


def _after(text: bytes, mark: bytes) -> list[bytes]:
    return [piece.split(b"'", 1)[0] for piece in text.split(mark)[1:]]


def test_what_is_sealed_lies_nowhere_in_a_stolen_database(desk: Desk, tmp_path: Path) -> None:
    live_through_everything(desk)
    engine = desk.database.engine
    stolen = bytes_of_sqlite(engine, tmp_path) if engine.dialect.name == "sqlite" else bytes_of_postgresql(engine)
    assert b"nurse-north" in stolen  # the bytes are looked through as they are
    assert os.fsencode(desk.case_id) in stolen
    for planted in (*PLANTED.values(), *SEALED_WORDS):
        for hidden in (planted.encode(), planted.lower().encode(), planted.encode().hex().encode()):
            assert hidden not in stolen, planted
