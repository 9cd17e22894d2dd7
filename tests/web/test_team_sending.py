"""A nurse sends: shown beforehand to the letter, one press, one person; and what did not go out comes back to her."""

import logging
from dataclasses import replace

import pytest
from flask import Flask

from portal.access.links import NewLink
from portal.law import RequestKind
from portal.library import LANGUAGES, Library
from portal.messages import Deliverer
from portal.records import outbox, requests
from portal.records.choices import Contact, Reminder, change_choices
from portal.records.database import Database
from portal.records.models import JournalLine, Message
from portal.records.outbox import Kind, State
from portal.records.recipients import Channel
from portal.settings import MailServer, Security, Settings, SmsGateway
from tests.agreeing import agreed
from tests.clock import StillClock
from tests.conftest import Team, make_case
from tests.messages.post import DIALLED, NUMBER, Post, Way
from tests.reader import Page, Reader
from tests.test_privacy import stolen

MAIL = MailServer("mail.example", 465, Security.TLS, "Après <info@after.example>")
SMS = SmsGateway("https://gateway.example/send", "Info", "a-secret-token-of-the-gateway")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, mail=MAIL, sms=SMS)


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


@pytest.fixture
def path(case_id: str, app_database: Database, team: Team, clock: StillClock) -> str:
    agree(app_database, team, clock, case_id)
    return f"/en/team/c/{case_id}"


def agree(
    database: Database,
    team: Team,
    clock: StillClock,
    case_id: str,
    way: str = "sms",
    to: str = NUMBER,
    hours: tuple[str, ...] = ("any",),
) -> None:
    contact = Contact(way, to, hours)
    agreed(database, team.centre_id, case_id, contact, clock())


def make_link(nurse: Reader, path: str) -> Page:
    nurse.send(f"{path}/open", {"token": nurse.get("/en/team/new").token(), "why": "case-viewed-file"})
    return nurse.post(f"{path}/link", {"token": nurse.get(path).token(f"{path}/link"), "power": "extend"})


def token_on(page: Page) -> str:
    """Return the token on a card, where it stands in groups."""
    (address,) = [one for one in page.all("p") if one.get("class") == "address"]
    token = "".join(address.itertext()).rsplit("/", 1)[1]
    assert len(token) == 22
    return token


def fields(page: Page, action: str, kind: str | None = None) -> dict[str, str]:
    for form in page.all("form"):
        data = {
            field.get("name", ""): field.get("value", "") for field in form.iter("{http://www.w3.org/1999/xhtml}input")
        }
        if form.get("action") == action and kind in (None, data.get("kind")):
            return data
    raise AssertionError(f"no form for {action} {kind}")


def messages(database: Database) -> list[Message]:
    with database.reading() as session:
        return session.query(Message).order_by(Message.made_at).all()


def deliver(app: Flask, clock: StillClock, *ways: Way) -> Post:
    post = Post(clock)
    post.ways += ways
    library: Library = app.extensions["portal-library"]
    Deliverer(app.extensions["portal"].database, library, dict.fromkeys(Channel, post), clock).run()
    return post


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_is_sent_with_one_press_and_the_code_stays_in_sight(
    app: Flask, reader: Reader, team: Team, clock: StillClock, app_database: Database, language: str
) -> None:
    case_id = make_case(app_database, clock, team, language=language)
    agree(app_database, team, clock, case_id)
    reader.sign_in(team, clock(), language)
    path = f"/{language}/team/c/{case_id}"
    made = reader.post(f"{path}/link", {"token": reader.get(f"/{language}/team/new").token(), "power": "extend"})
    assert "Info" in made.main  # the sender she will see
    assert "+32 470 12 34 56" in made.main
    address = next(word for word in made.main.split() if "/l/" in word)
    sent = reader.post(f"{path}/send", fields(made, f"{path}/send"))
    assert address in sent.main  # link and code are shown nowhere else
    assert "".join(made.main.split()) != "".join(sent.main.split())
    reader.post(f"{path}/send", fields(made, f"{path}/send"))  # pressed twice
    [message] = messages(app_database)
    assert (message.kind, message.channel, message.state) == (Kind.LINK, Channel.SMS, State.WAITING)
    [(_, left)] = deliver(app, clock).left
    assert left.to == DIALLED
    assert left.text in made.main  # to the letter
    assert address in left.text


def test_the_token_travels_sealed_and_in_no_address(nurse: Reader, path: str) -> None:
    made = make_link(nurse, path)
    token = token_on(made)
    assert [value for value in fields(made, f"{path}/send").values() if token in value] == []
    assert [
        each for each in (*made.links, *(form.get("action") or "" for form in made.all("form"))) if token in each
    ] == []


def test_what_was_sealed_serves_this_session_this_case_and_one_hour(
    app: Flask, nurse: Reader, team: Team, path: str, app_database: Database, clock: StillClock
) -> None:
    made = make_link(nurse, path)
    sealed = fields(made, f"{path}/send")
    other = f"/en/team/c/{make_case(app_database, clock, team, 'REF-2')}"
    nurse.post(f"{other}/send", sealed, status=422)
    clock.forward(minutes=1)
    again = Reader(app)
    token = again.sign_in(team, clock(), "en").token()
    again.post(f"{path}/send", {**sealed, "token": token}, status=422)
    for _ in range(5):
        clock.forward(minutes=13)
        nurse.get("/en/team/")
    nurse.send(f"{path}/open", {"token": nurse.get("/en/team/new").token(), "why": "case-viewed-file"})
    late = nurse.post(f"{path}/send", sealed, status=422)
    assert "An hour has passed" in late.main
    assert messages(app_database) == []


def test_a_link_replaced_meanwhile_is_not_sent(nurse: Reader, path: str, app_database: Database) -> None:
    made = make_link(nurse, path)
    make_link(nurse, path)
    page = nurse.post(f"{path}/send", fields(made, f"{path}/send"))
    assert "The link it carries has ended." in page.main
    assert messages(app_database) == []


def test_a_reminder_is_offered_where_she_wished_one_and_shown_to_the_letter(
    app: Flask, nurse: Reader, team: Team, case_id: str, path: str, app_database: Database, clock: StillClock
) -> None:
    make_link(nurse, path)
    assert "The person wishes no written reminder" not in nurse.get(path).main
    assert "Send the reminder" not in nurse.get(path).main
    reminder = Reminder("write", "evening")
    change_choices(app_database, team.centre_id, case_id, team.staff_id, clock(), reminder=reminder)
    page = nurse.get(path)
    wording = "Bonjour. Voici le rappel que vous avez souhaité."
    assert wording in page.main
    assert "It leaves from 1 August 2026 at 17:00" in page.main
    form = fields(page, f"{path}/send", "reminder")
    for _ in range(2):
        assert nurse.send(f"{path}/send", form) == f"{path}#messages"
    assert "Waits, leaves from 1 August 2026 at 17:00" in nurse.get(path).main
    assert deliver(app, clock).left == []
    clock.forward(minutes=14)
    nurse.get(path)
    clock.forward(hours=5)
    assert wording in deliver(app, clock).left[0][1].text
    assert [message.state for message in messages(app_database)] == [State.SENT]


def test_what_waits_can_be_taken_back(nurse: Reader, path: str, app_database: Database) -> None:
    make_link(nurse, path)
    nurse.send(f"{path}/send", fields(nurse.get(path), f"{path}/send", "call"))
    [message] = messages(app_database)
    action = f"/en/team/m/{message.id}/cancel"
    for _ in range(2):
        token = nurse.get(path).token()
        assert nurse.send(action, {"token": token}) == f"{path}#messages"
    assert "A member of the team took it back." in nurse.get(path).main


def test_who_stopped_messages_gets_none_and_the_page_says_so(
    nurse: Reader, team: Team, case_id: str, path: str, app_database: Database, clock: StillClock
) -> None:
    made = make_link(nurse, path)
    requests.ask(app_database, team.centre_id, case_id, requests.Wish(RequestKind.STOP_MESSAGES), clock())
    page = nurse.post(f"{path}/send", fields(made, f"{path}/send"))
    assert "The person wants no messages." in page.main
    assert "The person wants no messages." in nurse.get(path).main
    nurse.send(f"{path}/send", {"token": page.token(), "kind": "call"})
    assert messages(app_database) == []


def test_what_did_not_go_out_stands_open_on_the_case_until_somebody_deals_with_it(
    app: Flask, nurse: Reader, team: Team, path: str, app_database: Database, clock: StillClock
) -> None:
    made = make_link(nurse, path)
    nurse.post(f"{path}/send", fields(made, f"{path}/send"))
    nurse.send(f"{path}/send", fields(nurse.get(path), f"{path}/send", "call"))
    deliver(app, clock, Way.REFUSES, Way.LOSES)
    page = nurse.get(path)
    for words in ("Not sent.", "takes no messages", "Perhaps sent.", "may arrive twice"):
        assert words in page.main
    refused, unsure = sorted(messages(app_database), key=lambda message: message.state)
    assert nurse.send(f"/en/team/m/{unsure.id}/seen", {"token": page.token()}) == f"{path}#messages"
    assert nurse.send(f"/en/team/m/{refused.id}/again", {"token": page.token()}) == f"{path}#messages"
    with app_database.reading() as session:
        assert outbox.undelivered(session, team.centre_id) == []
    assert len(deliver(app, clock).left) == 1
    # From the page of the day it leads back to the day.
    assert nurse.send(f"/en/team/m/{unsure.id}/seen", {"token": page.token(), "back": "today"}) == "/en/team/"


def test_a_link_that_ended_is_not_offered_again(
    app: Flask, nurse: Reader, path: str, app_database: Database, clock: StillClock
) -> None:
    made = make_link(nurse, path)
    nurse.post(f"{path}/send", fields(made, f"{path}/send"))
    deliver(app, clock, Way.REFUSES)
    make_link(nurse, path)
    page = nurse.get(path)
    assert "The link it carries has ended." in page.main
    [message] = messages(app_database)
    assert f"/en/team/m/{message.id}/again" not in page.text
    nurse.send(f"/en/team/m/{message.id}/again", {"token": page.token()})
    assert len(messages(app_database)) == 1


def test_an_e_mail_shows_its_subject(
    nurse: Reader, team: Team, case_id: str, path: str, app_database: Database, clock: StillClock
) -> None:
    agree(app_database, team, clock, case_id, "email", "somebody@example.org")
    page = make_link(nurse, path)
    for words in ("Après <info@after.example>", "somebody@example.org", "Votre information"):
        assert words in page.main


def test_a_hand_made_kind_is_not_taken(nurse: Reader, path: str) -> None:
    nurse.post(f"{path}/send", {"token": nurse.get("/en/team/new").token(), "kind": "anything"}, status=400)


@pytest.mark.parametrize(
    ("way", "to", "asked"),
    [
        ("sms", "0470 12 34 56 in the evening", "one mobile number"),
        ("sms", "02 123 45 67", "one mobile number"),
        ("email", "a@example.org, b@example.org", "one address"),
    ],
)
def test_a_contact_for_messages_is_one_number_or_one_address(
    nurse: Reader, case_id: str, app_database: Database, way: str, to: str, asked: str
) -> None:
    path = f"/en/team/c/{case_id}"
    data = {"token": nurse.get("/en/team/new").token(), "way": way, "to": to, "hours": "any"}
    page = nurse.post(f"{path}/contact", data, status=422)
    assert asked in page.main
    assert to in page.text  # what was typed is kept


def test_number_and_token_stand_in_no_log_no_journal_and_no_clear_column(
    app: Flask,
    nurse: Reader,
    path: str,
    app_database: Database,
    settings: Settings,
    clock: StillClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for logger in ("", "sqlalchemy", "portal"):
        caplog.set_level(logging.DEBUG, logger=logger or None)
    made = make_link(nurse, path)
    token = token_on(made)
    nurse.post(f"{path}/send", fields(made, f"{path}/send"))
    planted = (token, DIALLED, NUMBER, "Votre information", SMS.token)
    thief = stolen(app_database, settings)
    deliver(app, clock)
    thief += stolen(app_database, settings)
    with app_database.reading() as session:
        journal = str([(line.actor, line.action, line.subject) for line in session.query(JournalLine)])
    assert "INSERT INTO message" in caplog.text
    for secret in planted:
        assert secret not in caplog.text
        assert secret not in journal
        assert secret.encode() not in thief
    assert SMS.token not in repr(settings)


def test_without_a_way_out_cards_are_printed(
    app: Flask, nurse: Reader, path: str, app_database: Database, link: NewLink
) -> None:
    rooms = app.extensions["portal"]
    app.extensions["portal"] = replace(rooms, senders={})
    page = make_link(nurse, path)
    assert "Give the printed card in person." in page.main
    assert f"{path}/send" not in page.text
    assert "Ask to call back" not in nurse.get(path).main
    nurse.send(f"{path}/send", {"token": page.token(), "kind": "call"})
    assert messages(app_database) == []
