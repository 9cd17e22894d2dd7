"""The journal proves itself against anchors that lie outside: whoever changes either is found by the other."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from portal.cli import anchoring, main
from portal.cli.long_work import progress
from portal.records import journal
from portal.records.anchoring import ANCHORED, BROKEN, Checked, Fault, anchor_all, check, note
from portal.records.anchors import FILE_IN_A_FOLDER, DamagedError, Written, open_to_add, read_anchors
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import Centre, JournalLine
from portal.records.receipts import NotGenuineError, public_halves, read
from portal.settings import DEMO_DEFAULTS
from tests.clock import StillClock
from tests.conftest import Team, make_case, make_team
from tests.patterns import owners_hands

KEYS = (b"o" * 32, b"n" * 32)
ACTOR = "operator"
DAYS = 3


@dataclass
class Kept:
    """A centre whose journal was anchored on three days; three lines were written since."""

    database: Database
    clock: StillClock
    team: Team
    file: Path

    def anchor(self) -> bool:
        """Anchor; tell whether it was done."""
        (one,) = anchor_all(self.database, self.file, KEYS, self.clock(), ACTOR)
        return one.is_new

    def written(self) -> Written:
        return read_anchors(self.file.read_bytes(), public_halves(KEYS))

    def checked(self) -> Checked:
        with self.database.reading() as session:
            return check(session, self.team.centre_id, self.written().of(self.team.centre_id))

    def fault(self) -> Fault | None:
        return self.checked().fault

    def actions(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(JournalLine.action).order_by(JournalLine.seq)))

    def past_the_guards(self, change: Callable[[Connection], object]) -> None:
        """Change the journal as whoever owns the database can: the triggers are theirs to drop."""
        with owners_hands(self.database) as connection:
            if self.database.engine.dialect.name == "sqlite":
                connection.execute(text("DROP TRIGGER IF EXISTS journal_no_update"))
                connection.execute(text("DROP TRIGGER IF EXISTS journal_no_delete"))
            else:
                connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
            change(connection)

    def sentence(self, sql: str) -> None:
        self.past_the_guards(lambda connection: connection.execute(text(sql)))


@pytest.fixture
def kept(database: Database, clock: StillClock, tmp_path: Path) -> Kept:
    one = Kept(database, clock, make_team(database, clock, "north"), tmp_path / "anchors.jsonl")
    for day in range(DAYS):
        for number in range(3):
            make_case(database, clock, one.team, f"REF-{day}-{number}")
        assert one.anchor()
        clock.forward(days=1)
    for number in range(3):
        make_case(database, clock, one.team, f"SINCE-{number}")
    return one


def write_anew(database: Database, connection: Connection, change: dict[int, dict[str, str]], until: int) -> None:
    """Rewrite the whole chain so that it fits again, as somebody with the program at hand can."""
    lines = connection.execute(select(JournalLine.__table__).order_by(JournalLine.seq)).mappings().all()
    connection.execute(text("DELETE FROM journal"))
    previous = journal.BEGINNING
    for seq, row in enumerate(lines[:until], 1):
        line = JournalLine(**{**row, **change.get(seq, {}), "seq": seq, "previous": previous})
        line.hash = journal._hash(line)
        previous = line.hash
        values = {column.name: getattr(line, column.name) for column in JournalLine.__table__.columns}
        connection.execute(JournalLine.__table__.insert().values(values))  # type: ignore[attr-defined]  # a table


def test_what_nobody_touched_fits_and_the_limit_is_said(kept: Kept) -> None:
    checked = kept.checked()
    assert checked.fault is None
    assert len(kept.written().anchors) == DAYS
    assert checked.unanchored == 4  # three cases, and the line that tells of the last anchor


@pytest.mark.parametrize(
    ("change", "fault", "line"),
    [
        ("UPDATE journal SET action = 'x' WHERE seq = 2", Fault.LINE, 2),  # edited
        ("DELETE FROM journal WHERE seq = 3", Fault.LINE, 3),  # taken out
        ("UPDATE journal SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)", Fault.LINE, 1),  # moved
        ("DELETE FROM journal WHERE seq > 6", Fault.CUT, 8),  # cut off before the last anchor
        ("DELETE FROM journal", Fault.CUT, 4),
        ("UPDATE journal SET action = 'x' WHERE seq = 15", Fault.LINE, 15),  # since the last anchor: the chain alone
    ],
)
def test_whoever_gets_past_the_database_is_found(kept: Kept, change: str, fault: Fault, line: int) -> None:
    kept.sentence(change)
    found = kept.checked()
    assert (found.fault, found.at_line) == (fault, line)


def test_two_lines_that_changed_places_are_found(kept: Kept) -> None:
    for before, after in ((2, 1002), (3, 2), (1002, 3)):
        kept.sentence(f"UPDATE journal SET seq = {after} WHERE seq = {before}")
    assert kept.fault() is Fault.LINE


def test_a_chain_written_anew_fits_itself_and_not_its_anchors(kept: Kept) -> None:
    kept.past_the_guards(lambda connection: write_anew(kept.database, connection, {2: {"actor": "nobody"}}, 99))
    with kept.database.reading() as session:
        assert journal.verify(session, kept.team.centre_id) is None
    assert kept.fault() is Fault.REWRITTEN


def test_what_is_cut_after_the_last_anchor_is_the_stated_limit(kept: Kept) -> None:
    last = kept.written().anchors[-1].seq
    kept.sentence(f"DELETE FROM journal WHERE seq > {last}")
    assert kept.fault() is None  # not found: docs/audit.md says so
    kept.sentence(f"DELETE FROM journal WHERE seq = {last}")
    assert kept.fault() is Fault.CUT


def test_every_line_of_the_file_is_held_by_its_signature_and_by_the_next(kept: Kept) -> None:
    whole = kept.file.read_bytes()
    chance = random.Random(1)
    places = [chance.randrange(len(whole)) for _ in range(50)] + [0, len(whole) - 2]
    for place in places:
        for changed in (
            whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],  # changed
            whole[:place] + whole[place + 1 :],  # taken out
            whole[:place] + b" " + whole[place:],  # put in
        ):
            kept.file.write_bytes(changed)
            fewer = len(kept.written().anchors) < DAYS
            is_last_break = changed == whole[:-1]
            assert is_last_break or kept.written().damaged_at or fewer, (place, changed)


@pytest.mark.parametrize("order", [(1, 2), (0, 2), (1, 0, 2), (0, 0, 1, 2)])
def test_a_line_of_the_file_taken_out_moved_or_doubled_is_found(kept: Kept, order: tuple[int, ...]) -> None:
    lines = kept.file.read_bytes().splitlines(keepends=True)
    kept.file.write_bytes(b"".join(lines[number] for number in order))
    assert kept.written().damaged_at is not None
    with pytest.raises(DamagedError):
        kept.anchor()


def test_a_file_that_lost_its_last_lines_is_missed_by_the_journal(kept: Kept) -> None:
    lines = kept.file.read_bytes().splitlines(keepends=True)
    kept.file.write_bytes(b"".join(lines[:-1]))
    assert kept.written().damaged_at is None
    assert kept.fault() is Fault.NO_ANCHOR
    kept.file.unlink()
    kept.file.touch()
    assert kept.fault() is Fault.NO_ANCHOR


def test_who_has_the_database_and_the_file_but_no_key_writes_no_anchor(kept: Kept) -> None:
    kept.past_the_guards(lambda connection: write_anew(kept.database, connection, {2: {"actor": "nobody"}}, 99))
    kept.file.unlink()
    with open_to_add(kept.file, (b"x" * 32,)) as forged:
        forged.add(kept.team.centre_id, 3, "0" * 64, kept.clock())
    assert kept.written().damaged_at == 1


def test_an_anchor_is_never_a_receipt(kept: Kept) -> None:
    for line in kept.file.read_text(encoding="ascii").splitlines():
        with pytest.raises(NotGenuineError):
            read(line, public_halves(KEYS))


def test_it_names_nobody_and_stands_for_this_account_alone(kept: Kept) -> None:
    assert "north" not in kept.file.read_text(encoding="ascii")
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(kept.file.read_text(encoding="ascii").splitlines()[0])) == {
        "anchor",
        "centre",
        "seq",
        "head",
        "at",
        "before",
        "key",
        "signature",
    }


def test_once_a_day(kept: Kept) -> None:
    assert kept.anchor()
    before = kept.file.read_bytes()
    kept.clock.forward(hours=10)  # 22:00 in Brussels: the same day
    assert not kept.anchor()
    assert kept.file.read_bytes() == before
    kept.clock.forward(hours=3)
    assert kept.anchor()
    assert kept.actions().count(ANCHORED) == DAYS + 2


def test_a_broken_chain_is_never_anchored_and_the_journal_says_so(kept: Kept) -> None:
    before = kept.file.read_bytes()
    kept.sentence("UPDATE journal SET action = 'x' WHERE seq = 3")
    assert not kept.anchor()
    assert kept.file.read_bytes() == before
    assert kept.actions()[-1] == BROKEN


def test_a_line_cut_short_by_a_power_cut_is_passed_over(kept: Kept) -> None:
    whole = kept.file.read_bytes()
    kept.file.write_bytes(whole + whole[:100])
    assert kept.written().damaged_at == DAYS + 1
    assert kept.anchor()
    written = kept.written()
    assert written.damaged_at is None
    assert len(written.anchors) == DAYS + 1
    assert kept.fault() is None


def test_where_the_machine_stops_before_the_journal_tells_of_it_nothing_is_missed(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("portal.records.anchoring.note", stops)
        with pytest.raises(KeyboardInterrupt):
            kept.anchor()
    assert len(kept.written().anchors) == DAYS + 1
    assert kept.fault() is None
    assert not kept.anchor()


def test_a_folder_will_do(kept: Kept, tmp_path: Path) -> None:
    anchor_all(kept.database, tmp_path, KEYS, kept.clock(), ACTOR)
    assert (tmp_path / FILE_IN_A_FOLDER).exists()


def test_the_commands(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, str]:
        status = main(list(words))
        said = capsys.readouterr()
        events = re.compile(r'^\{"at": .*\n', re.MULTILINE)  # for the operator's log: tests/test_seeing.py
        return status, events.sub("", said.out + said.err)

    file = tmp_path / "outside.jsonl"
    for name, value in {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    assert main(["migrate"]) == 0
    address = f"sqlite:///{tmp_path / 'records.sqlite'}"
    database = Database(address, b"demonstration-only-not-a-secret!")
    team = make_team(database, clock, "north")
    capsys.readouterr()

    assert run("anchor") == (2, "PORTAL_ANCHORS: is not set\n")
    assert run("verify", "journal") == (
        0,
        "north: every line fits (1), none is anchored\nno anchors were given: a journal cut off is not seen\n",
    )
    assert run("verify", "journal", "--anchors", str(file))[0] == 2
    monkeypatch.setenv("PORTAL_ANCHORS", str(file))
    assert run("anchor") == (0, "north: anchored at line 1\n")
    assert run("anchor") == (0, "north: anchored already today\n")
    make_case(database, clock, team)
    status, said = run("verify", "journal", "--anchors", str(file))
    assert status == 0
    assert "every line fits (3)" in said
    assert "lines since then, the stated limit: 2" in said

    kept = Kept(database, clock, team, file)
    kept.sentence("DELETE FROM journal")
    status, said = run("verify")
    assert (status, "line 1 was anchored and is gone" in said) == (1, True)
    status, said = run("anchor")
    assert (status, "not anchored: line 1" in said) == (1, True)

    file.write_bytes(file.read_bytes().replace(b'"seq": 1', b'"seq": 2'))
    assert run("verify", "journal")[0] == 1
    assert "line 1 is not what was written" in run("verify", "journal")[1]
    assert run("anchor") == (1, f"{file}: line 1 is not what was written; nothing is added\n")
    monkeypatch.setenv("PORTAL_ANCHORS", str(tmp_path / "nowhere" / "anchors"))
    assert run("anchor")[0] == 2
    database.engine.dispose()


def test_a_centre_that_was_anchored_cannot_vanish(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORTAL_ANCHORS", str(tmp_path / "anchors"))
    assert main(["migrate"]) == 0
    assert main(["centre", "North"]) == 0
    assert main(["anchor"]) == 0
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"demonstration-only-not-a-secret!")
    Kept(database, clock, Team("", "", "", "", ""), tmp_path).sentence("DELETE FROM journal")
    with database.engine.begin() as connection:
        connection.execute(text("DELETE FROM centre"))
    database.engine.dispose()
    assert main(["verify"]) == 1
    assert "a centre that was anchored is gone" in capsys.readouterr().out


def test_a_long_check_says_how_far_it_is_in_every_centre_together(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case(kept.database, kept.clock, make_team(kept.database, kept.clock, "south"), "REF-SOUTH")
    monkeypatch.setattr(journal, "AT_ONCE", 2)
    heard: list[tuple[int, int]] = []
    done = anchor_all(kept.database, kept.file, KEYS, kept.clock(), ACTOR, lambda read, of: heard.append((read, of)))
    of = sum(one.checked.lines for one in done)
    assert heard == [(read, of) for read in range(2, 2 * len(heard) + 1, 2)]
    assert len(heard) == sum(one.checked.lines // 2 for one in done) > 4


def test_the_commands_say_how_far_they_are_beside_what_they_found(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORTAL_ANCHORS", str(tmp_path / "anchors"))
    monkeypatch.setattr(anchoring, "progress", partial(progress, every=2))
    monkeypatch.setattr(journal, "AT_ONCE", 2)
    assert main(["migrate"]) == 0
    assert main(["centre", "North"]) == 0
    database = Database(f"sqlite:///{tmp_path / 'records.sqlite'}", b"demonstration-only-not-a-secret!")
    with database.reading(across=Across.CENTRES) as session:
        (centre_id,) = session.scalars(select(Centre.id))
    for number in range(4):
        note(database, centre_id, "case-viewed", f"{number:032x}", clock(), ACTOR)
    database.engine.dispose()
    for words in (["anchor"], ["verify", "journal"]):
        capsys.readouterr()
        assert main(words) == 0
        said = capsys.readouterr()
        assert "lines read" in said.err
        assert "lines read" not in said.out
