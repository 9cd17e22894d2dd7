"""A page that was opened before a colleague noted something takes nothing back; what frees asks who is there."""

from typing import Any

import pytest
from flask import Flask

from portal.law import Complaint
from portal.records.cases import Admission
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Page
from tests.web.test_factors import sent
from tests.web.test_fresh_factor import filled_in, opened, shown
from tests.web.test_routes import everything
from tests.web.test_team_steps import Ward, second

FREES = [
    ({"seized": True}, {"seized": None}),
    ({"vulnerable": True}, {"vulnerable": None}),
    ({"protected": True}, {"protected": None}),
    ({"complaint": Complaint.AFTER_EXAM}, {"answered": "1"}),
    ({}, {"capable_29_4": "yes"}),
    ({"apt_29_4": False}, {"apt_29_4": "yes"}),
]
PROTECTS = [
    ({}, {"seized": "1"}),
    ({"capable_29_4": True}, {"capable_29_4": "no"}),
    ({"apt_29_4": True}, {"apt_29_4": "open"}),
]
PARTS = ("complaint", "answered", "seized", "vulnerable", "protected", "capable_29_4", "apt_29_4", "shown")


@pytest.fixture
def ward(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Ward:
    return Ward(app, app_database, clock, team, second(app_database, team, clock))


def pressed(page: Page, **changed: str | None) -> dict[str, Any]:
    """Return what a page sends when somebody changes this on it, and leaves the rest as it is shown."""
    left = {name: value for name, (value, *_more) in filled_in(page).items() if name in PARTS}
    word = {"told_by": "doctor", "told_on": "2026-07-30"}
    said = {name: value for name, value in {**left, **word, **changed}.items() if value is not None}
    return {"token": page.token(), **said}


def known(ward: Ward, case_id: str) -> Admission:
    return ward.opened(case_id).admission


@pytest.mark.parametrize("fact", ["seized", "protected", "capable_29_4", "apt_29_4", "answered"])
def test_what_a_colleague_noted_meanwhile_stays(ward: Ward, fact: str) -> None:
    case_id = ward.case(minor=fact.endswith("29_4"))
    here = f"/en/team/c/{case_id}"
    nurse = opened(ward, ward.first, here)
    older = nurse.get(here)
    if fact == "answered":
        ward.note(case_id, complaint=Complaint.AFTER_EXAM)
    ward.note(case_id, **{fact: True})
    nurse.send(f"{here}/known", pressed(older, vulnerable="1"))
    assert getattr(known(ward, case_id), fact) is True
    assert known(ward, case_id).vulnerable
    page = nurse.get(here)
    assert "Vulnerable adult : yes. According to: doctor." in page.main
    assert " : no. According to: doctor" not in page.main


def test_what_a_colleague_took_back_meanwhile_is_not_noted_again(ward: Ward) -> None:
    case_id = ward.case()
    here = f"/en/team/c/{case_id}"
    ward.note(case_id, seized=True)
    nurse = opened(ward, ward.first, here)
    older = nurse.get(here)
    ward.note(case_id, seized=False)
    nurse.send(f"{here}/known", pressed(older, vulnerable="1"))
    assert (known(ward, case_id).seized, known(ward, case_id).vulnerable) == (False, True)


def test_what_is_kept_while_a_factor_is_asked_takes_no_seizure_back(ward: Ward) -> None:
    case_id = ward.case()
    here = f"/en/team/c/{case_id}"
    ward.note(case_id, complaint=Complaint.AFTER_EXAM)
    nurse = opened(ward, ward.first, here)
    page = nurse.get(here)
    ward.clock.forward(minutes=6)
    asking = nurse.post(f"{here}/known", pressed(page, answered="1"), status=422)
    ward.note(case_id, seized=True)
    page = nurse.get(shown(ward, nurse, ward.first, asking).split("#")[0])
    assert "What you filled in is kept." in page.main
    assert {"answered", "seized"} <= set(filled_in(page))  # shown as it stands now
    nurse.send(f"{here}/known", pressed(page))
    assert (known(ward, case_id).answered, known(ward, case_id).seized) == (True, True)


@pytest.mark.parametrize("ability", ["capable_29_4", "apt_29_4"])
def test_what_a_colleague_judged_otherwise_is_looked_at_again(ward: Ward, ability: str) -> None:
    case_id = ward.case(minor=True)
    here = f"/en/team/c/{case_id}"
    nurse = opened(ward, ward.first, here)
    older = nurse.get(here)
    ward.note(case_id, **{ability: False})
    before = everything(ward.database)
    page = nurse.post(f"{here}/known", pressed(older, vulnerable="1", **{ability: "yes"}), status=422)
    after = everything(ward.database)
    assert {name for name in after if after[name] != before[name]} <= {"journal_line"}
    assert "A colleague noted something else here since this page was shown." in page.main
    typed = filled_in(page)
    assert (typed[ability], typed["told_by"], typed["told_on"]) == ({"no"}, {"doctor"}, {"2026-07-30"})
    assert "vulnerable" in typed  # what she changed and nobody else did is kept too
    nurse.send(f"{here}/known", pressed(page, **{ability: "yes"}))
    assert getattr(known(ward, case_id), ability) is True


@pytest.mark.parametrize("ability", ["capable_29_4", "apt_29_4"])
def test_what_was_kept_does_not_come_back_where_a_colleague_judged_otherwise(ward: Ward, ability: str) -> None:
    case_id = ward.case(minor=True)
    here = f"/en/team/c/{case_id}"
    nurse = opened(ward, ward.first, here)
    page = nurse.get(here)
    ward.clock.forward(minutes=6)
    asking = nurse.post(f"{here}/known", pressed(page, **{ability: "yes"}), status=422)
    ward.note(case_id, **{ability: False})
    page = nurse.get(shown(ward, nurse, ward.first, asking).split("#")[0])
    assert filled_in(page)[ability] == {"no"}
    assert "What you filled in is kept." not in page.main


@pytest.mark.parametrize("said", ["", "seized", "= =x seized=perhaps", "<b>"])
def test_a_form_that_does_not_say_what_it_showed_takes_nothing_back(ward: Ward, said: str) -> None:
    case_id = ward.case()
    here = f"/en/team/c/{case_id}"
    ward.note(case_id, vulnerable=True)
    nurse = opened(ward, ward.first, here)
    nurse.send(f"{here}/known", pressed(nurse.get(here), vulnerable=None, protected="1", shown=said))
    assert (known(ward, case_id).vulnerable, known(ward, case_id).protected) == (True, True)


@pytest.mark.parametrize(("stood", "changed"), FREES)
def test_what_frees_asks_who_is_there(ward: Ward, stood: dict[str, Any], changed: dict[str, str | None]) -> None:
    case_id = ward.case(minor=True)
    here = f"/en/team/c/{case_id}"
    if stood:
        ward.note(case_id, **stood)
    nurse = opened(ward, ward.first, here)
    page = nurse.get(here)
    ward.clock.forward(minutes=6)
    stands = known(ward, case_id)
    asking = nurse.post(f"{here}/known", pressed(page, **changed), status=422)
    assert sent(asking, "on")
    assert known(ward, case_id) == stands
    page = nurse.get(shown(ward, nurse, ward.first, asking).split("#")[0])
    assert "What you filled in is kept." in page.main
    nurse.send(f"{here}/known", pressed(page))
    assert known(ward, case_id) != stands


@pytest.mark.parametrize(("stood", "changed"), PROTECTS)
def test_what_protects_asks_nobody(ward: Ward, stood: dict[str, Any], changed: dict[str, str]) -> None:
    case_id = ward.case(minor=True)
    here = f"/en/team/c/{case_id}"
    if stood:
        ward.note(case_id, **stood)
    nurse = opened(ward, ward.first, here)
    page = nurse.get(here)
    ward.clock.forward(minutes=6)
    stands = known(ward, case_id)
    nurse.send(f"{here}/known", pressed(page, **changed))
    assert known(ward, case_id) != stands


def test_pressed_twice_it_is_noted_once(ward: Ward) -> None:
    case_id = ward.case()
    here = f"/en/team/c/{case_id}"
    ward.note(case_id, seized=True)
    nurse = opened(ward, ward.first, here)
    form = pressed(nurse.get(here), seized=None, vulnerable="1")
    nurse.send(f"{here}/known", form)
    noted = nurse.get(here).main
    nurse.send(f"{here}/known", form)
    assert nurse.get(here).main == noted
    assert (known(ward, case_id).seized, known(ward, case_id).vulnerable) == (False, True)
