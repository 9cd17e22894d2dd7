"""A case that another centre keeps by now: the console says so, and whatever is tried changes nothing."""

import pytest

from portal import law
from portal.access.links import NewLink
from portal.library import LANGUAGES
from portal.records import requests
from portal.records.custody import send
from portal.records.database import Database
from portal.records.envelopes import OwnKeys
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Reader
from tests.records.desk import dump

TOLD = {
    "fr": "Un autre centre garde ce dossier",
    "nl": "Een ander centrum bewaart dit dossier",
    "de": "Ein anderes Zentrum führt diesen Fall jetzt",
    "en": "Another centre keeps this case",
}


@pytest.fixture
def waiting(app_database: Database, team: Team, case_id: str, link: NewLink, clock: StillClock) -> str:
    """A request that waited when the case was handed over."""
    wish = Wish(law.RequestKind.CONTACT_ME)
    number = requests.ask(app_database, team.centre_id, case_id, wish, clock()).number
    own, to = OwnKeys.of(b"k" * 32), OwnKeys.of(b"h" * 32).public
    send(app_database, own, team.centre_id, case_id, to, "operator", clock(), lambda _envelope: None)
    with app_database.reading() as session:
        request = requests.by_number(session, case_id, number)
    assert request is not None
    return request.id


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


def test_the_page_says_that_another_centre_keeps_it_and_offers_only_the_file(
    nurse: Reader, case_id: str, waiting: str
) -> None:
    token = nurse.get("/en/team/").token()
    nurse.send(f"/en/team/c/{case_id}/open", {"token": token, "why": "case-viewed-file"})
    for language in LANGUAGES:
        page = nurse.get(f"/{language}/team/c/{case_id}")
        assert TOLD[language] in page.text
        actions = {form.get("action", "").rpartition(f"/c/{case_id}/")[2] for form in page.all("form")}
        assert not actions & {"hold", "item", "known", "link", "contact", "choices", "moved", "consent", "support"}


def test_every_step_of_its_requests_says_with_whom_to_talk(nurse: Reader, waiting: str) -> None:
    token = nurse.get("/en/team/").token()
    page = nurse.get(nurse.send(f"/en/team/r/{waiting}/open", {"token": token}))
    assert "Another centre keeps this case now. Talk with that centre." in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_sent_anyway_is_answered_calmly_and_changes_nothing(
    nurse: Reader, app_database: Database, case_id: str, waiting: str, language: str
) -> None:
    token = nurse.get("/en/team/").token()
    nurse.send(f"/en/team/c/{case_id}/open", {"token": token, "why": "case-viewed-file"})
    before = dump(app_database)
    page = nurse.post(f"/{language}/team/c/{case_id}/hold", HOLD | {"token": token}, status=409)
    assert TOLD[language] in page.text
    after = dump(app_database)
    assert {name: rows for name, rows in after.items() if name != "sign_in"} == {
        name: rows for name, rows in before.items() if name != "sign_in"
    }


def test_her_link_has_ended_like_any_other(reader: Reader, link: NewLink, waiting: str) -> None:
    page = reader.post(f"/en/l/{link.token}", {"code": link.code}, status=422)
    assert "centre keeps" not in page.text


HOLD = {"hold_why": "doubt", "hold_by": "a colleague", "hold_on": "2026-08-01"}
