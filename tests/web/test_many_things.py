"""Many things: an address carries each that a case lists; with more than that she is told, and chooses nothing anew."""

from collections.abc import Sequence
from datetime import date

import pytest

from portal import law
from portal.access.links import Power, make_link
from portal.records import requests
from portal.records.cases import open_case
from portal.records.database import Database
from portal.records.items import MOST, write_item
from portal.web.followup.carried import packed, unpacked
from portal.web.sealing import LONGEST
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Reader

SHIRT = law.Item(law.ItemKind.CLOTHES, date(2026, 5, 11))
FULL = "The list has 100 things already"


class Kept:
    """A case with many things, and her space."""

    def __init__(self, database: Database, team: Team, case_id: str, clock: StillClock, reader: Reader) -> None:
        self.database, self.team, self.case_id, self.clock, self.reader = database, team, case_id, clock, reader

    def put_in(self, many: int) -> list[str]:
        """Write as many things as are asked, whatever a nurse could add: a case may come from elsewhere."""
        with self.database.writing(self.team.centre_id) as session:
            case = open_case(self.database, session, self.team.centre_id, self.case_id)
            assert case is not None
            key = self.database.case_key(session, case.record)
            by, now = self.team.staff_id, self.clock()
            return [write_item(session, key, case.record, by, SHIRT, f"K{one}", now) for one in range(many)]

    def marks(self) -> list[str]:
        with self.database.reading(self.team.centre_id) as session:
            case = open_case(self.database, session, self.team.centre_id, self.case_id)
        assert case is not None
        return [one.mark for one in case.here]

    def open(self) -> None:
        link = make_link(
            self.database, self.team.centre_id, self.case_id, self.team.staff_id, self.clock(), Power.EVERYTHING
        )
        self.reader.open_space(link, "en")

    def answer(self, address: str, **given: str | Sequence[str]) -> str:
        return self.reader.send(address, {"token": self.reader.get(address).token(), **given})

    def asked_about(self) -> set[str]:
        with self.database.reading(self.team.centre_id) as session:
            case = open_case(self.database, session, self.team.centre_id, self.case_id)
            assert case is not None
            (record,) = requests.of_case(session, self.case_id)
            return set(requests.read(self.database, session, case, record).wish.items or ())


@pytest.fixture
def kept(app_database: Database, team: Team, case_id: str, clock: StillClock, reader: Reader) -> Kept:
    return Kept(app_database, team, case_id, clock, reader)


def test_each_of_as_many_things_as_a_case_lists_can_be_destroyed_by_one_request(kept: Kept) -> None:
    things = kept.put_in(MOST)
    kept.open()
    to = kept.answer("/en/m/a/3/", answer="some")
    to = kept.answer(to, answer=things)
    assert all(f" K{one}" in kept.reader.get(to).main for one in range(MOST))
    kept.answer(to)
    assert kept.asked_about() == set(things)


def test_each_of_as_many_things_as_a_case_lists_can_be_asked_back_by_one_request(kept: Kept) -> None:
    things = kept.put_in(MOST)
    wishes = {thing: ("return", "keep", "not-now", "return")[at % 4] for at, thing in enumerate(things)}
    kept.open()
    to = kept.answer("/en/m/a/4/", **{f"thing-{thing}": wish for thing, wish in wishes.items()})
    to = kept.answer(to, answer="centre")
    kept.answer(to)
    assert kept.asked_about() == {thing for thing, wish in wishes.items() if wish == "return"}


def test_with_more_things_than_an_address_carries_she_is_told_and_her_choice_stays(kept: Kept) -> None:
    things = kept.put_in(2 * MOST)
    kept.open()
    to = kept.answer("/en/m/a/3/", answer="some")
    page = kept.reader.post(to, {"token": kept.reader.get(to).token(), "answer": things[1:]}, status=422)
    assert "These are more things than one request can carry here." in page.main
    ticked = {box.get("value") for box in page.all("input") if box.get("checked") is not None}
    assert ticked == set(things[1:])
    to = "/en/m/a/4/"
    given = {"token": kept.reader.get(to).token(), **{f"thing-{thing}": "return" for thing in things}}
    page = kept.reader.post(to, given, status=422)
    assert "These are more things than one request can carry here." in page.main
    assert {box.get("value") for box in page.all("input") if box.get("checked") is not None} == {"return"}


def test_a_nurse_is_told_that_the_list_is_full_and_nothing_is_added(kept: Kept) -> None:
    kept.put_in(MOST)
    kept.reader.sign_in(kept.team, kept.clock(), "en")
    page = kept.reader.get(f"/en/team/c/{kept.case_id}")
    where, typed = f"/en/team/c/{kept.case_id}/thing", {"thing": "clothes", "taken_on": "2026-05-11"}
    token = page.token()
    told = kept.reader.post(where, {"token": token, **typed, "mark": "NEW"}, status=422)
    assert FULL in told.main
    assert "NEW" in {field.get("value") for field in told.all("input")}
    kept.reader.send(where, {"token": token, **typed, "mark": "K7"})  # the same bag, pressed again
    assert sorted(kept.marks()) == sorted(f"K{one}" for one in range(MOST))


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"copy-what": "report", "copy-how": "professional", "copy-who": "Dr Elias"},
        {"destruction-which": "some", "destruction-items": ["00" * 16, "ff" * 16, "0f" * 16]},
        {"restitution-items": {"00" * 16: "keep", "ff" * 16: "return"}, "restitution-where": "talk"},
        {"needs-what": ["language", "other"], "needs-text": ""},
        {"reminder-whether": "no"},
    ],
)
def test_answers_come_back_as_they_were_given_and_in_their_order(answers: dict[str, object]) -> None:
    back = unpacked(packed(answers))
    assert back == answers
    assert list(back) == list(answers)


def test_what_an_address_carries_passes_a_server_that_reads_lines_of_4094_letters() -> None:
    assert len("POST /fr/m/a/99/ HTTP/1.1\r\n") + LONGEST <= 4094
