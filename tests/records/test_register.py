"""The register: the least a ward needs when nothing works, closed for one key, with nobody's name in it."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import law
from portal.cli.register import printed
from portal.records import receipts
from portal.records.case_codes import case_code
from portal.records.database import Database
from portal.records.models import CaseRecord
from portal.records.offline_keys import Opening, Use
from portal.records.register import Line, lines_of
from portal.records.register_files import Register, read_register, write_register
from portal.records.sealed_files import NotOpenedError, opened
from portal.records.sealed_files import lines_of as text_of
from tests.clock import StillClock
from tests.conftest import make_team
from tests.records.desk import Desk

OPENING = Opening.new(Use.REGISTER)
KEYS = (b"o" * 32, b"r" * 32)
SIGNERS = receipts.public_halves(KEYS)
TODAY = date(2026, 8, 1)


def line(code: str, ask_by: str | None = None, *, held: bool = False) -> Line:
    day = date.fromisoformat(ask_by) if ask_by else None
    return Line(code, day, day, held)


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


def listed(desk: Desk) -> dict[str, Line]:
    with desk.database.reading() as session:
        return {one.code: one for one in lines_of(session, desk.centre_id)}


def written(desk: Desk, folder: Path) -> Path:
    lines = listed(desk).values()
    return write_register(folder, desk.centre_id, "north", lines, OPENING.closing, KEYS, desk.clock())


def test_a_line_tells_the_first_and_the_last_day_and_what_holds(desk: Desk) -> None:
    with desk.database.reading() as session:
        record = session.scalars(select(CaseRecord)).one()
    assert listed(desk) == {
        case_code(desk.case_id): Line(case_code(desk.case_id), record.ask_by, record.keep_through, is_held=False)
    }
    desk.hold()
    assert listed(desk)[case_code(desk.case_id)].is_held
    desk.lift()
    assert not listed(desk)[case_code(desk.case_id)].is_held


def test_of_a_minor_the_first_day_of_a_thing_and_the_last_day_of_all(desk: Desk) -> None:
    case_id = desk.another_case("REF-MINOR", minor=True, exam_on="2026-05-11")
    whole = listed(desk)[case_code(case_id)]
    desk.add(law.ItemKind.TOXICOLOGY)
    with_sample = listed(desk)[case_code(case_id)]
    assert whole.ask_by
    assert with_sample.ask_by
    assert with_sample.ask_by < whole.ask_by
    assert with_sample.keep_through == whole.keep_through


def test_another_centres_cases_are_not_in_it_nor_those_that_another_keeps(desk: Desk, clock: StillClock) -> None:
    other = make_team(desk.database, clock, "south")
    with desk.database.reading() as session:
        assert lines_of(session, other.centre_id) == []
    with desk.database.writing(desk.centre_id) as session:
        session.get_one(CaseRecord, desk.case_id).moved_at = clock()
    assert listed(desk) == {}


def test_one_without_any_date_stands_in_it_while_anything_is_kept_or_held(desk: Desk) -> None:
    case_id = desk.another_case("REF-NO-EXAM", exam_on=None)
    assert case_code(case_id) not in listed(desk)
    desk.hold()
    assert listed(desk)[case_code(case_id)] == Line(case_code(case_id), None, None, is_held=True)


def test_what_was_written_is_read_by_whoever_has_the_key(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path)
    register = read_register(path, OPENING, SIGNERS)
    assert register == Register("north", desk.clock(), tuple(listed(desk).values()))
    assert path.stat().st_mode & 0o777 == 0o600
    assert desk.centre_id not in path.name


def test_a_thief_of_a_register_reads_nothing_and_whoever_opens_it_no_name(desk: Desk, tmp_path: Path) -> None:
    desk.agree_on_a_contact()
    path = written(desk, tmp_path)
    content, code = path.read_bytes(), case_code(desk.case_id)
    for one in (code, "north", desk.case_id, "REF-0", str(listed(desk)[code].ask_by), *KEYS):
        assert (one if isinstance(one, bytes) else one.encode()) not in content
    with path.open("rb") as file:
        text = b"\n".join(text_of(opened(file, OPENING, SIGNERS)))
    for one in (desk.case_id, "REF-0", "a number", "none", "complaint", desk.nurse):
        assert one.encode() not in text
    assert len(json.loads(text.splitlines()[1])) == 4


def test_its_length_does_not_tell_of_a_case_more(desk: Desk, tmp_path: Path) -> None:
    one = written(desk, tmp_path).stat().st_size
    for number in range(5):
        desk.another_case(f"REF-MORE-{number}")
    desk.clock.forward(days=1)
    assert written(desk, tmp_path).stat().st_size == one


def test_changed_cut_or_of_another_it_does_not_open(desk: Desk, tmp_path: Path) -> None:
    path = written(desk, tmp_path)
    whole = path.read_bytes()

    def why_not(content: bytes = whole, opening: Opening = OPENING, signers: tuple[bytes, ...] = SIGNERS) -> str:
        path.write_bytes(content)
        with pytest.raises(NotOpenedError) as why:
            read_register(path, opening, signers)
        return why.value.reason

    for place in range(0, len(whole), 997):
        why_not(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    for length in (0, 10, 200, len(whole) - 1):
        why_not(whole[:length])
    assert why_not(opening=Opening.new(Use.REGISTER)) == "key"
    assert why_not(signers=(b"x" * 32,)) == "signer"
    backup_key = Opening(Use.BACKUP, OPENING.key)
    assert why_not(opening=backup_key) == "key"


def test_what_is_due_first_comes_first_and_nothing_says_that_anything_is_free(clock: StillClock) -> None:
    lines = [line("AAAA-AAAA", "2026-08-01"), line("BBBB-BBBB", "2026-09-30"), line("CCCC-CCCC", "2026-10-01")]
    lines += [line("DDDD-DDDD", "2026-07-31", held=True), line("EEEE-EEEE")]
    text = printed(Register("north", clock(), tuple(lines)), TODAY, "en")
    order = [one.split()[0] for one in text if "-" in one.split(" ")[0]]
    assert order == ["AAAA-AAAA", "BBBB-BBBB", "DDDD-DDDD", "CCCC-CCCC", "EEEE-EEEE"]
    assert "destroy nothing" in " ".join(text)
    assert next(one for one in text if one.startswith("DDDD")).split()[3] == "yes"


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_it_is_printed_in_every_language_on_paper_of_usual_width(language: str, clock: StillClock) -> None:
    text = printed(Register("A centre", clock(), (line("AAAA-AAAA", "2026-08-01", held=True),)), TODAY, language)
    assert "A centre" in text[0]
    assert not any("register." in one or "%(" in one for one in text)
    assert max(len(one) for one in text) <= 80


def test_the_code_of_a_case_is_read_aloud_without_a_doubt_and_never_changes() -> None:
    codes = {case_code(os.urandom(16).hex()) for _ in range(2000)}
    assert len(codes) == 2000
    assert not set("".join(codes)) & set("ILOU")
    assert all(len(code) == 9 and code[4] == "-" for code in codes)
    assert case_code("0" * 32) == "3Z1C-J7P7"  # it stands on paper for years


def test_one_command_reads_it_on_a_laptop_without_an_installation(desk: Desk, tmp_path: Path) -> None:
    path, key = written(desk, tmp_path), tmp_path / "key"
    key.write_text(f"PORTAL_REGISTER_KEY={OPENING.closing}\n{OPENING.written()}\n", encoding="utf-8")
    command = [sys.executable, "-m", "portal", "register", "read", str(path), "--key", str(key), "--language", "nl"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=bare)
    assert done.returncode == 0, done.stderr
    assert case_code(desk.case_id) in done.stdout
    assert "Vernietig niets" in done.stdout.replace("\n", " ")
    assert "--signed-by" in done.stderr
