"""A case leaves one installation whole and arrives in another: nothing is lost, freed or told on the way."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import law
from portal.access.links import Answer, make_link, try_code
from portal.access.visits import begin_visit, find_visit
from portal.cli import main
from portal.law.course import ENDED, NotPossibleError, State, Step
from portal.records import custody, figures, requests
from portal.records.cases import AlreadyRegisteredError, find_case, open_case
from portal.records.choices import Contact
from portal.records.contacts import agree_contact
from portal.records.custody import AlreadyHereError, receive, send
from portal.records.custody_sheet import STEPS, Sheet, sheet_of
from portal.records.database import Database
from portal.records.envelopes import NotOpenedError, OwnKeys, close, opened
from portal.records.erasure import left_of, why_not_erased
from portal.records.filed import note_in_file
from portal.records.journal import verify
from portal.records.models import CaseRecord, Link, RequestRecord, Staff
from portal.records.notes import HandedTo, Word, hand_on
from portal.records.requests import possible_steps
from portal.settings import DEMO_DEFAULTS
from tests import kinds
from tests.clock import StillClock
from tests.patterns import Overlooking, copied_file, copied_inside, unhurried
from tests.records.desk import EXAM, HERS, Desk, Kind, at_once, dump, to_the_act

OPERATOR = "operator"
THERE_KEY, HERE_KEY = b"k" * 32, b"h" * 32
THERE, HERE = OwnKeys.of(THERE_KEY), OwnKeys.of(HERE_KEY)


class Move:
    """A desk that hands a case over, and one of another installation that takes it in."""

    def __init__(self, there: Desk, here: Desk) -> None:
        self.there, self.here = there, here
        self.envelope = b""

    def send(self) -> None:
        def keep(envelope: bytes) -> None:
            self.envelope = envelope

        of_case = (self.there.centre_id, self.there.case_id)
        send(self.there.database, THERE, *of_case, HERE.public, OPERATOR, self.there.clock(), keep)

    def receive(self) -> None:
        desk = self.here
        desk.case_id = receive(desk.database, HERE, desk.centre_id, self.envelope, THERE.public, OPERATOR, desk.clock())

    def to_a_second_centre(self) -> "Move":
        """Another case of the same nurse, handed over to another centre of the installation here."""
        other = Move(self.there, Desk(self.here.database, self.here.clock, "third"))
        self.there.another_case("REF-MOVES-TOO")
        other.send()
        return other

    def sheet(self, desk: Desk) -> Sheet:
        with desk.database.reading() as session:
            case = open_case(desk.database, session, desk.centre_id, desk.case_id)
            assert case is not None
            written: Sheet = json.loads(json.dumps(sheet_of(desk.database, session, case)))
            return {**written, "holds": sorted(written["holds"], key=json.dumps)}  # two may be set in one moment


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """The database of another installation, of the same kind, under its own key."""
    if database.engine.dialect.name == kinds.SQLITE:
        address = copied_file(request.getfixturevalue("sqlite_pattern"), tmp_path / "here.sqlite")
    else:
        address = copied_inside(request.getfixturevalue("postgresql_pattern"), "here")
    made = Overlooking(address, HERE_KEY)
    unhurried(made.engine)
    yield made
    made.engine.dispose()
    kinds.put_away(request.config, address)


@pytest.fixture
def move(database: Database, elsewhere: Database, clock: StillClock) -> Move:
    there, here = Desk(database, clock), Desk(elsewhere, clock, "south")
    there.another_case("REF-MOVES")
    return Move(there, here)


def full(desk: Desk) -> str:
    """Do everything with a case that can be done; return the destruction that is confirmed and waits for its signer."""
    things = [desk.add(mark="PLANTED-BAG"), desk.add(law.ItemKind.CLOTHES)]
    desk.agree_on_a_contact()
    of_case = (desk.database, desk.centre_id, desk.case_id)
    agree_contact(*of_case, desk.nurse, Contact("sms", "another number"), desk.clock())
    desk.note(complaint=law.Complaint.AFTER_EXAM, answered=True)
    desk.go(desk.ask(Kind.EXTENSION), Step.TAKE_UP, Step.CARRY_OUT)
    desk.go(desk.ask(Kind.RESTITUTION, (things[1],)), *to_the_act(Kind.RESTITUTION))
    desk.go(desk.ask(Kind.REPORT_COPY), *to_the_act(Kind.REPORT_COPY))
    desk.hold()
    desk.lift()
    destruction = desk.ask(Kind.DESTRUCTION, (things[0],))
    desk.clock.forward(days=8)
    desk.go(destruction, Step.TAKE_UP, Step.CONFIRM)
    return destruction


def as_received(sheet: Sheet) -> Sheet:
    """What a sheet looks like after the move: what waits is taken up anew."""
    nobody = {"at": None, "by": None}
    for one in sheet["requests"]:
        if one["state"] not in ENDED:
            one |= {"state": State.ASKED, "means": None, **dict.fromkeys(STEPS, nobody)}
            one["details"] = {**one["details"], "written_consent": False}
    return sheet


def test_everything_arrives_and_nothing_is_freed(move: Move) -> None:
    full(move.there)
    before = as_received(move.sheet(move.there))
    move.send()
    move.receive()
    assert move.sheet(move.here) == before
    case, old = move.here.case(), move.there.case()
    assert case.law_case == old.law_case
    assert case.law_case.extended
    assert case.law_case.hold
    assert [one.is_here for one in case.items] == [True, False]
    assert case.record.id != old.record.id
    assert case.choices.contact == old.choices.contact
    assert case.choices.contact_proposed is None, "who saw her there cannot be the second here"
    assert len(move.here.held_by()) == 1, "the destruction that waits"


def test_a_hold_of_the_team_holds_here_too(move: Move) -> None:
    move.there.hold()
    move.send()
    move.receive()
    assert move.here.held_by() == [None]
    assert move.here.case().record.review_on == move.there.case().record.review_on


def test_no_request_is_lost_and_each_keeps_its_moment(move: Move) -> None:
    asked = {}
    for kind in HERS:
        request = move.there.request(move.there.ask(kind))
        asked[request.kind] = (request.record.number, request.record.asked_at, request.record.waits_until)
    move.send()
    move.receive()
    with move.here.database.reading() as session:
        here = requests.of_case(session, move.here.case_id)
        assert {one.kind: (one.number, one.asked_at, one.waits_until) for one in here} == asked
        assert not {one.state for one in here} & ENDED
        assert set(move.here.held_by()) == {one.id for one in here}


def test_what_was_confirmed_and_not_done_is_asked_of_her_again(move: Move) -> None:
    full(move.there)
    move.send()
    move.receive()
    with move.here.database.reading() as session:
        destruction = requests.pending(session, move.here.case_id, Kind.DESTRUCTION)
    assert destruction is not None
    assert destruction.state == State.ASKED
    assert destruction.confirmed_by is None
    move.here.go(destruction.id, *to_the_act(Kind.DESTRUCTION))
    assert move.here.case().law_case.destroyed


def test_the_one_extension_was_used_there_and_is_used_here(move: Move) -> None:
    move.there.go(move.there.ask(Kind.EXTENSION), Step.TAKE_UP, Step.CARRY_OUT)
    move.send()
    move.receive()
    again = move.here.ask(Kind.EXTENSION)
    move.here.go(again, Step.TAKE_UP)
    assert move.here.why_not(again, Step.CARRY_OUT) == "no-period"


def test_nothing_in_it_names_anybody_of_the_team_or_any_id_from_here(move: Move) -> None:
    full(move.there)
    with move.there.database.reading() as session:
        ids = [record.id for record in session.scalars(select(RequestRecord))]
        told = [*ids, *(one for staff in session.scalars(select(Staff)) for one in (staff.id, staff.login))]
    told += [move.there.case_id, move.there.centre_id, *(one.id for one in move.there.case().items)]
    move.send()
    content = opened(move.envelope, HERE, THERE.public).decode()
    assert not [one for one in told if one in content]
    assert "REF-MOVES" in content
    for word in (b"REF-MOVES", b"PLANTED-BAG", b"complaint"):
        assert word not in move.envelope


def test_every_step_here_is_closed_and_says_with_whom_to_talk(move: Move) -> None:
    destruction = full(move.there)
    move.send()
    desk, before = move.there, dump(move.there.database)
    doings: list[Callable[[], Any]] = [
        lambda: desk.ask(Kind.CONTACT_ME),
        lambda: desk.ask(Kind.EXTENSION),
        lambda: desk.move(destruction, Step.SIGN),
        lambda: desk.cancel(destruction),
        desk.add,
        desk.hold,
        desk.lift,
        lambda: desk.note(vulnerable=True),
        lambda: desk.choose(shows_openings=True),
        lambda: make_link(desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock()),
        move.send,
    ]
    for doing in doings:
        with pytest.raises(NotPossibleError) as why:
            doing()
        assert why.value.reason in {"moved", "destroyed"}  # the course is asked first: what it was about is not here
        assert dump(desk.database) == before
    with desk.database.reading() as session:
        case = open_case(desk.database, session, desk.centre_id, desk.case_id)
        assert case is not None
        request = requests.read(desk.database, session, case, session.get_one(RequestRecord, destruction))
        assert set(possible_steps(desk.database, session, case, request, desk.second, desk.clock()).values()) == {
            "moved"
        }
    assert not case.here


def test_her_link_ends_calmly_and_her_session_with_it(move: Move) -> None:
    desk = move.there
    link = make_link(desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    with desk.database.reading() as session:
        link_id = session.scalars(select(Link.id)).one()
    secret = begin_visit(desk.database, link_id, desk.clock())
    move.send()
    assert find_visit(desk.database, secret, desk.clock()) is None
    assert try_code(desk.database, link.token, link.code, desk.clock()).answer is Answer.ENDED


def test_both_journals_have_their_lines_and_fit(move: Move) -> None:
    move.there.ask(Kind.CONTACT_ME)
    move.send()
    move.receive()
    assert move.there.journal()[-1] == (OPERATOR, "case-moved", move.there.case_id)
    told = [action for actor, action, _ in move.here.journal() if actor == OPERATOR]
    assert told == ["case-received", "request-received"]
    for desk in (move.there, move.here):
        with desk.database.reading() as session:
            assert verify(session, desk.centre_id) is None


def test_whoever_acted_there_is_a_number_here_and_signs_in_nowhere(move: Move) -> None:
    full(move.there)
    move.send()
    move.receive()
    with move.here.database.reading() as session:
        strangers = session.scalars(select(Staff).where(Staff.login.startswith("elsewhere "))).all()
    assert len(strangers) == 2
    for one in strangers:
        assert not one.active
        assert one.password_hash is None
        assert one.sealed_authenticator is None


def test_a_number_that_somebody_has_here_is_not_theirs(move: Move) -> None:
    with move.there.database.writing() as session:
        number = session.get_one(Staff, move.there.nurse).number
    with move.here.database.writing() as session:
        session.get_one(Staff, move.here.nurse).number = number
    move.there.add()
    move.send()
    move.receive()
    with move.here.database.reading() as session:
        by = session.get_one(CaseRecord, move.here.case_id).registered_by
    assert by != move.here.nurse


def numbers_elsewhere(database: Database) -> dict[str, str]:
    """Return the number of everybody who acted elsewhere, by the centre that knows them."""
    with database.reading() as session:
        strangers = session.scalars(select(Staff).where(Staff.login.startswith("elsewhere "))).all()
        return {one.centre_id: one.number for one in strangers}


def test_two_centres_here_each_take_in_a_case_of_the_same_nurse(move: Move) -> None:
    move.send()
    other = move.to_a_second_centre()
    with move.there.database.reading() as session:
        number = session.get_one(Staff, move.there.nurse).number
    move.receive()
    other.receive()
    known = numbers_elsewhere(move.here.database)
    assert known[move.here.centre_id] == number
    assert known[other.here.centre_id] != number, "a number is one person's, wherever they work"


def test_two_centres_here_take_in_a_case_of_the_same_nurse_at_once(move: Move) -> None:
    move.send()
    other = move.to_a_second_centre()
    assert at_once(move.receive, other.receive) == [None, None]
    assert len(set(numbers_elsewhere(move.here.database).values())) == 2


def test_a_number_given_away_in_this_very_moment_is_not_given_twice(
    move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    move.send()
    other = move.to_a_second_centre()
    move.receive()
    looked, look = count(), custody._free

    def free_at_first(session: Session, number: str) -> str:
        return look(session, number) if next(looked) else number

    monkeypatch.setattr(custody, "_free", free_at_first)
    other.receive()
    assert next(looked) == 2
    assert len(set(numbers_elsewhere(move.here.database).values())) == 2


def test_one_envelope_at_two_centres_at_once_is_one_case(move: Move) -> None:
    move.there.ask(Kind.CONTACT_ME)
    move.send()
    other = Move(move.there, Desk(move.here.database, move.here.clock, "third"))
    other.envelope = move.envelope
    results = at_once(move.receive, other.receive)
    assert {type(one) for one in results} == {type(None), AlreadyHereError}
    with move.here.database.reading() as session:
        assert len(session.scalars(select(RequestRecord.id)).all()) == 1


def test_the_same_envelope_twice_is_one_case(move: Move) -> None:
    move.there.ask(Kind.CONTACT_ME)
    move.send()
    move.receive()
    before = dump(move.here.database)
    with pytest.raises(AlreadyRegisteredError):
        move.receive()
    assert dump(move.here.database) == before
    other = Desk(move.here.database, move.here.clock, "third")  # another centre of the same installation
    before = dump(move.here.database)
    with pytest.raises(AlreadyHereError):
        receive(other.database, HERE, other.centre_id, move.envelope, THERE.public, OPERATOR, other.clock())
    assert dump(move.here.database) == before


def test_what_does_not_fit_is_never_said_to_be_here_already(move: Move) -> None:
    move.there.ask(Kind.CONTACT_ME)
    move.send()
    sheet = json.loads(opened(move.envelope, HERE, THERE.public))
    sheet["requests"].append({**sheet["requests"][0], "number": "AAAA-AAAA"})  # two that wait, of one kind
    move.envelope = close(json.dumps(sheet).encode(), THERE, HERE.public)
    before = dump(move.here.database)
    with pytest.raises(IntegrityError):
        move.receive()
    assert dump(move.here.database) == before


def test_a_form_of_another_time_is_not_read(move: Move) -> None:
    move.envelope = close(b'{"custody": 2}', THERE, HERE.public)
    with pytest.raises(NotOpenedError):
        move.receive()


def test_where_it_cannot_be_written_nothing_was_handed_over(move: Move) -> None:
    before = dump(move.there.database)

    def full_disk(_envelope: bytes) -> None:
        raise OSError("no space left")

    of_case = (move.there.centre_id, move.there.case_id)
    with pytest.raises(OSError, match="no space"):
        send(move.there.database, THERE, *of_case, HERE.public, OPERATOR, move.there.clock(), full_disk)
    assert dump(move.there.database) == before


def test_another_centre_cannot_hand_it_over(move: Move) -> None:
    stranger = Desk(move.there.database, move.there.clock, "stranger")
    with pytest.raises(LookupError):
        send(
            stranger.database, THERE, stranger.centre_id, move.there.case_id, HERE.public, OPERATOR,
            stranger.clock(), lambda _envelope: None,
        )  # fmt: skip


def test_what_moved_is_erased_there_once_the_file_was_confirmed_and_the_period_passed(move: Move) -> None:
    full(move.there)
    desk = move.there
    note_in_file(desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    move.send()

    def against() -> tuple[str, ...]:
        with desk.database.reading() as session:
            return why_not_erased(left_of(session, desk.case(), desk.clock()), desk.clock())

    assert against() == ("not-in-file",), "that it moved is new, and goes into the file"
    note_in_file(desk.database, desk.centre_id, desk.case_id, desk.nurse, desk.clock())
    assert against() == ("period",)
    desk.clock.forward(days=365)
    assert against() == ()


def test_it_is_counted_once_where_it_was_registered(move: Move) -> None:
    move.there.ask(Kind.EXTENSION)
    move.send()
    move.receive()
    with move.here.database.reading() as session:
        counted = figures.count(move.here.database, session, move.here.centre_id, 2026)
    assert counted["cases"]["all"] == 1, "its own case, and not the one that came"
    assert not counted["request"]


FACTS = st.fixed_dictionaries(
    {
        "exam_on": st.sampled_from(["2026-05-11", "2025-12-31", None]),
        "minor": st.booleans(),
        "complaint": st.sampled_from(list(law.Complaint)),
        "language": st.sampled_from(["fr", "nl", "de", "en"]),
    }
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=FACTS,
    things=st.lists(st.tuples(st.sampled_from(list(law.ItemKind)), st.text(max_size=12)), max_size=3),
    kinds=st.lists(st.sampled_from(HERS), max_size=4, unique=True),
    answer=st.text(max_size=40),
    handed_on=st.booleans(),
    ends=st.booleans(),
)
def test_whatever_a_case_is_it_arrives_the_same_with_equal_dates(
    move: Move,
    facts: dict[str, Any],
    things: list[tuple[law.ItemKind, str]],
    kinds: list[Kind],
    answer: str,
    handed_on: bool,
    ends: bool,
) -> None:
    there = move.there
    with there.database.reading() as session:
        reference = f"REF-{len(list(session.scalars(select(CaseRecord.id))))}"
    there.another_case(reference, **facts)
    bags = [there.add(kind, EXAM, mark) for kind, mark in things]
    for kind in kinds:
        there.receipt(kind, (bags[0],) if bags and kind in (Kind.DESTRUCTION, Kind.RESTITUTION) else None, text=answer)
    if ends and Kind.CONTACT_ME in kinds:
        with there.database.reading() as session:
            waiting = requests.pending(session, there.case_id, Kind.CONTACT_ME)
        assert waiting is not None
        there.go(waiting.id, Step.TAKE_UP, Step.DECLINE)
    if bags and handed_on:
        of_case = (there.database, there.centre_id, there.case_id, there.nurse, there.clock())
        hand_on(*of_case, bags[:1], HandedTo.REGISTRY, Word("the prosecutor", date(2026, 7, 1)))
    before = as_received(move.sheet(there))
    move.send()
    move.receive()
    assert move.sheet(move.here) == before


def test_the_commands_hand_over_and_take_in(
    move: Move, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def installed(database: Database, key: bytes) -> None:
        own = {**DEMO_DEFAULTS, "PORTAL_MODE": "demo", "PORTAL_DATA": str(tmp_path / "data")}
        own |= {"PORTAL_DATABASE": database.engine.url.render_as_string(hide_password=False)}
        own |= {"PORTAL_SEALING_KEY": base64.b64encode(key).decode()}
        for name, value in own.items():
            monkeypatch.setenv(name, value)

    def key_of(database: Database, key: bytes) -> str:
        installed(database, key)
        assert main(["custody", "key"]) == 0
        return capsys.readouterr().out.strip()

    monkeypatch.setattr("portal.clock.system_clock", move.there.clock)
    there, here = key_of(move.there.database, THERE_KEY), key_of(move.here.database, HERE_KEY)
    file = tmp_path / "envelope"
    installed(move.there.database, THERE_KEY)
    for wrong in (["north", "REF-NONE", "--to", here], ["north", "REF-MOVES", "--to", f"{here}x"]):
        assert main(["custody", "send", *wrong, str(file)]) == 1
        assert not file.exists()
    assert main(["custody", "send", "north", "REF-MOVES", "--to", here, str(tmp_path / "no" / "folder")]) == 1
    assert main(["custody", "send", "north", "ref-moves", "--to", here, str(file)]) == 0
    assert main(["custody", "send", "north", "REF-MOVES", "--to", here, str(tmp_path / "again")]) == 1
    assert sorted(one.name for one in tmp_path.iterdir() if "envelope" in one.name or "again" in one.name) == [
        "envelope"
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    installed(move.here.database, HERE_KEY)
    assert main(["custody", "receive", str(file), "--from", here, "south"]) == 1
    assert main(["custody", "receive", str(file), "--from", there, "nowhere"]) == 1
    assert main(["custody", "receive", str(file), "--from", there, "south"]) == 0
    assert main(["custody", "receive", str(file), "--from", there, "south"]) == 1
    assert find_case(move.here.database, move.here.centre_id, "REF-MOVES")
