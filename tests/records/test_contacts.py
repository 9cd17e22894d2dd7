"""A contact is replaced, or noted late, by two who saw her, never by one; until then the one before counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.clock import BRUSSELS
from portal.law.course import Means, Step
from portal.records import today_questions
from portal.records.choices import Choices, Contact
from portal.records.contacts import (
    ProposalGoneError,
    ProposalWaitsError,
    SamePersonError,
    agree_contact,
    confirm_contact,
    withdraw_contact,
)
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import make_team
from tests.records.desk import Desk, Kind, at_once, dump

HERS = Contact("call", "0400 00 00 00", ("morning",))
OTHER = Contact("email", "somebody@example.org", ("evening",), voicemail=True)


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    desk = Desk(database, clock)
    desk.choose(contact=HERS)
    return desk


def brussels(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS).astimezone(UTC)


def propose(desk: Desk, contact: Contact = OTHER, by: str | None = None) -> str:
    """Propose a contact; return the id of what waits."""
    desk.clock.forward(seconds=1)
    agree_contact(desk.database, desk.centre_id, desk.case_id, by or desk.nurse, contact, desk.clock())
    waiting = desk.case().choices.contact_proposed
    assert waiting is not None
    return waiting.id


def confirm(desk: Desk, proposal_id: str, by: str | None = None) -> None:
    desk.clock.forward(seconds=1)
    confirm_contact(desk.database, desk.centre_id, desk.case_id, by or desk.second, proposal_id, desk.clock())


def withdraw(desk: Desk, proposal_id: str, by: str | None = None) -> None:
    withdraw_contact(desk.database, desk.centre_id, desk.case_id, by or desk.second, proposal_id, desk.clock())


def waiting(desk: Desk) -> list[str]:
    """Return the cases that *Today* shows for it, as it asks."""
    with desk.database.reading() as session:
        return [one.id for one in session.execute(today_questions.contacts(), {"centre": desk.centre_id, "most": 50})]


def test_the_first_is_agreed_by_one_and_stands_at_once(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock)
    agree_contact(database, desk.centre_id, desk.case_id, desk.nurse, HERS, clock())
    assert desk.case().choices == Choices(contact=HERS, contact_since=clock())
    assert waiting(desk) == []


@pytest.mark.parametrize(
    ("registered", "noted", "waits"),
    [
        ("2026-08-03T09:00", "2026-08-03T23:30", False),
        ("2026-08-03T09:00", "2026-08-04T00:30", True),  # the next day in Brussels
        ("2026-08-03T23:00", "2026-08-04T08:00", False),  # an admission of the evening goes on after midnight
        ("2026-08-03T23:00", "2026-08-05T00:30", True),
        ("2026-08-03T09:00", "2026-09-20T09:00", True),  # weeks later one member could note their own telephone
    ],
)
def test_after_the_day_of_registration_the_first_waits_for_a_second_member_as_well(
    database: Database, registered: str, noted: str, *, waits: bool
) -> None:
    clock = StillClock(brussels(registered))
    desk = Desk(database, clock)
    clock.forward(seconds=(brussels(noted) - clock()).total_seconds())
    agree_contact(database, desk.centre_id, desk.case_id, desk.nurse, HERS, clock())
    chosen = desk.case().choices
    assert (chosen.contact is None) is waits
    assert waiting(desk) == ([desk.case_id] if waits else [])
    if chosen.contact_proposed is None:
        return
    with pytest.raises(SamePersonError):
        confirm(desk, chosen.contact_proposed.id, desk.nurse)
    confirm(desk, chosen.contact_proposed.id)
    assert (desk.case().choices.contact, desk.case().choices.contact_since) == (HERS, clock())


def test_a_first_one_noted_late_and_withdrawn_leaves_none(database: Database, clock: StillClock) -> None:
    desk = Desk(database, clock)
    clock.forward(days=20)
    withdraw(desk, propose(desk, HERS))
    assert desk.case().choices == Choices()
    with pytest.raises(ValueError, match="two members"):
        desk.choose(contact=HERS)


def test_another_waits_and_the_one_before_stands_until_a_second_member_confirms(desk: Desk) -> None:
    before = desk.case().choices
    proposal_id = propose(desk)
    assert replace(desk.case().choices, contact_proposed=None) == before
    assert waiting(desk) == [desk.case_id]
    confirm(desk, proposal_id)
    after = desk.case().choices
    assert (after.contact, after.contact_since, after.contact_proposed) == (OTHER, desk.clock(), None)
    assert waiting(desk) == []
    assert desk.journal()[-2:] == [
        (desk.nurse, "contact-proposed", desk.case_id),
        (desk.second, "contact-confirmed", desk.case_id),
    ]


def test_nobody_confirms_a_contact_of_their_own(desk: Desk) -> None:
    proposal_id = propose(desk)
    before = dump(desk.database)
    with pytest.raises(SamePersonError):
        confirm(desk, proposal_id, desk.nurse)
    assert dump(desk.database) == before


@pytest.mark.parametrize("member", ["nurse", "second"])
def test_who_proposed_it_or_another_withdraws_it(desk: Desk, member: str) -> None:
    by = desk.nurse if member == "nurse" else desk.second
    proposal_id = propose(desk)
    withdraw(desk, proposal_id, by)
    assert desk.case().choices.contact == HERS
    assert waiting(desk) == []
    assert desk.journal()[-1] == (by, "contact-withdrawn", desk.case_id)
    for late in (confirm, withdraw):
        with pytest.raises(ProposalGoneError):
            late(desk, proposal_id)


def test_what_was_not_read_is_not_confirmed(desk: Desk) -> None:
    """Between reading the page and pressing the button, a colleague withdrew it and proposed something else."""
    read = propose(desk)
    withdraw(desk, read)
    propose(desk, replace(OTHER, to="somebody-else@example.org"))
    with pytest.raises(ProposalGoneError):
        confirm(desk, read)
    assert desk.case().choices.contact == HERS


def test_one_waits_at_a_time_and_the_same_twice_is_one(desk: Desk) -> None:
    propose(desk)
    before = dump(desk.database)
    propose(desk)  # pressed twice
    assert dump(desk.database) == before
    for by, contact in ((desk.second, OTHER), (desk.nurse, replace(OTHER, way="sms"))):
        with pytest.raises(ProposalWaitsError):
            propose(desk, contact, by)
    assert dump(desk.database) == before


def test_what_stands_already_is_not_proposed(desk: Desk) -> None:
    before = dump(desk.database)
    agree_contact(desk.database, desk.centre_id, desk.case_id, desk.second, HERS, desk.clock())
    assert dump(desk.database) == before


@pytest.mark.parametrize("contact", [OTHER, None])
def test_no_other_way_replaces_a_contact(desk: Desk, contact: Contact | None) -> None:
    with pytest.raises(ValueError, match="two members"):
        desk.choose(contact=contact)


def test_for_what_was_asked_before_it_a_replaced_contact_is_no_second_way_to_her(desk: Desk) -> None:
    """Two were led to believe it was her: what waits already is then confirmed seeing her."""
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP)
    desk.clock.forward(days=1)
    proposal_id = propose(desk)
    desk.clock.forward(days=1)
    confirm(desk, proposal_id)
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.VOICE) == "no-contact"
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.IN_PERSON) is None


def test_while_it_waits_the_team_speaks_through_the_one_agreed_before(desk: Desk) -> None:
    request_id = desk.ask(Kind.DESTRUCTION, asked_by=desk.nurse)
    desk.go(request_id, Step.TAKE_UP)
    propose(desk)
    assert desk.why_not(request_id, Step.CONFIRM, means=Means.VOICE) is None


@pytest.mark.parametrize("act", [confirm, withdraw])
def test_another_centre_proposes_confirms_and_sees_nothing(desk: Desk, act: Callable[..., None]) -> None:
    proposal_id = propose(desk)
    south = make_team(desk.database, desk.clock, "south")
    north, desk.centre_id = desk.centre_id, south.centre_id
    before = dump(desk.database)
    with pytest.raises(LookupError):
        act(desk, proposal_id, south.staff_id)
    with pytest.raises(LookupError):
        agree_contact(desk.database, south.centre_id, desk.case_id, south.staff_id, HERS, desk.clock())
    assert waiting(desk) == []
    assert dump(desk.database) == before
    desk.centre_id = north
    assert waiting(desk) == [desk.case_id]


def test_two_who_confirm_and_withdraw_at_once_do_one_of_them(desk: Desk) -> None:
    proposal_id = propose(desk)
    done = at_once(lambda: confirm(desk, proposal_id), lambda: withdraw(desk, proposal_id, desk.nurse))
    assert [type(one) for one in done].count(ProposalGoneError) == 1
    assert waiting(desk) == []
    ends = [line[1] for line in desk.journal() if line[1] in ("contact-confirmed", "contact-withdrawn")]
    assert len(ends) == 1
