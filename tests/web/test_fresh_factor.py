"""What frees, replaces a contact, or corrects a case asks who is there once more, and keeps what was typed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask import Flask

from portal import law
from portal.access.roles import Role
from portal.access.team import add_member
from portal.law import Complaint
from portal.records import notes
from portal.records.choices import Contact
from portal.records.contacts import agree_contact
from portal.records.database import Database
from portal.records.models import Hold, JournalLine
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Page, Reader
from tests.web.test_factors import sent
from tests.web.test_routes import everything, noted
from tests.web.test_team_people import number_of
from tests.web.test_team_steps import Ward, second

WHY = "the prosecutor's letter n° 7, révélé à l'équipe"
STANDS = {"reference": "REF-1", "exam_on": "2026-05-12", "age": "adult", "complaint": "none", "why": WHY}
PROPOSED = Contact("email", "somebody@example.org", ("evening",))


@pytest.fixture
def ward(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Ward:
    return Ward(app, app_database, clock, team, second(app_database, team, clock))


Prepared = tuple[str, str, dict[str, str]]  # the page, where its form goes, and what is typed into it


def a_proposal(ward: Ward, case_id: str, contact: Contact = PROPOSED) -> str:
    agree_contact(ward.database, ward.first.centre_id, case_id, ward.first.staff_id, contact, ward.clock())
    waiting = ward.opened(case_id).choices.contact_proposed
    assert waiting is not None
    return waiting.id


def a_contact_waits(ward: Ward) -> Prepared:
    case_id = ward.case()
    said = {"proposal": a_proposal(ward, case_id), "seen_too": "1"}
    return f"/en/team/c/{case_id}", f"/en/team/c/{case_id}/contact/confirm", said


def the_team_holds(ward: Ward) -> Prepared:
    case_id = ward.case()
    notes.set_hold(ward.database, ward.first.centre_id, case_id, ward.first.staff_id, ward.clock())
    said = {"hold_why": WHY, "hold_on": "2026-07-30"}
    return f"/en/team/c/{case_id}", f"/en/team/c/{case_id}/lift", said


def a_complaint_waits_for_an_answer(ward: Ward) -> Prepared:
    case_id = ward.case()
    ward.note(case_id, complaint=Complaint.AFTER_EXAM)
    said = {"answered": "1", "vulnerable": "1", "told_by": WHY, "told_on": "2026-07-30"}
    return f"/en/team/c/{case_id}", f"/en/team/c/{case_id}/known", said


def a_wrong_day_stands(ward: Ward) -> Prepared:
    path = f"/en/team/c/{ward.case()}/correct"
    return path, path, STANDS


def a_wrong_thing_stands(ward: Ward) -> Prepared:
    case_id = ward.case()
    path = f"/en/team/c/{case_id}/correct/{ward.thing(case_id, law.ItemKind.CLOTHES, 'K2')}"
    return path, path, {"thing": "thing", "taken_on": "2026-05-21", "why": WHY}


def opened(ward: Ward, who: Team, page: str) -> Reader:
    """Return a nurse who opened the case of a page."""
    nurse = ward.come(who)
    case = "/".join(page.split("/")[:5])
    nurse.send(f"{case}/open", {"token": nurse.get("/en/team/").token(), "why": "case-viewed-file"})
    return nurse


def shown(ward: Ward, nurse: Reader, who: Team, asking: Page) -> str:
    """Show a factor where a page asks for one; return where it leads."""
    form = {"token": asking.token("/en/team/fresh"), "on": sent(asking, "on")}
    return nurse.send("/en/team/fresh", {**form, "code": pyotp.TOTP(who.authenticator).at(ward.clock())})


def filled_in(page: Page) -> dict[str, set[str]]:
    """Return what stands in the fields of a page as somebody would send it."""
    found: dict[str, set[str]] = {}
    for field in page.all("input"):
        if field.get("type") not in ("radio", "checkbox") or field.get("checked") is not None:
            found.setdefault(field.get("name", ""), set()).add(field.get("value", ""))
    return found


@pytest.mark.parametrize(
    "prepare",
    [a_contact_waits, the_team_holds, a_complaint_waits_for_an_answer, a_wrong_day_stands, a_wrong_thing_stands],
)
def test_it_is_asked_who_is_there_and_what_was_typed_is_kept(ward: Ward, prepare: Callable[[Ward], Prepared]) -> None:
    path, to, said = prepare(ward)
    nurse = opened(ward, ward.other, path)
    form = {"token": nurse.get(path).token(), **said}
    ward.clock.forward(minutes=5, seconds=1)
    before = noted(ward.database)
    asking = nurse.post(to, form, status=422)
    assert "What you filled in is kept." in asking.main
    assert noted(ward.database) == before
    back = shown(ward, nurse, ward.other, asking)
    page = nurse.get(back.split("#")[0])
    assert "Nothing was changed yet. What you filled in is kept." in page.main
    for name, value in said.items():
        assert value in filled_in(page)[name], name
    before = noted(ward.database)
    nurse.send(to, {**form, "token": page.token()})
    assert [
        name
        for name, rows in noted(ward.database).items()
        if rows != before[name] and name != JournalLine.__tablename__
    ]


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (a_contact_waits, {"proposal": "x"}),
        (the_team_holds, {"hold_why": ""}),
        (a_complaint_waits_for_an_answer, {"answered": "1"}),
        (a_wrong_day_stands, {**STANDS, "why": ""}),
    ],
)
def test_what_does_not_fit_is_told_before_anybody_is_asked_for_a_code(
    ward: Ward, prepare: Callable[[Ward], Prepared], said: dict[str, str]
) -> None:
    path, to, _said = prepare(ward)
    nurse = opened(ward, ward.other, path)
    token = nurse.get(path).token()
    ward.clock.forward(minutes=6)
    assert "/en/team/fresh" not in nurse.post(to, {"token": token, **said}, status=422).text


def test_what_protects_asks_nobody_for_a_code(ward: Ward) -> None:
    case_id = ward.case()
    a_proposal(ward, case_id)
    here = f"/en/team/c/{case_id}"
    nurse = opened(ward, ward.other, here)
    page = nurse.get(here)
    ward.clock.forward(minutes=6)
    word = {"token": page.token(), "told_by": "a letter", "told_on": "2026-07-30"}
    nurse.send(f"{here}/known", {**word, "complaint": "1", "vulnerable": "1"})
    nurse.send(f"{here}/hold", {"token": page.token(), "hold_why": "a call"})
    nurse.send(f"{here}/contact/withdraw", {"token": page.token(), "proposal": sent(page, "proposal")})
    case = ward.opened(case_id)
    assert (case.admission.complaint, case.choices.contact_proposed) == (Complaint.AFTER_EXAM, None)
    with ward.database.reading() as session:
        assert session.query(Hold).filter_by(case_id=case_id, lifted_at=None).count() == 1


def test_who_saw_her_for_one_contact_did_not_for_another(ward: Ward) -> None:
    path, to, said = a_contact_waits(ward)
    nurse = opened(ward, ward.other, path)
    token = nurse.get(path).token()
    ward.clock.forward(minutes=6)
    asking = nurse.post(to, {"token": token, **said}, status=422)
    nurse.send(f"{path}/contact/withdraw", {"token": token, "proposal": said["proposal"]})
    other = a_proposal(ward, path.rsplit("/", 1)[1], replace(PROPOSED, to="another@example.org"))
    page = nurse.get(shown(ward, nurse, ward.other, asking).split("#")[0])
    assert sent(page, "proposal") == other
    assert "seen_too" not in filled_in(page)
    assert "What you filled in is kept." not in page.main


def test_somebody_elses_way_back_fills_in_nothing(ward: Ward) -> None:
    path, to, said = the_team_holds(ward)
    nurse, colleague = opened(ward, ward.first, path), opened(ward, ward.other, path)
    token = nurse.get(path).token()
    ward.clock.forward(minutes=6)
    back = shown(ward, nurse, ward.first, nurse.post(to, {"token": token, **said}, status=422))
    here = back.split("#")[0]
    assert filled_in(nurse.get(here))["hold_why"] == {WHY}
    assert filled_in(colleague.get(here))["hold_why"] == {""}


@pytest.mark.parametrize("letter", ["é", "ж", "𝄞"])
def test_the_longest_reason_comes_back_whole_in_every_script(ward: Ward, letter: str) -> None:
    path, to, said = the_team_holds(ward)
    nurse = opened(ward, ward.first, path)
    token = nurse.get(path).token()
    ward.clock.forward(minutes=6)
    asking = nurse.post(to, {"token": token, **said, "hold_why": letter * 200}, status=422)
    back = shown(ward, nurse, ward.first, asking)
    assert letter * 200 in nurse.get(back.split("#")[0]).text
    assert len(back) < 4000  # what servers take as an address


def test_what_is_longer_than_any_form_takes_still_leads_back(ward: Ward, leader: tuple[Team, Reader]) -> None:
    lead, reader = leader
    token = reader.get("/en/team/people").token("/en/team/people")
    ward.clock.forward(minutes=6)
    asking = reader.post("/en/team/people", {"token": token, "login": "x" * 9000, "role": "nurse"}, status=422)
    assert shown(ward, reader, lead, asking) == "/en/team/people"


@pytest.fixture
def leader(app: Flask, ward: Ward) -> tuple[Team, Reader]:
    made = add_member(
        ward.database, ward.first.centre_id, "lead", "a long password of hers", ward.clock(), Role.COORDINATOR
    )
    lead = replace(ward.first, login="lead", password="a long password of hers", authenticator=made.authenticator)
    return lead, ward.come(lead)


@pytest.mark.parametrize(
    ("to", "said"), [("role", {"role": "auditor"}), ("invite", {"sure": "1"}), ("disable", {"sure": "1"})]
)
def test_what_was_chosen_for_a_colleague_is_kept_too(
    ward: Ward, leader: tuple[Team, Reader], to: str, said: dict[str, Any]
) -> None:
    lead, reader = leader
    here = f"/en/team/people/{number_of(ward.database, 'second')}"
    token = reader.get(here).token()
    ward.clock.forward(minutes=6)
    before = everything(ward.database)
    asking = reader.post(f"{here}/{to}", {"token": token, **said}, status=422)
    assert everything(ward.database) == before
    page = reader.get(shown(ward, reader, lead, asking))
    ((name, value),) = said.items()
    (form,) = [form for form in page.all("form") if form.get("action") == f"{here}/{to}"]
    chosen = [one.get("value") for one in form.iter() if one.get("name") == name and one.get("checked") is not None]
    assert chosen == [value]
