"""A backup brings everything back into an empty database; opens for one key alone; and is deleted in its time."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.records import receipts
from portal.records.backup import UNFINISHED, about, delete_older, make_backup
from portal.records.database import Database
from portal.records.migrate import NotEmptyError, is_current
from portal.records.models import CaseRecord
from portal.records.offline_keys import Closing, Opening, Use
from portal.records.restore import NotRestoredError, restore
from portal.records.sealed_files import read_head
from tests.clock import StillClock
from tests.drill import KEYS, OPENING, Drill, archive, backed_up, empty_beside
from tests.records.desk import Desk, Kind, dump


def test_the_restore_drill(database: Database, clock: StillClock, tmp_path: Path) -> None:
    held = Drill(database, clock, tmp_path).run()
    assert [promise for promise, is_held in held.items() if not is_held] == []


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    """A centre with a case on which everything was done."""
    desk = Desk(database, clock)
    desk.add()
    desk.agree_on_a_contact()
    desk.hold()
    desk.ask(Kind.EXTENSION)
    return desk


def test_every_table_comes_back_to_the_letter_and_fits_this_version(desk: Desk, tmp_path: Path) -> None:
    made = backed_up(desk.database, tmp_path, desk.clock)
    fresh = empty_beside(desk.database, tmp_path)
    told = restore(fresh, archive(made.path))
    assert dump(fresh) == dump(desk.database)
    assert sum(told.counts.values()) == made.rows
    assert is_current(fresh)
    assert made.path.stat().st_mode & 0o777 == 0o600
    fresh.engine.dispose()


@pytest.mark.postgresql
def test_a_backup_of_one_database_fits_the_other(desk: Desk, tmp_path: Path, postgresql_pattern: str) -> None:
    made = backed_up(desk.database, tmp_path, desk.clock)
    is_sqlite = desk.database.engine.dialect.name == "sqlite"
    pattern = Database(postgresql_pattern if is_sqlite else f"sqlite:///{tmp_path / 'pattern'}.sqlite", b"k" * 32)
    fresh = empty_beside(pattern, tmp_path)
    restore(fresh, archive(made.path))
    assert dump(fresh) == dump(desk.database)
    pattern.engine.dispose()
    fresh.engine.dispose()


def test_it_is_put_into_an_empty_database_only(desk: Desk, tmp_path: Path) -> None:
    made = backed_up(desk.database, tmp_path, desk.clock)
    before = dump(desk.database)
    with pytest.raises(NotEmptyError):
        restore(desk.database, archive(made.path))
    assert dump(desk.database) == before


def test_a_restore_that_stops_in_the_middle_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    made = backed_up(desk.database, tmp_path, desk.clock)
    fresh = empty_beside(desk.database, tmp_path)

    def stop(done: int, of: int) -> None:
        if done == of:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(fresh, archive(made.path), progress=stop)
    assert dump(fresh) == {}
    restore(fresh, archive(made.path))
    assert dump(fresh) == dump(desk.database)
    fresh.engine.dispose()


def test_a_newer_versions_backup_says_so(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.records.backup.revision_of", lambda _connection: "9999")
    made = backed_up(desk.database, tmp_path, desk.clock)
    fresh = empty_beside(desk.database, tmp_path)
    with pytest.raises(NotRestoredError, match="newer"):
        restore(fresh, archive(made.path))
    assert dump(fresh) == {}
    fresh.engine.dispose()


def test_without_keys_it_opens_no_case_and_comes_back_with_those_of_a_younger_one(desk: Desk, tmp_path: Path) -> None:
    bare = backed_up(desk.database, tmp_path, desk.clock, with_keys=False)
    as_it_was = dump(desk.database)
    desk.clock.forward(days=30)
    desk.add()
    younger = backed_up(desk.database, tmp_path, desk.clock)
    for keys_of, why in ((None, "keys-needed"), (bare.path, "keys-needed")):
        fresh = empty_beside(desk.database, tmp_path)
        with pytest.raises(NotRestoredError, match=why):
            restore(fresh, archive(bare.path), archive(keys_of) if keys_of else None)
        assert dump(fresh) == {}
        fresh.engine.dispose()
    fresh = empty_beside(desk.database, tmp_path)
    restore(fresh, archive(bare.path), archive(younger.path))
    assert dump(fresh) == as_it_was
    fresh.engine.dispose()


def test_keys_of_before_the_backup_are_refused(desk: Desk, tmp_path: Path) -> None:
    older = backed_up(desk.database, tmp_path, desk.clock)
    desk.clock.forward(days=1)
    bare = backed_up(desk.database, tmp_path, desk.clock, with_keys=False)
    fresh = empty_beside(desk.database, tmp_path)
    with pytest.raises(NotRestoredError, match="keys-older"):
        restore(fresh, archive(bare.path), archive(older.path))
    assert dump(fresh) == {}
    fresh.engine.dispose()


def test_a_thief_of_a_backup_reads_nothing_in_it(desk: Desk, tmp_path: Path) -> None:
    """Neither what stands in clear in the database, nor what is sealed there."""
    made = backed_up(desk.database, tmp_path, desk.clock)
    content = made.path.read_bytes()
    with desk.database.reading() as session:
        case = session.scalars(select(CaseRecord)).one()
        planted = [case.wrapped_key, case.sealed_facts[:32], case.id.encode(), case.centre_id.encode()]
    planted += [b"REF-0", b"north", b"case_record", b"a number", b"extension", *KEYS]
    assert [one for one in planted if one in content] == []
    with made.path.open("rb") as file:
        assert set(read_head(file).fields) == {
            "form", "id", "kind", "made_at", "version", "revision", "use", "for", "by",
        }  # fmt: skip


def test_only_its_own_with_keys_are_deleted_and_before_they_are_seven_days_old(desk: Desk, tmp_path: Path) -> None:
    kept = {
        backed_up(desk.database, tmp_path, desk.clock, with_keys=False).path,
        make_backup(desk.database, tmp_path, OPENING.closing, (b"x" * 32,), desk.clock() - timedelta(days=60),
                    version="another installation's").path,
        tmp_path / "holiday.backup",
        tmp_path / "records.sqlite.keep",
    }  # fmt: skip
    for path in kept:
        path.exists() or path.write_bytes(b"portal sealed file, form 1\nnot really")
    own = []
    for _ in range(10):
        own.append(backed_up(desk.database, tmp_path, desk.clock))
        delete_older(tmp_path, KEYS, desk.clock())
        oldest = min(made.about.made_at for made in own if made.path.exists())
        assert desk.clock() + timedelta(days=1) - oldest <= timedelta(days=7, hours=1)
        desk.clock.forward(days=1)
    assert sum(made.path.exists() for made in own) == 7
    assert own[-1].path.exists()
    assert all(path.exists() for path in kept)


def test_one_at_a_time_and_what_was_left_unfinished_is_written_over(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / UNFINISHED).write_bytes(b"half of one" * 99999)

    def another(_done: int, _of: int) -> None:
        with pytest.raises(BlockingIOError):
            backed_up(desk.database, tmp_path, desk.clock)

    to = (desk.database, tmp_path, OPENING.closing, KEYS, desk.clock())
    made = make_backup(*to, version="one", progress=another)
    assert archive(made.path).look().about == made.about
    assert not (tmp_path / UNFINISHED).exists()


def test_where_it_breaks_off_there_is_no_file(desk: Desk, tmp_path: Path) -> None:
    def full(_done: int, _of: int) -> None:
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        make_backup(desk.database, tmp_path, OPENING.closing, KEYS, desk.clock(), version="one", progress=full)
    assert list(tmp_path.glob("*backup*")) == []


def test_a_key_that_is_written_down_is_read_again_and_a_wrong_letter_is_seen() -> None:
    for use in Use:
        opening = Opening.new(use)
        assert Closing.read(use, str(opening.closing)) == opening.closing
        assert Opening.read(use, f"PORTAL_KEY={opening.closing}\n{opening.written()}\n").closing == opening.closing
        assert opening.written() not in repr(opening)
        wrong = opening.written()[:-9] + ("A" if opening.written()[-9] != "A" else "B") + opening.written()[-8:]
        for text in (wrong, "", str(opening.closing), opening.written()[:-1]):
            with pytest.raises(ValueError, match="no key"):
                Opening.read(use, text)
    backup, register = Opening.new(Use.BACKUP), Opening.new(Use.REGISTER)
    with pytest.raises(ValueError, match="no key"):
        Closing.read(Use.BACKUP, str(register.closing))
    with pytest.raises(ValueError, match="no key"):
        Opening.read(Use.REGISTER, backup.written())


def test_what_the_head_tells_is_what_was_made(desk: Desk, tmp_path: Path) -> None:
    made = backed_up(desk.database, tmp_path, desk.clock)
    with made.path.open("rb") as file:
        head = read_head(file)
    assert about(head) == made.about
    assert head.closed_for == OPENING.closing.fingerprint
    assert head.signed_by == receipts.key_id(receipts.public_halves(KEYS)[-1])
