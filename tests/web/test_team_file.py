"""The text for the patient file: of every kind of request, wherever it stands, in the words of its own page."""

import re
from collections.abc import Iterator

import pytest

from portal import law
from portal.law.course import Course, Means, State, Step, steps_from, table_of
from portal.library import LANGUAGES
from portal.records.cases import note_viewing
from portal.records.database import Database
from portal.records.requests import Outcome
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Page, Reader
from tests.records.desk import ACT, Kind
from tests.web.house import House

NOT_DONE = Outcome(reason="not-reached", remedy="to ask again")
RAW = re.compile(r"\b[a-z_]+\.[a-z_-]+|\bNone\b")
ASKED = [Kind.END_OF_PERIOD, *law.HERS]  # the others are only told of
LATE = frozenset({Kind.EXTENSION, Kind.END_OF_PERIOD})  # past the period: only then is an extension not given
TWO = frozenset({Step.SIGN, Step.CARRY_OUT})  # by whoever did not confirm


@pytest.fixture
def house(app_database: Database, clock: StillClock, team: Team) -> House:
    return House(app_database, clock, team)


@pytest.fixture
def nurse(reader: Reader, team: Team, clock: StillClock) -> Reader:
    reader.sign_in(team, clock(), "en")
    return reader


def ways(kind: Kind) -> Iterator[tuple[Step, ...]]:
    """Every way to every state of a kind, with no step made twice."""
    waiting: list[tuple[Step, ...]] = [()]
    while waiting:
        steps = waiting.pop()
        yield steps
        state = State.ASKED
        for step in steps:
            state = table_of(kind)[state][step]
        onward = set(steps_from(Course(kind, state))) - {*steps, Step.REOPEN, Step.END_WAITING}
        waiting += [(*steps, step) for step in sorted(onward)]


def walk(house: House, kind: Kind, *steps: Step) -> str:
    """Bring a request of a new case where these steps lead; return its id."""
    house.with_contact(f"{kind}-{'-'.join(steps)}"[-40:], "2026-01-05" if kind in LATE else "2026-05-11")
    asked = house.ask(kind, asked_by=house.second)
    for step in steps:
        by = house.nurse if step in TWO else house.second
        house.move(asked, step, by, outcome={Step.CARRY_OUT: ACT, Step.DECLINE: NOT_DONE}.get(step))
    return asked


def text_of(nurse: Reader, house: House, language: str = "en") -> str:
    note_viewing(house.database, house.centre_id, house.nurse, house.case_id, house.clock())
    return nurse.get(f"/{language}/team/c/{house.case_id}/file").one("textarea").text or ""


@pytest.mark.parametrize("kind", ASKED)
def test_no_word_of_the_machine_stands_in_the_text(nurse: Reader, house: House, kind: Kind) -> None:
    for steps in ways(kind):
        walk(house, kind, *steps)
        for language in LANGUAGES:
            assert RAW.findall(text_of(nurse, house, language)) == [], (language, steps)


@pytest.mark.parametrize("means", list(Means))
def test_every_way_to_speak_with_her_has_its_words(nurse: Reader, house: House, means: Means) -> None:
    asked = walk(house, Kind.RESTITUTION, Step.TAKE_UP)
    house.move(asked, Step.CONFIRM, house.second, means=means)
    for language in LANGUAGES:
        assert RAW.findall(text_of(nurse, house, language)) == []


def test_the_end_of_a_period_is_nothing_that_she_asked(nurse: Reader, house: House) -> None:
    walk(house, Kind.END_OF_PERIOD, Step.CONFIRM, Step.SIGN, Step.CARRY_OUT)
    text = text_of(nurse, house)
    assert "Proposed on " in text
    assert "second-of-nurse-north looked at each thing on " in text
    assert "Day of the act: 1 August 2026." in text
    assert "in person" not in text
    walk(house, Kind.END_OF_PERIOD, Step.CANCEL)
    text = text_of(nurse, house)
    assert "– Withdrawn" in text
    assert "second-of-nurse-north withdrew the proposal on " in text
    assert "word" not in text


def test_what_she_cancelled_herself_is_said_so(nurse: Reader, house: House) -> None:
    house.with_contact("HERS")
    house.cancel(house.ask(Kind.DESTRUCTION))
    text = text_of(nurse, house)
    assert "with the link and the code. Number" in text
    assert "Cancelled on " in text


@pytest.mark.parametrize("kind", [Kind.DESTRUCTION, Kind.END_OF_PERIOD])
def test_the_text_says_what_the_page_of_the_request_says(nurse: Reader, house: House, kind: Kind) -> None:
    asked = walk(house, kind, *([Step.TAKE_UP] if kind is Kind.DESTRUCTION else []), Step.CONFIRM, Step.SIGN)
    text = text_of(nurse, house)
    page: Page = nurse.get(f"/en/team/r/{asked}")
    said = re.findall(r"^- (.* on 1 August 2026.*)$", text, re.MULTILINE)
    assert len(said) == (3 if kind is Kind.DESTRUCTION else 2)
    assert all(one in page.main for one in said)
