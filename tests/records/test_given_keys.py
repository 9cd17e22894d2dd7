"""A hospital holds the key of its centre itself: without it, whoever runs the machine opens nothing of it."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.access.team import add_centre
from portal.library import Library
from portal.records import seal, wrapping
from portal.records.cases import find_case, open_case
from portal.records.database import Database
from portal.records.given_keys import GivenKeys, given_in, read_from, written_down
from portal.records.key_changes import change_key, rewrap
from portal.records.key_check import check_keys
from portal.records.models import Centre
from portal.records.outbox.delivering import claim
from portal.records.recipients import Channel
from portal.records.wrapping import NotGivenError
from tests.clock import StillClock
from tests.messages.post import PostDesk
from tests.patterns import Overlooking, unhurried
from tests.records.desk import Desk

SEALING, NEXT, OWN = b"k" * 32, b"n" * 32, b"h" * 32
OPERATOR = "operator"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "given"
    made.mkdir()
    return made


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    return Desk(database, clock)


@pytest.fixture
def opened() -> Iterator[list[Database]]:
    """Whatever a test opens beside."""
    made: list[Database] = []
    yield made
    for one in made:
        one.engine.dispose()


def machine(opened: list[Database], database: Database, given: GivenKeys | None, *keys: bytes) -> Database:
    """A machine on the same records, that was given keys or not."""
    made = Overlooking(database.engine.url.render_as_string(hide_password=False), keys or SEALING, given)
    unhurried(made.engine)
    opened.append(made)
    return made


def held_by_its_hospital(desk: Desk, given: GivenKeys, opened: list[Database]) -> Database:
    """Let a desk's centre be one whose hospital holds the key; return the machine that was given it."""
    host = machine(opened, desk.database, given)
    assert change_key(host, desk.centre_id, desk.clock(), OPERATOR, by=OWN).is_over
    return host


def test_a_key_comes_in_a_file_or_by_a_socket_and_stays_when_it_is_taken_away(folder: Path) -> None:
    other = b"o" * 32
    (folder / "north").write_text(f"made in March\n{written_down(OWN)}\n", encoding="utf-8")
    (folder / "nonsense").write_bytes(os.urandom(100))
    given = GivenKeys(folder)
    assert given.find(wrapping.id_of(OWN)) == OWN
    assert given.find(wrapping.id_of(other)) is None
    (folder / "north").unlink()
    place = folder / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as giving:
        giving.bind(os.path.relpath(place))
        giving.listen()

        def give() -> None:
            connection, _ = giving.accept()
            with connection:
                connection.sendall(written_down(other).encode())

        thread = threading.Thread(target=give)
        thread.start()
        found = given.find(wrapping.id_of(other))
        thread.join()
    assert found == other
    place.unlink()
    folder.rmdir() if not any(folder.iterdir()) else None
    assert (given.find(wrapping.id_of(OWN)), given.find(wrapping.id_of(other))) == (OWN, other)
    with pytest.raises(ValueError, match="no key"):
        read_from(folder / "nonsense")
    assert given_in(folder) is given_in(folder)
    assert OWN.decode() not in repr(given) + repr(wrapping.wrap(OWN, other, "a centre"))


def test_without_the_key_of_its_hospital_nothing_of_a_centre_opens_and_the_others_work(
    desk: Desk, clock: StillClock, folder: Path, opened: list[Database]
) -> None:
    south = Desk(desk.database, clock, "south")
    (folder / "north").write_text(written_down(OWN), encoding="utf-8")
    host = held_by_its_hospital(desk, GivenKeys(folder), opened)
    with host.reading() as session:
        assert open_case(host, session, desk.centre_id, desk.case_id)
    for keys in ((SEALING,), (SEALING, NEXT)):
        disk = machine(opened, desk.database, None, *keys)
        rewrap(disk, clock(), OPERATOR)
        with disk.reading() as session:
            with pytest.raises(NotGivenError):
                open_case(disk, session, desk.centre_id, desk.case_id)
            assert open_case(disk, session, south.centre_id, south.case_id)
            assert disk.closed_centres(session) == {desk.centre_id}
            kept = session.get_one(Centre, desk.centre_id).wrapped_key
        with pytest.raises(NotGivenError):
            find_case(disk, desk.centre_id, "REF-0")
        for key in keys:
            for one in wrapping.read(kept):
                with pytest.raises(seal.UnreadableError):
                    seal.unseal(key, one.sealed, *wrapping.PLACE, desk.centre_id)
    found = {one.name: one for one in check_keys(disk).centres}
    assert (found["north"].is_closed, found["south"].is_closed) == (True, False)


def test_a_centre_opens_when_its_key_is_given_later_and_nothing_has_to_be_started_again(
    desk: Desk, folder: Path, opened: list[Database]
) -> None:
    (folder / "north").write_text(written_down(OWN), encoding="utf-8")
    held_by_its_hospital(desk, GivenKeys(folder), opened)
    (folder / "north").unlink()
    restarted = machine(opened, desk.database, GivenKeys(folder))
    with restarted.reading() as session, pytest.raises(NotGivenError):
        open_case(restarted, session, desk.centre_id, desk.case_id)
    (folder / "again").write_text(written_down(OWN), encoding="utf-8")
    with restarted.reading() as session:
        assert open_case(restarted, session, desk.centre_id, desk.case_id)


def test_a_new_centre_can_be_its_hospitals_from_the_first_day(
    database: Database, folder: Path, opened: list[Database]
) -> None:
    (folder / "north").write_text(written_down(OWN), encoding="utf-8")
    host = machine(opened, database, GivenKeys(folder))
    centre_id = add_centre(host, "north", own_key=OWN)
    with host.reading() as session:
        assert host.centre_key(session, centre_id)
        assert host.wrapping_keys(session, centre_id) == (OWN,)
    (looked,) = check_keys(host).centres
    assert looked.wrappings[0].is_own
    with database.reading() as session, pytest.raises(NotGivenError):
        database.centre_key(session, centre_id)


def test_messages_of_a_closed_centre_wait_and_let_the_others_go(
    database: Database, clock: StillClock, real: Library, folder: Path, opened: list[Database]
) -> None:
    (folder / "north").write_text(written_down(OWN), encoding="utf-8")
    north, south = PostDesk(database, clock, real), PostDesk(database, clock, real, "south")
    waiting, goes = north.queue(), south.queue()
    held_by_its_hospital(north, GivenKeys(folder), opened)
    clock.forward(minutes=1)
    claimed = claim(database, list(Channel), clock())
    assert claimed is not None
    assert claimed.message_id == goes.message_id != waiting.message_id
    assert claim(database, list(Channel), clock()) is None
    host = machine(opened, database, GivenKeys(folder))
    late = claim(host, list(Channel), clock())
    assert late is not None
    assert late.message_id == waiting.message_id
