"""A second way of sealing is put beside the first: nothing is closed at any moment, and at the end the first may go."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import select

from portal import law
from portal.law.course import Step
from portal.library import Library
from portal.records import seal, sealing_anew
from portal.records.data_map import data_map
from portal.records.database import Database
from portal.records.models import Base, CaseRecord
from portal.records.notes import Word, set_hold
from portal.records.sealing_anew import SEALED_ANEW, seal_anew
from tests.clock import StillClock
from tests.messages.post import PostDesk
from tests.records.desk import Desk, Kind, dump
from tests.records.test_key_changes import NEW, OPERATOR, beside

FIRST = seal.WAYS[0]
SECOND = seal.Way("invented for these tests", ChaCha20Poly1305)
Ways = Callable[..., None]
Values = dict[tuple[str, str, str], bytes]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Ways:
    """Let the portal know these ways of sealing, the newest last."""
    return lambda *ways: monkeypatch.setattr(seal, "WAYS", ways)


@pytest.fixture
def desk(database: Database, clock: StillClock, real: Library) -> PostDesk:
    """A case with something in every sealed column."""
    desk = PostDesk(database, clock, real)
    desk.queue()
    desk.add()
    desk.note(complaint=law.Complaint.AFTER_EXAM)
    set_hold(database, desk.centre_id, desk.case_id, desk.nurse, clock(), Word("planted"))
    desk.go(desk.ask(Kind.CONTACT_ME), Step.TAKE_UP, Step.DECLINE)
    return desk


def sealed_values(database: Database) -> Values:
    """Whatever is sealed, as it stands."""
    found: Values = {}
    with database.engine.connect() as connection:
        for one in data_map().columns:
            if one.form == "sealed":
                table = Base.metadata.tables[one.table]
                rows = connection.execute(select(table.c.id, table.c[one.name]).where(table.c[one.name].is_not(None)))
                found |= {(one.table, one.name, id_): value for id_, value in rows}
    return found


def what_it_says(desk: Desk) -> Values:
    """The same, opened by the key of the centre, or of the one case there is."""
    with desk.database.reading() as session:
        centre_key = desk.database.centre_key(session, desk.centre_id)
        case_key = desk.database.case_key(session, session.get_one(CaseRecord, desk.case_id))
    by_centre = {("staff", "sealed_authenticator"), ("case_record", "wrapped_key")}
    said: Values = {("centre", "wrapped_key", desk.centre_id): centre_key}
    for place, value in sealed_values(desk.database).items():
        if place not in said:
            said[place] = seal.unseal(centre_key if place[:2] in by_centre else case_key, value, *place)
    return said


def test_there_is_something_in_every_sealed_column(desk: PostDesk) -> None:
    sealed = {(one.table, one.name) for one in data_map().columns if one.form == "sealed"}
    assert {place[:2] for place in sealed_values(desk.database)} == sealed


def test_what_was_there_opens_beside_what_is_written_in_the_newest_way(desk: PostDesk, known: Ways) -> None:
    before = what_it_says(desk)
    known(FIRST, SECOND)
    assert what_it_says(desk) == before
    item_id = desk.add()
    assert item_id in desk.kept()
    known(SECOND, FIRST)  # another machine, that knows both and writes in the first way still
    assert item_id in desk.kept()
    known(FIRST)  # a program of before
    with pytest.raises(seal.UnreadableError):
        desk.kept()


def test_everything_is_sealed_anew_and_says_and_weighs_the_same(desk: PostDesk, known: Ways) -> None:
    before, said = sealed_values(desk.database), what_it_says(desk)
    known(FIRST, SECOND)
    count = seal_anew(desk.database, desk.clock(), OPERATOR)
    after = sealed_values(desk.database)
    assert (count.done, count.lost, count.closed) == (len(before), 0, [])
    assert not [place for place, value in before.items() if after[place] == value]
    assert {place: len(value) for place, value in before.items()} == {place: len(one) for place, one in after.items()}
    known(SECOND)  # the first is forgotten
    assert what_it_says(desk) == said
    assert desk.journal()[-1] == (OPERATOR, SEALED_ANEW, desk.centre_id)


def test_again_nothing_is_changed(desk: PostDesk, known: Ways) -> None:
    as_it_was = dump(desk.database)
    assert seal_anew(desk.database, desk.clock(), OPERATOR).done == 0
    assert dump(desk.database) == as_it_was
    known(FIRST, SECOND)
    seal_anew(desk.database, desk.clock(), OPERATOR)
    as_it_was = dump(desk.database)
    assert seal_anew(desk.database, desk.clock(), OPERATOR).done == 0
    assert dump(desk.database) == as_it_was


class CutOff(BaseException):
    """The command is stopped."""


def test_cut_off_everything_opens_and_it_goes_on(desk: PostDesk, known: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    first = desk.case_id
    other = desk.another_case("REF-1")
    known(FIRST, SECOND)
    monkeypatch.setattr(sealing_anew, "BATCH", 1)

    def stop(_done: int) -> None:
        raise CutOff

    with pytest.raises(CutOff):
        seal_anew(desk.database, desk.clock(), OPERATOR, stop)
    for desk.case_id in (first, other):
        assert desk.case().admission.reference
    assert seal_anew(desk.database, desk.clock(), OPERATOR).done > 0
    known(SECOND)
    for desk.case_id in (first, other):
        assert desk.case().admission.reference


def test_a_centre_whose_key_is_not_given_is_named_and_left_as_it_is(desk: PostDesk, known: Ways) -> None:
    known(FIRST, SECOND)
    as_it_was = dump(desk.database)
    with beside(desk.database, NEW) as without:
        count = seal_anew(without, desk.clock(), OPERATOR)
    assert (count.done, count.closed) == (0, ["north"])
    assert dump(desk.database) == as_it_was
