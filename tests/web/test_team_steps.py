"""Each request to its end, by plain steps: a destruction by two nurses, never by one, never by a slip."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from portal import law
from portal.access.team import add_member
from portal.law.course import Step
from portal.library import LANGUAGES
from portal.records import notes, requests
from portal.records.cases import OpenedCase, open_case
from portal.records.choices import Contact, change_choices
from portal.records.database import Database
from portal.records.models import RequestRecord, Staff
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.reader import Page, Reader
from tests.web.test_routes import everything

REMEDY = "She can ask again at any time."
AGREED = Contact("call", "0400 00 00 00", ("evening",))


def second(database: Database, team: Team, clock: StillClock) -> Team:
    """Return another nurse of the same centre."""
    member = add_member(database, team.centre_id, "second", "a long password of the second", clock())
    return replace(
        team,
        staff_id=member.staff_id,
        login="second",
        password="a long password of the second",
        authenticator=member.authenticator,
    )


@dataclass
class Ward:
    """Two nurses of one centre, and what they do with a request."""

    app: Flask
    database: Database
    clock: StillClock
    first: Team
    other: Team

    def come(self, nurse: Team) -> Reader:
        reader = Reader(self.app)
        self.clock.forward(seconds=31)
        reader.sign_in(nurse, self.clock(), "en")
        return reader

    def case(self, reference: str = "REF-1", *, minor: bool = False, agreed: bool = True) -> str:
        case_id = make_case(self.database, self.clock, self.first, reference, minor=minor)
        if agreed:
            self.change(case_id, contact=AGREED)
        return case_id

    def change(self, case_id: str, **changes: Any) -> None:
        change_choices(self.database, self.first.centre_id, case_id, self.first.staff_id, self.clock(), **changes)

    def note(self, case_id: str, **facts: Any) -> None:
        notes.note_facts(self.database, self.first.centre_id, case_id, self.first.staff_id, self.clock(), **facts)

    def thing(self, case_id: str, kind: law.ItemKind, mark: str) -> str:
        item = law.Item(kind, date(2026, 5, 11))
        return notes.add_item(
            self.database, self.first.centre_id, case_id, self.first.staff_id, item, mark, self.clock()
        )

    def ask(
        self,
        case_id: str,
        kind: law.RequestKind,
        items: tuple[str, ...] | None = None,
        answers: dict[str, Any] | None = None,
    ) -> str:
        wish = requests.Wish(kind, items, answers or {})
        receipt = requests.ask(self.database, self.first.centre_id, case_id, wish, self.clock())
        with self.database.reading() as session:
            found = requests.by_number(session, case_id, receipt.number)
        assert found is not None
        return found.id

    def look(self, reader: Reader, request_id: str) -> Page:
        opening = f"/en/team/r/{request_id}/open"
        to = reader.send(opening, {"token": reader.get("/en/team/").token()})
        return reader.get(to)

    def press(self, reader: Reader, request_id: str, step: str, **said: Any) -> Page:
        """Press a button of the page; return the page it leads to."""
        sent = {"token": reader.get("/en/team/").token(), **said}
        return reader.get(reader.send(f"/en/team/r/{request_id}/{step}", sent))

    def state(self, request_id: str) -> str:
        with self.database.reading() as session:
            return session.get_one(RequestRecord, request_id).state

    def opened(self, case_id: str) -> OpenedCase:
        with self.database.reading() as session:
            case = open_case(self.database, session, self.first.centre_id, case_id)
        assert case is not None
        return case

    def confirmed(self, case_id: str, kind: law.RequestKind = law.RequestKind.DESTRUCTION, **said: Any) -> str:
        """Return a request that the first nurse confirmed after the waiting time."""
        request_id = self.ask(case_id, kind)
        self.clock.forward(days=7, minutes=1)
        nurse = self.come(self.first)
        self.press(nurse, request_id, "take-up")
        self.press(nurse, request_id, "confirm", **(said or {"means": "voice"}))
        assert self.state(request_id) == "confirmed"
        return request_id


@pytest.fixture
def ward(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Ward:
    return Ward(app, app_database, clock, team, second(app_database, team, clock))


def offered(page: Page) -> set[str]:
    """Return the steps that a page offers as a form."""
    actions = [form.get("action", "") for form in page.all("form")]
    return {action.rsplit("/", 1)[1] for action in actions if "/r/" in action}


def test_a_destruction_by_two_nurses_from_asking_to_its_certificate(ward: Ward) -> None:
    case_id = ward.case()
    kept = ward.thing(case_id, law.ItemKind.SAMPLE, "S1")
    gone = ward.thing(case_id, law.ItemKind.CLOTHES, "K2")
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION, (gone,))
    nurse = ward.come(ward.first)
    page = ward.look(nurse, request_id)
    assert "clothes, bag K2" in page.main
    assert "S1" not in page.main
    assert "29 § 3 al. 1" in page.main or "29 § 3 para. 1" in page.main
    assert "0400 00 00 00" in page.main
    assert "no voicemail" in page.main

    page = ward.press(nurse, request_id, "take-up")
    assert "The waiting time runs until 8 August 2026" in page.main
    assert "Nothing stands in the way" not in page.main
    assert offered(page) == {"end-waiting", "cancel", "decline"}
    ward.press(nurse, request_id, "confirm", means="voice")  # too soon
    assert ward.state(request_id) == "taken-up"

    ward.clock.forward(days=7)
    nurse = ward.come(ward.first)
    page = ward.look(nurse, request_id)
    assert "Nothing stands in the way." in page.main
    assert "end-waiting" not in offered(page)
    page = ward.press(nurse, request_id, "confirm", means="voice")
    assert "confirmed it with the person" in page.main
    assert "You confirmed this yourself. A second member of the team does this step." in page.main
    assert "sign" not in offered(page)

    other = ward.come(ward.other)
    page = ward.press(other, request_id, "sign", attest="1")
    assert "carry-out" in offered(page)
    assert ward.opened(case_id).items[1].gone_at is None  # signing destroys nothing
    page = ward.press(other, request_id, "carry-out", done_on="2026-08-08")
    assert ward.state(request_id) == "done"
    assert "Day of the act: 8 August 2026." in page.main
    case = ward.opened(case_id)
    assert {one.id: bool(one.gone_at) for one in case.items} == {kept: False, gone: True}
    assert not case.law_case.destroyed

    assert f"/en/team/r/{request_id}/certificate" in page.links
    certificate = other.get(f"/en/team/r/{request_id}/certificate")
    with ward.database.reading() as session:
        record = session.get_one(RequestRecord, request_id)
        numbers = {session.get_one(Staff, one.staff_id).number for one in (ward.first, ward.other)}
    assert record.number in certificate.main
    assert "8 August 2026" in certificate.main
    assert all(number in certificate.main for number in numbers)
    for name in (ward.first.login, ward.other.login, "REF-1"):
        assert name not in certificate.main


def test_one_nurse_alone_destroys_nothing(ward: Ward) -> None:
    case_id = ward.case()
    request_id = ward.confirmed(case_id)
    nurse = ward.come(ward.first)
    ward.press(nurse, request_id, "sign", attest="1")
    ward.press(nurse, request_id, "carry-out", done_on="2026-08-08")
    assert ward.state(request_id) == "confirmed"
    assert not ward.opened(case_id).law_case.destroyed


def test_only_one_of_the_two_records_the_act(ward: Ward) -> None:
    request_id = ward.confirmed(ward.case())
    ward.press(ward.come(ward.other), request_id, "sign", attest="1")
    third = add_member(ward.database, ward.first.centre_id, "third", "a long password of the third", ward.clock())
    reader = ward.come(
        replace(ward.first, login="third", password="a long password of the third", authenticator=third.authenticator)
    )
    page = ward.press(reader, request_id, "carry-out", done_on="2026-08-08")
    assert ward.state(request_id) == "signed"
    assert "One of the two who confirmed and signed records the act." in page.main


def test_where_no_contact_was_agreed_two_see_the_person(ward: Ward) -> None:
    case_id = ward.case(agreed=False)
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert "No contact is agreed." in page.main
    ward.press(nurse, request_id, "end-waiting", attest="1")  # asked in person, identified, seen alone
    page = ward.look(nurse, request_id)
    assert [field.get("value") for field in page.all("input") if field.get("name") == "means"] == ["in-person"]
    token = {"token": page.token(), "means": "voice"}
    page = nurse.post(f"/en/team/r/{request_id}/confirm", token, status=422)
    assert "Choose how the person confirmed." in page.main
    ward.press(nurse, request_id, "confirm", means="in-person")
    other = ward.come(ward.other)
    page = ward.look(other, request_id)
    assert "I was there too." in page.main
    ward.press(other, request_id, "sign", attest="1")
    ward.press(other, request_id, "carry-out", done_on="2026-08-01")
    assert ward.state(request_id) == "done"
    assert ward.opened(case_id).law_case.destroyed


@pytest.mark.parametrize("fact", ["vulnerable", "protected"])
def test_understanding_is_seen_in_person_without_a_representative(ward: Ward, fact: str) -> None:
    case_id = ward.case()
    ward.note(case_id, **{fact: True})
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    ward.clock.forward(days=8)
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert [field.get("value") for field in page.all("input") if field.get("name") == "means"] == ["in-person"]
    assert "two of you speak with the person, in person" in page.main


def test_a_minors_destruction_needs_ability_and_the_minors_own_written_consent(ward: Ward) -> None:
    case_id = ward.case(minor=True)
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    ward.clock.forward(days=8)
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert "has not noted that the young person can decide this alone" in page.main
    assert "confirm" not in offered(page)
    ward.note(case_id, capable_29_4=True)
    page = ward.look(nurse, request_id)
    assert "The young person’s own written consent is not noted yet." in page.main
    page = nurse.post(f"/en/team/r/{request_id}/confirm", {"token": page.token(), "means": "voice"}, status=422)
    assert "The law asks for the young person’s own written consent." in page.main
    assert ward.state(request_id) == "taken-up"
    ward.press(nurse, request_id, "confirm", means="voice", written="1")
    assert ward.state(request_id) == "confirmed"
    other = ward.come(ward.other)
    ward.press(other, request_id, "sign", attest="1")
    ward.press(other, request_id, "carry-out", done_on=ward.clock().date().isoformat())
    assert ward.state(request_id) == "done"
    assert "29 § 4" in other.get(f"/en/team/r/{request_id}/certificate").main


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"complaint": law.Complaint.AFTER_EXAM}, "There is a complaint, or it is not known."),
        ({"seized": True}, "The things were seized."),
    ],
)
def test_what_became_known_stops_everything_and_the_team_is_told_why(
    ward: Ward, facts: dict[str, Any], said: str
) -> None:
    case_id = ward.case()
    request_id = ward.confirmed(case_id)
    ward.note(case_id, **facts)
    other = ward.come(ward.other)
    page = ward.look(other, request_id)
    assert said in page.main
    assert ward.state(request_id) == "taken-up"  # asked again
    for step, more in (("confirm", {"means": "voice"}), ("sign", {"attest": "1"}), ("carry-out", {})):
        ward.press(other, request_id, step, **more)
    assert ward.state(request_id) == "taken-up"
    assert not ward.opened(case_id).law_case.destroyed


def test_a_hold_of_the_team_stops_it_and_lifting_it_asks_again(ward: Ward) -> None:
    case_id = ward.case()
    request_id = ward.confirmed(case_id)
    nurse = ward.come(ward.first)
    page = ward.look(nurse, request_id)
    nurse.send(f"/en/team/c/{case_id}/hold", {"token": page.token(), "hold_why": "a call"})
    page = ward.look(nurse, request_id)
    assert "The team, or another request, holds these things." in page.main
    assert ward.state(request_id) == "taken-up"
    nurse.send(f"/en/team/c/{case_id}/lift", {"token": page.token(), "hold_why": "the call was made"})
    assert "confirm" in offered(ward.look(nurse, request_id))


def test_the_person_cancels_or_is_asked_again_until_it_is_carried_out(ward: Ward) -> None:
    request_id = ward.confirmed(ward.case())
    other = ward.come(ward.other)
    ward.press(other, request_id, "sign", attest="1")
    page = ward.press(other, request_id, "reopen")
    assert ward.state(request_id) == "taken-up"
    assert "sign" not in offered(page)
    page = ward.press(other, request_id, "cancel")
    assert "at the person’s word" in page.main
    late = ward.press(other, request_id, "confirm", means="voice")
    assert "This request has ended." in late.main
    assert ward.state(request_id) == "cancelled"
    other.get(f"/en/team/r/{request_id}/certificate", status=404)


def test_things_are_given_back_in_person_on_a_day(ward: Ward) -> None:
    case_id = ward.case()
    coat = ward.thing(case_id, law.ItemKind.CLOTHES, "K2")
    request_id = ward.ask(
        case_id,
        law.RequestKind.RESTITUTION,
        (coat,),
        {"restitution-items": {coat: "return"}, "restitution-where": "centre"},
    )
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert "clothes, bag K2: give back" in page.main
    assert "at the centre" in page.main
    ward.press(nurse, request_id, "confirm", means="interpreter")
    to = f"/en/team/r/{request_id}/carry-out"
    page = nurse.post(to, {"token": page.token(), "done_on": "2026-08-01"}, status=422)
    assert "Tick that you handed it over in person and saw the identity." in page.main
    ward.press(nurse, request_id, "carry-out", done_on="2026-08-01", handed="1")
    assert ward.state(request_id) == "done"
    assert ward.opened(case_id).items[0].gone_at is not None
    nurse.get(f"/en/team/r/{request_id}/certificate", status=404)


@pytest.mark.parametrize(
    "kind",
    [
        law.RequestKind.REPORT_COPY,
        law.RequestKind.CONTACT_ME,
        law.RequestKind.LANGUAGE_HELP,
        law.RequestKind.WITHDRAW_SERVICE,
        law.RequestKind.STOP_MESSAGES,
    ],
)
def test_what_is_talked_over_is_taken_up_and_done(ward: Ward, kind: law.RequestKind) -> None:
    request_id = ward.ask(ward.case(), kind, answers={"contact-when": "evening", "needs-text": "<b>quiet room</b>"})
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert "in the evening" in page.main
    assert "<b>quiet room</b>" in page.main  # as text, never as HTML
    ward.press(nurse, request_id, "carry-out")
    assert ward.state(request_id) == "done"


def test_an_extension_is_a_right_and_is_not_declined(ward: Ward) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.EXTENSION)
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "take-up")
    assert "The extension is a right: record it." in page.main
    ward.press(nurse, request_id, "decline", reason="other", remedy=REMEDY)
    assert ward.state(request_id) == "taken-up"


def test_what_is_not_done_says_why_and_what_stays_possible_and_is_sealed(ward: Ward) -> None:
    request_id = ward.confirmed(ward.case())
    nurse = ward.come(ward.first)
    page = ward.press(nurse, request_id, "decline", reason="pressure", remedy=REMEDY)
    assert "signs of pressure by somebody" in page.main
    assert REMEDY in page.main
    with ward.database.reading() as session:
        sealed = session.get_one(RequestRecord, request_id).sealed_outcome
    assert sealed is not None
    assert b"pressure" not in sealed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("step", "said", "kept"),
    [
        ("confirm", {}, None),
        ("confirm", {"means": "pigeon"}, None),
        ("decline", {"reason": "", "remedy": "Typed before"}, "Typed before"),
        ("decline", {"reason": "identity", "remedy": ""}, None),
        ("decline", {"reason": "identity", "remedy": "x" * 201}, "x" * 201),
        ("decline", {"reason": "identity", "remedy": "a\x00b"}, None),
        ("decline", {"reason": "<b>", "remedy": "\u202eTyped"}, "Typed"),
    ],
)
def test_what_does_not_fit_is_told_kept_and_changes_nothing(
    ward: Ward, language: str, step: str, said: dict[str, str], kept: str | None
) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.DESTRUCTION)
    ward.clock.forward(days=8)
    nurse = Reader(ward.app)
    nurse.sign_in(ward.first, ward.clock(), language)
    token = nurse.get(f"/{language}/team/").token()
    nurse.send(f"/{language}/team/r/{request_id}/take-up", {"token": token})
    before = everything(ward.database)
    page = nurse.post(f"/{language}/team/r/{request_id}/{step}", {"token": token, **said}, status=422)
    (alert,) = [element for element in page.tree.iter() if element.get("role") == "alert"]
    assert [a.get("href") for a in alert.iter() if a.get("href")]
    assert "Not a valid" not in page.text
    if kept:
        assert kept in page.text
    assert everything(ward.database) == before


@pytest.mark.parametrize("done_on", ["", "2026-08-07", "2026-08-10", "yesterday", "2026-02-30"])
def test_an_act_has_a_day_between_the_signature_and_today(ward: Ward, done_on: str) -> None:
    request_id = ward.confirmed(ward.case())  # on 8 August
    other = ward.come(ward.other)
    page = ward.press(other, request_id, "sign", attest="1")
    page = other.post(f"/en/team/r/{request_id}/carry-out", {"token": page.token(), "done_on": done_on}, status=422)
    assert "day" in page.main
    assert done_on in page.text
    assert ward.state(request_id) == "signed"


def test_a_signature_and_a_shorter_waiting_say_what_they_attest(ward: Ward) -> None:
    case_id = ward.case()
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    nurse = ward.come(ward.first)
    token = ward.press(nurse, request_id, "take-up").token()
    page = nurse.post(f"/en/team/r/{request_id}/end-waiting", {"token": token}, status=422)
    assert "identified and seen alone" in page.main
    ward.press(nurse, request_id, "end-waiting", attest="1")
    ward.press(nurse, request_id, "confirm", means="writing")
    other = ward.come(ward.other)
    token = ward.look(other, request_id).token()
    page = other.post(f"/en/team/r/{request_id}/sign", {"token": token}, status=422)
    assert "Tick what your signature says." in page.main
    assert ward.state(request_id) == "confirmed"


def test_a_step_that_does_not_exist_is_not_here(ward: Ward) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.DESTRUCTION)
    nurse = ward.come(ward.first)
    token = nurse.get("/en/team/").token()
    nurse.post(f"/en/team/r/{request_id}/destroy", {"token": token}, status=404)
    nurse.post(f"/en/team/r/{'0' * 32}/take-up", {"token": token}, status=404)


def test_pressed_twice_or_too_late_every_step_changes_nothing(ward: Ward) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.CONTACT_ME)
    nurse = ward.come(ward.first)
    ward.press(nurse, request_id, "take-up")
    ward.press(nurse, request_id, "carry-out")
    before = everything(ward.database)
    for step in Step:
        page = ward.press(
            nurse, request_id, step, attest="1", means="voice", done_on="2026-08-01", reason="other", remedy=REMEDY
        )
        assert "This request has ended." in page.main
    assert everything(ward.database) == before


def test_what_destroys_is_never_the_first_button_nor_the_larger(ward: Ward) -> None:
    request_id = ward.confirmed(ward.case())
    other = ward.come(ward.other)
    page = ward.look(other, request_id)
    buttons = [one for one in page.one("main").iter() if one.get("class", "").split()[:1] == ["go"]]
    assert buttons[0].get("href") == "/en/team/"  # "Not now"
    assert buttons[0].get("class") == "go main"
    assert all(button.get("class") == "go" for button in buttons[1:])
    assert not [one for one in page.one("main").iter() if one.get("autofocus") is not None]


def in_this_order(page: Page, *words: str) -> bool:
    """Tell whether words follow each other, as a page is read aloud."""
    places = [page.main.index(one) for one in words]
    return places == sorted(places)


def test_what_can_be_taken_back_is_done_before_all_that_explains_it(ward: Ward) -> None:
    request_id = ward.ask(ward.case(), law.RequestKind.CONTACT_ME, answers={"contact-when": "evening"})
    page = ward.press(ward.come(ward.first), request_id, "take-up")
    called = ("in the evening", "0400 00 00 00", "no voicemail")
    assert in_this_order(page, *called, "Record as done", "Not now", "What to say", "What the law says", "So far")


def test_what_cannot_be_taken_back_is_read_before_its_button(ward: Ward) -> None:
    case_id = ward.case()
    ward.thing(case_id, law.ItemKind.CLOTHES, "K2")
    request_id = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    nurse, other = ward.come(ward.first), ward.come(ward.other)
    page = ward.look(nurse, request_id)
    nothing_yet = ("I will handle this", "Not now", "clothes, bag K2", "Steps left", "So far")
    assert in_this_order(page, *nothing_yet)
    ward.press(nurse, request_id, "take-up")
    ward.clock.forward(days=7, minutes=1)
    nurse = ward.come(ward.first)
    read = ("clothes, bag K2", "What the law says", "Nothing stands in the way.", "What to say")
    page = ward.look(nurse, request_id)
    assert in_this_order(page, "Not now", "Confirm with the person", *read, "Record that the person", "So far")
    ward.press(nurse, request_id, "confirm", means="voice")
    other = ward.come(ward.other)
    page = ward.look(other, request_id)
    assert in_this_order(page, "Not now", "Sign as the second member", *read, "I checked the request", "So far")
    page = ward.press(other, request_id, "sign", attest="1")
    assert in_this_order(page, "Not now", "Record the destruction", *read, "Day of the act", "Record as destroyed")


def test_no_page_shows_a_key(ward: Ward) -> None:
    for number, kind in enumerate((*law.ABOUT_EVIDENCE, law.RequestKind.CONTACT_ME)):
        request_id = ward.ask(ward.case(f"REF-{number}"), kind)
        nurse = ward.come(ward.first)
        ward.press(nurse, request_id, "take-up")
        for language in LANGUAGES:
            page = nurse.get(f"/{language}/team/r/{request_id}")
            assert not [word for word in page.main.split() if word.startswith(("work.", "agreed.", "thing.", "note."))]


def test_the_moment_is_said_in_brussels(ward: Ward) -> None:
    ward.clock.moment = datetime(2026, 8, 1, 23, 30, tzinfo=UTC)
    request_id = ward.ask(ward.case(), law.RequestKind.CONTACT_ME)
    assert "2 August 2026 at 01:30" in ward.look(ward.come(ward.first), request_id).main
