"""The commands of keys, as an operator types them, and what they say."""

import base64
from pathlib import Path

import pytest

from portal.records import wrapping
from portal.records.cases import find_case
from portal.records.database import Database
from portal.records.erasure_list import read_list
from portal.records.given_keys import read_down
from portal.records.key_changes import change_key, rewrap
from portal.records.models import Centre
from portal.records.restore import restore
from tests.clock import StillClock
from tests.drill import archive as closed_backup
from tests.drill import backed_up, empty_beside
from tests.records.desk import Desk, dump
from tests.records.test_erasure import installed
from tests.records.test_key_changes import NEW, OLD, beside
from tests.test_backup_commands import Operator, archive, operator

__all__ = ["archive", "installed", "operator"]  # three fixtures


def written(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


def shown(key: bytes) -> str:
    return wrapping.shown_id(wrapping.id_of(key))


def test_from_a_fresh_key_to_the_day_the_one_before_is_thrown_away(operator: Operator) -> None:
    """New beside old, old beside new, rotate, new alone: at the end nothing needs the old one."""
    archive = operator.archive
    archive.wait()
    assert archive.erase() == ()
    fresh = operator.types("keys", "new").out.strip()
    assert len(base64.b64decode(fresh)) == 32
    operator.sets("PORTAL_SEALING_KEY", None)
    operator.sets("PORTAL_SEALING_KEYS", written(NEW, OLD))
    assert "north: opens with" in operator.types("keys", "check", "--every").out
    operator.sets("PORTAL_SEALING_KEYS", written(OLD, NEW))
    said = operator.types("keys", "rotate").out
    assert "1 keys of centres wrapped anew" in said
    assert "2 lines of the erasure list written anew" in said
    assert f"{shown(NEW)}: the newest\n{shown(OLD)}: nothing hangs on it any more" in said
    assert "0 keys of centres wrapped anew" in operator.types("keys", "rotate").out
    operator.sets("PORTAL_SEALING_KEYS", written(NEW))
    assert f"opens with {shown(NEW)}; 1 of 1 cases" in operator.types("keys", "check", "--every").out
    assert "erased again: 0" in operator.types("erasures", "replay").out
    with beside(archive.database, NEW) as new:
        assert read_list(archive.path, new).passed_over == 0


def test_a_lost_key_says_plainly_what_is_lost(operator: Operator) -> None:
    operator.sets("PORTAL_SEALING_KEY", written(NEW))
    operator.sets("PORTAL_ERASURES", None)
    said = operator.types("keys", "check", status=1).out
    assert f"north: CLOSED. The key {shown(OLD)} was not given." in said
    assert "2 cases; days, states and holds stand in clear" in said
    assert "so is what is sealed" in said
    assert f"{shown(OLD)}, NOT GIVEN: 1 keys of centres" in said
    assert "is not given; nothing was changed" in operator.types("keys", "rotate", "--centre", "north", status=2).err


def test_the_key_of_a_centre_is_changed_by_one_command(operator: Operator) -> None:
    said = operator.types("keys", "rotate", "--centre", "north").out
    assert "north: 2 cases wrapped anew" in said
    assert "the key before is gone from here; backups of before hold it" in said
    assert "no centre 'nowhere'" in operator.types("keys", "rotate", "--centre", "nowhere", status=2).err


def test_what_is_sealed_in_the_newest_way_is_left_and_a_centre_without_its_key_is_named(operator: Operator) -> None:
    assert operator.types("keys", "reseal").out == "0 values sealed anew\n"
    operator.sets("PORTAL_SEALING_KEY", written(NEW))
    operator.sets("PORTAL_ERASURES", None)
    assert "north: its key is not given; nothing of it was changed" in operator.types("keys", "reseal", status=1).err


def test_a_centre_becomes_its_hospitals_own_and_another_begins_as_one(operator: Operator) -> None:
    given = operator.folder / "given"
    given.mkdir()
    operator.sets("PORTAL_CENTRE_KEYS", str(given))
    made = operator.types("keys", "new", "--own")
    assert "The hospital keeps this line itself" in made.err
    key = read_down(made.out)
    elsewhere = operator.folder / "elsewhere"
    elsewhere.write_text(made.out, encoding="utf-8")
    assert "does not give the key" in operator.types("keys", "own", "north", elsewhere, status=2).err
    assert "holds no key" in operator.types("keys", "own", "north", operator.folder / "backup.key", status=2).err
    assert "cannot be read" in operator.types("keys", "own", "north", given / "nothing", status=2).err
    (given / "north").write_text(made.out, encoding="utf-8")
    assert "2 cases wrapped anew" in operator.types("keys", "own", "north", given / "north").out
    assert f"north: opens with {shown(key)} (held by its hospital)" in operator.types("keys", "check").out
    assert "added" in operator.types("centre", "South", "--own-key", given / "north").out
    before = operator.types("custody", "key").out
    assert operator.types("custody", "key", "north").out != before
    assert operator.types("custody", "key", "South").out != before
    operator.sets("PORTAL_CENTRE_KEYS", str(operator.folder / "gone"))
    said = operator.types("keys", "check", status=1).out
    told = operator.types("custody", "key", "north", status=2).err
    assert f"the key {shown(key)} of this centre is not given" in told
    assert "north: CLOSED" in said
    assert "South: CLOSED" in said


def test_a_backup_of_before_a_change_comes_back_with_the_key_of_before_beside_the_new(
    database: Database, clock: StillClock, tmp_path: Path
) -> None:
    """Whole; and without keys, together with a younger one's, also after the centre's own key was changed."""
    desk = Desk(database, clock)
    whole = backed_up(database, tmp_path, clock)
    clock.forward(days=1)
    bare = backed_up(database, tmp_path, clock, with_keys=False)
    with beside(database, OLD, NEW) as both:
        rewrap(both, clock(), "operator")
        assert change_key(both, desk.centre_id, clock(), "operator").is_over
        clock.forward(days=1)
        younger = backed_up(both, tmp_path, clock)
    for made, keys_of in ((whole, None), (bare, younger)):
        fresh = empty_beside(database, tmp_path)
        restore(fresh, closed_backup(made.path), closed_backup(keys_of.path) if keys_of else None)
        with beside(fresh, OLD, NEW) as restored:
            assert find_case(restored, desk.centre_id, "REF-0") == desk.case_id
            with restored.reading() as session:
                many = len(wrapping.read(session.get_one(Centre, desk.centre_id).wrapped_key))
            assert many == (2 if keys_of else 1)
            rewrap(restored, clock(), "operator")
            assert change_key(restored, desk.centre_id, clock(), "operator").is_over
        with beside(fresh, NEW) as new:
            assert find_case(new, desk.centre_id, "REF-0") == desk.case_id
        assert dump(fresh)
        fresh.engine.dispose()


@pytest.mark.parametrize("name", ["PORTAL_SEALING_KEYS"])
def test_a_key_that_is_in_neither_form_is_refused_by_its_name(operator: Operator, name: str) -> None:
    for value, why in (("not base64!", name), (written(NEW), "PORTAL_SEALING_KEY: is not among")):
        operator.sets(name, value)
        assert why in operator.types("keys", "check", status=2).err
