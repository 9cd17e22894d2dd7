"""Another contact than was agreed: one member proposes it on the page of the case, a second confirms it there."""

import pytest
from flask import Flask

from portal.access.team import add_member
from portal.library import LANGUAGES
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader
from tests.web.test_routes import everything
from tests.web.test_team_notes import opened

HERS = Contact("sms", "0400 00 00 00", ("morning",))
OTHER = {"way": "email", "to": "somebody@example.org", "hours": ["evening"], "seen": "1"}


class Ward:
    """Two nurses of one centre, each at a computer, and a case with a contact."""

    def __init__(self, app: Flask, database: Database, clock: StillClock, team: Team, case_id: str) -> None:
        self.database, self.team, self.case_id = database, team, case_id
        change_choices(database, team.centre_id, case_id, team.staff_id, clock(), contact=HERS)
        second = add_member(database, team.centre_id, "second", "a long password", clock())
        colleague = Team(team.centre_id, second.staff_id, "second", "a long password", second.authenticator)
        self.colleague = colleague
        self.first, self.second = Reader(app), Reader(app)
        self.first.sign_in(team, clock(), "en")
        self.second.sign_in(colleague, clock(), "en")
        self.path = f"/en/team/c/{case_id}"
        token = self.second.get("/en/team/").token()
        self.second.send(f"{self.path}/open", {"token": token, "why": "case-viewed-file"})

    def press(self, nurse: Reader, part: str, **said: object) -> Page:
        """Send a form of the case; return the page it leads to."""
        to = nurse.send(f"{self.path}/{part}", {"token": nurse.get("/en/team/").token(), **said})
        return nurse.get(to.split("#")[0])

    def refused(self, nurse: Reader, part: str, **said: object) -> Page:
        return nurse.post(f"{self.path}/{part}", {"token": nurse.get("/en/team/").token(), **said}, status=422)

    def proposal(self, page: Page) -> str:
        return next(field.get("value", "") for field in page.all("input") if field.get("name") == "proposal")

    @property
    def contact(self) -> Contact | None:
        return opened(self.database, self.team, self.case_id).choices.contact


@pytest.fixture
def ward(app: Flask, app_database: Database, clock: StillClock, team: Team, case_id: str) -> Ward:
    return Ward(app, app_database, clock, team, case_id)


def forms(page: Page) -> set[str]:
    return {(form.get("action") or "").rsplit("/c/")[-1].partition("/")[2] for form in page.all("form")}


def test_one_proposes_a_second_confirms_and_then_it_stands(ward: Ward) -> None:
    page = ward.press(ward.first, "contact", **OTHER)
    assert ward.contact == HERS
    assert "only the contact above counts" in page.main
    assert "contact/confirm" not in forms(page)  # not by the same member
    assert "contact" not in forms(page)
    page = ward.second.get(ward.path)
    assert f"Proposed by {ward.team.login} on 1 August 2026" in page.main
    page = ward.press(ward.second, "contact/confirm", proposal=ward.proposal(page), seen_too="1")
    assert ward.contact == Contact("email", "somebody@example.org", ("evening",))
    assert "Another contact is proposed" not in page.main
    assert "contact" in forms(page)


def test_who_proposed_it_cannot_confirm_it_by_a_hand_made_form(ward: Ward) -> None:
    page = ward.press(ward.first, "contact", **OTHER)
    before = everything(ward.database)
    ward.press(ward.first, "contact/confirm", proposal=ward.proposal(page), seen_too="1")
    assert everything(ward.database) == before


def test_a_second_who_did_not_see_the_person_confirms_nothing(ward: Ward) -> None:
    ward.press(ward.first, "contact", **OTHER)
    proposal = ward.proposal(ward.second.get(ward.path))
    before = everything(ward.database)
    page = ward.refused(ward.second, "contact/confirm", proposal=proposal)
    assert "Confirm it if you saw the person too" in page.main
    assert everything(ward.database) == before


def test_either_withdraws_it_and_pressing_late_changes_nothing(ward: Ward) -> None:
    page = ward.press(ward.first, "contact", **OTHER)
    proposal = ward.proposal(page)
    ward.press(ward.second, "contact/withdraw", proposal=proposal)
    before = everything(ward.database)
    ward.press(ward.second, "contact/withdraw", proposal=proposal)
    ward.press(ward.second, "contact/confirm", proposal=proposal, seen_too="1")
    assert everything(ward.database) == before
    assert ward.contact == HERS


def test_another_proposal_while_one_waits_is_kept_on_the_page_and_changes_nothing(ward: Ward) -> None:
    ward.press(ward.first, "contact", **OTHER)
    before = everything(ward.database)
    page = ward.refused(ward.second, "contact", **{**OTHER, "to": "hers@example.org"})
    assert "Confirm it or withdraw it first" in page.main
    assert "hers@example.org" in page.text
    assert everything(ward.database) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_contact_is_replaced_only_by_who_saw_the_person(ward: Ward, language: str) -> None:
    path = f"/{language}/team/c/{ward.case_id}/contact"
    token = ward.first.get(f"/{language}/team/").token()
    page = ward.first.post(path, {"token": token, **OTHER, "seen": []}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert "#seen" in [a.get("href") for a in alert.iter() if a.get("href")]
    assert "somebody@example.org" in page.text
    assert ward.contact == HERS
    ward.first.send(path, {"token": token, **OTHER})
    for nurse in (ward.first, ward.second):
        assert "somebody@example.org" in nurse.get(f"/{language}/team/c/{ward.case_id}").main


def test_a_first_contact_noted_on_another_day_is_proposed_by_who_saw_the_person(
    ward: Ward, app_database: Database, clock: StillClock
) -> None:
    late = Late(ward, app_database, clock)
    page = late.first.get(late.path)
    assert "The day of registration is over." in page.main
    page = late.refused(late.first, "contact", **{**OTHER, "seen": []})
    assert "noted later, in person" in page.main
    page = late.press(late.first, "contact", **OTHER)
    assert "no contact is agreed and nothing is sent" in page.main
    assert late.contact is None
    assert "Contact proposed" in late.second.get("/en/team/").main
    page = late.second.get(late.path)
    late.press(late.second, "contact/confirm", proposal=late.proposal(page), seen_too="1")
    assert late.contact == Contact("email", "somebody@example.org", ("evening",))


def test_a_first_contact_of_the_day_of_registration_stands_at_once(
    ward: Ward, app_database: Database, clock: StillClock
) -> None:
    late = Late(ward, app_database, clock, days=0)
    assert "Agree it at the examination" in late.first.get(late.path).main
    late.press(late.first, "contact", **{**OTHER, "seen": []})
    assert late.contact == Contact("email", "somebody@example.org", ("evening",))


class Late(Ward):
    """The same two nurses, days after a case without a contact was registered."""

    def __init__(self, ward: Ward, database: Database, clock: StillClock, days: int = 20) -> None:
        self.database, self.team, self.first, self.second = ward.database, ward.team, ward.first, ward.second
        self.case_id = make_case(database, clock, ward.team, "LATE-1")
        self.path = f"/en/team/c/{self.case_id}"
        clock.forward(days=days)
        for nurse, member in ((self.first, ward.team), (self.second, ward.colleague)):
            clock.forward(seconds=30)
            nurse.sign_in(member, clock(), "en")
            token = nurse.get("/en/team/").token()
            nurse.send(f"{self.path}/open", {"token": token, "why": "case-viewed-file"})
