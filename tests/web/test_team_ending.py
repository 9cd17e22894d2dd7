"""Art. 29 § 5 in the console: a list to check, two people who look, and a page of hers that tells nothing of it."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask

from portal import law
from portal.access.links import Power, make_link
from portal.library import LANGUAGES
from portal.records import notes, requests
from portal.records.cases import Why
from portal.records.database import Database
from portal.records.models import CaseRecord, Centre, JournalLine
from portal.records.requests import Wish
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Page, Reader
from tests.web.test_routes import everything
from tests.web.test_team_steps import Ward, offered, second

END = law.RequestKind.END_OF_PERIOD
DRAWN = re.compile(r'[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{32}|value="[^"]+"')  # by chance, for each case anew
OVER = date(2026, 11, 13)  # the day after the latest reading for an exam on 11 May


class Shift(Ward):
    """The two nurses, after a period."""

    def grace(self, days: int | None) -> None:
        with self.database.writing(self.first.centre_id) as session:
            centre = session.get_one(Centre, self.first.centre_id)
            centre.grace_days, centre.grace_written_on = days, None if days is None else date(2026, 1, 5)

    def day(self, day: date) -> None:
        morning = datetime.combine(day, time(8), tzinfo=UTC)
        self.clock.forward(seconds=(morning - self.clock()).total_seconds())

    def open(self, reader: Reader, case_id: str) -> Page:
        to = reader.send(
            f"/en/team/c/{case_id}/open", {"token": reader.get("/en/team/account").token(), "why": Why.FILE}
        )
        return reader.get(to)

    def listed(self, page: Page) -> str:
        return next(one.get("value", "") for one in page.all("input") if one.get("name") == "listed")

    def propose(self, reader: Reader, case_id: str) -> Page:
        page = self.open(reader, case_id)
        sent = {"token": page.token(), "listed": self.listed(page), "checked": "1"}
        return reader.get(reader.send(f"/en/team/c/{case_id}/end", sent))

    def proposal(self, case_id: str) -> str | None:
        with self.database.reading() as session:
            found = requests.latest(session, case_id, END)
        return found.id if found else None

    def end(self, case_id: str) -> str:
        """End the period of a case, by two people, from the list to the act."""
        nurse = self.come(self.first)
        self.propose(nurse, case_id)
        request_id = self.proposal(case_id)
        assert request_id is not None
        self.press(nurse, request_id, "confirm", attest="1")
        other = self.come(self.other)
        self.press(other, request_id, "sign", attest="1")
        self.press(other, request_id, "carry-out", done_on=self.clock().date().isoformat())
        assert self.state(request_id) == "done"
        return request_id

    def review_on(self, case_id: str) -> date | None:
        with self.database.reading() as session:
            return session.get_one(CaseRecord, case_id).review_on


@pytest.fixture
def shift(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Shift:
    return Shift(app, app_database, clock, team, second(app_database, team, clock))


def test_the_end_of_a_period_by_two_nurses_from_the_list_to_the_certificate(shift: Shift) -> None:
    case_id = shift.case()
    shirt = shift.thing(case_id, law.ItemKind.CLOTHES, "K2")
    shift.grace(14)
    shift.day(date(2026, 11, 12))
    nurse = shift.come(shift.first)
    assert "The period is over" not in shift.open(nurse, case_id).main
    shift.day(OVER)
    nurse = shift.come(shift.first)
    page = shift.open(nurse, case_id)
    assert "The hospital still waits, as it wrote down." in page.main
    assert "14 days, written down on 5 January 2026. To be proposed from 27 November 2026." in page.main

    shift.day(date(2026, 11, 27))
    nurse = shift.come(shift.first)
    page = shift.propose(nurse, case_id)
    request_id = shift.proposal(case_id)
    assert request_id is not None
    assert "who checked the list" in page.main
    assert "clothes, bag K2" in page.main
    assert "0400 00 00 00" not in page.main  # nobody is spoken with: no contact stands there
    assert offered(page) == {"confirm", "cancel"}
    assert "Look at the things – any member of the team" in page.main
    assert "Record the destruction – one of the two" in page.main
    assert "Confirm with the person" not in page.main  # nobody is spoken with
    page = shift.press(nurse, request_id, "confirm", attest="1")
    assert "nurse-north looked at each thing on" in page.main
    assert "sign" not in offered(page)
    assert "A second member of the team signs." in page.main

    other = shift.come(shift.other)
    page = shift.press(other, request_id, "sign", attest="1")
    assert shift.opened(case_id).items[0].gone_at is None
    page = shift.press(other, request_id, "carry-out", done_on="2026-11-27")
    assert shift.state(request_id) == "done"
    case = shift.opened(case_id)
    assert [(one.id, one.gone_at is None) for one in case.items] == [(shirt, False)]
    assert (case.law_case.destroyed, case.record.ask_by, case.record.keep_through) == (True, None, None)
    head = other.get(f"/en/team/c/{case_id}").main.partition("Copy for the patient file")[0]
    assert "Nothing is kept here any more." in head
    assert "Ask by" not in head
    certificate = other.get(f"/en/team/r/{request_id}/certificate")
    assert "at the end of its period, by two people" in certificate.main
    assert "29 § 5" in certificate.main
    assert "matter: 10" in certificate.main


def test_a_list_that_was_not_checked_or_that_changed_proposes_nothing(shift: Shift) -> None:
    case_id = shift.case()
    shift.thing(case_id, law.ItemKind.CLOTHES, "K2")
    shift.grace(0)
    shift.day(OVER)
    nurse = shift.come(shift.first)
    page = shift.open(nurse, case_id)
    before = everything(shift.database)
    address, token, listed = f"/en/team/c/{case_id}/end", page.token(), shift.listed(page)
    assert "Check the list, and tick" in nurse.post(address, {"token": token, "listed": listed}, 422).main
    assert everything(shift.database) == before
    shift.thing(case_id, law.ItemKind.THING, "K3")
    changed = nurse.post(address, {"token": token, "listed": listed, "checked": "1"}, 422)
    assert "The list has changed. Check it again." in changed.main
    assert shift.proposal(case_id) is None
    page = shift.propose(nurse, case_id)
    assert page.heading.startswith("End of the period")
    assert "It waits for two members" in shift.open(nurse, case_id).main


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ({"complaint": law.Complaint.AFTER_EXAM}, "There is a complaint. Ask the public prosecutor in writing"),
        ({"seized": True}, "The things were seized."),
    ],
    ids=["complaint", "seizure"],
)
def test_what_stands_against_it_is_said_and_no_button_proposes_it(
    shift: Shift, secret: dict[str, Any], why: str
) -> None:
    case_id = shift.case()
    shift.grace(0)
    shift.note(case_id, **secret)
    shift.day(OVER)
    nurse = shift.come(shift.first)
    page = shift.open(nurse, case_id)
    assert why in page.main
    assert not [one for one in page.all("input") if one.get("name") == "checked"]
    nurse.send(f"/en/team/c/{case_id}/end", {"token": page.token(), "listed": "", "checked": "1"})
    assert shift.proposal(case_id) is None


def test_what_she_asks_meanwhile_takes_it_back_and_is_answered_first(shift: Shift) -> None:
    case_id = shift.case()
    shift.thing(case_id, law.ItemKind.CLOTHES, "K2")
    shift.grace(0)
    shift.day(OVER)
    nurse = shift.come(shift.first)
    shift.propose(nurse, case_id)
    request_id = shift.proposal(case_id)
    assert request_id is not None
    shift.press(nurse, request_id, "confirm", attest="1")
    asked = shift.ask(case_id, law.RequestKind.RESTITUTION)
    page = shift.look(nurse, request_id)
    assert shift.state(request_id) == "asked"
    assert "A request is waiting. Answer it first." in page.main
    assert offered(page) == {"cancel"}
    assert "confirm" not in offered(shift.look(nurse, asked))  # taken up first; a proposal never holds what she asks
    shift.press(nurse, asked, "take-up")
    assert "confirm" in offered(shift.look(nurse, asked))


def test_an_ordered_examination_has_no_period_the_prosecutor_is_asked_and_somebody_looks_again(shift: Shift) -> None:
    """A-12: the law has no period for what nobody claims."""
    nurse = shift.come(shift.first)
    sent = {"token": nurse.get("/en/team/new").token(), "reference": "ORDERED", "exam_on": "2026-05-11"}
    sent |= {"age": "adult", "complaint": "before-exam", "language": "fr"}
    case_id = nurse.send("/en/team/new", sent).rsplit("/", 1)[1]
    shift.grace(0)
    shift.day(OVER)
    nurse = shift.come(shift.first)
    page = shift.open(nurse, case_id)
    assert "Ask the public prosecutor in writing what happens to the traces" in page.main
    assert "to be proposed" not in page.main.lower()
    for wrong in ("2026-11-13", "2028-01-01", "soon"):
        again = nurse.post(f"/en/team/c/{case_id}/review", {"token": page.token(), "again_on": wrong}, 422)
        assert "Give a day to come, within a year." in again.main
    assert shift.review_on(case_id) is None
    nurse.send(f"/en/team/c/{case_id}/review", {"token": page.token(), "again_on": "2027-02-01"})
    assert shift.review_on(case_id) == date(2027, 2, 1)
    assert "Noted: look again on 1 February 2027." in shift.open(nurse, case_id).main
    with shift.database.reading() as session:
        assert session.query(JournalLine).filter_by(action="case-reviewed", subject=case_id).count() == 1


def test_in_every_language_the_list_stands_there(shift: Shift) -> None:
    case_id = shift.case()
    shift.grace(0)
    shift.day(OVER)
    nurse = shift.come(shift.first)
    shift.open(nurse, case_id)
    seen = {nurse.get(f"/{language}/team/c/{case_id}").main for language in LANGUAGES}
    assert len(seen) == len(LANGUAGES)
    assert not [page for page in seen if "ending." in page]


# ── Her link: nothing of it, ever ──


ALIKE = ("ended", "nothing", "complaint", "hold", "seized")


def keep(shift: Shift, name: str, *, minor: bool) -> str:
    """Return a case that is like all others but for one thing her link must not tell."""
    case_id = shift.case(f"ALIKE-{name}", minor=minor)
    shift.thing(case_id, law.ItemKind.TOXICOLOGY, "T1")
    if minor:
        shift.thing(case_id, law.ItemKind.CLOTHES, "K2")
    if name == "hold":
        notes.set_hold(shift.database, shift.first.centre_id, case_id, shift.first.staff_id, shift.clock())
    known: dict[str, dict[str, Any]] = {
        "complaint": {"complaint": law.Complaint.AFTER_EXAM},
        "seized": {"seized": True},
    }
    if name in known:
        shift.note(case_id, **known[name])
    return case_id


def all_she_sees(shift: Shift, reader: Reader, case_id: str, power: Power) -> list[str]:
    """Return every page of her space, before and after she asks for something."""
    link = make_link(shift.database, shift.first.centre_id, case_id, shift.first.staff_id, shift.clock(), power)
    seen = [reader.open_space(link, "en").main]
    for code in (1, 3, 4, 10):
        response = reader.client.get(f"/en/m/a/{code}/")
        seen.append(f"{response.status_code} {response.get_data(as_text=True)}")
    for kind in (law.RequestKind.EXTENSION, law.RequestKind.RESTITUTION):
        requests.ask(shift.database, shift.first.centre_id, case_id, Wish(kind), shift.clock())
    seen.append(reader.get("/en/m/").main)
    return [DRAWN.sub("", page) for page in seen]


@pytest.mark.parametrize(
    ("power", "minor"), [(Power.EVERYTHING, False), (Power.EVERYTHING, True), (Power.IN_PERSON, False)]
)
def test_no_link_tells_whether_the_end_came(shift: Shift, reader: Reader, power: Power, minor: bool) -> None:
    """What is gone would tell that there is no complaint, and what is there that there is one: the same pages."""
    cases = {name: keep(shift, name, minor=minor) for name in ALIKE}
    shift.grace(0)
    shift.day(date(2031, 5, 13) if minor else OVER)
    request_id = shift.end(cases["ended"])
    pages = {name: all_she_sees(shift, reader, case_id, power) for name, case_id in cases.items()}
    for name, seen in pages.items():
        assert seen == pages["nothing"], name
    tells = "The centre may have destroyed things whose date has passed. Ask your centre." in pages["ended"][0]
    assert tells == (power is not Power.IN_PERSON)
    with shift.database.reading() as session:
        (number,) = [one.number for one in requests.of_case(session, cases["ended"]) if one.id == request_id]
    for page in (f"/en/m/g/{number}", f"/en/m/a/r/{number}", f"/en/m/f/{number}"):
        assert reader.client.get(page).status_code == 404
