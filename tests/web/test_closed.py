"""Started while the records are away: who reads is served, and the records open once they were looked at."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.access.links import NewLink
from portal.web.closed import Closed
from tests.reader import Reader


class Look:
    """What looking at the records finds, in turn."""

    def __init__(self, *finds: bool) -> None:
        self.finds, self.times = list(finds), 0

    def __call__(self) -> bool:
        self.times += 1
        if not self.finds:
            raise OperationalError("", {}, Exception("away"))
        return self.finds.pop(0)


def closed(app: Flask, look: Look) -> Reader:
    app.before_request(Closed(look).refuse)
    return Reader(app)


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_who_reads_is_served_and_the_rest_says_so(app: Flask, link: NewLink, language: str) -> None:
    reader = closed(app, Look())
    reader.get(f"/{language}/")
    for path in (f"/{language}/l/{link.token}", f"/{language}/team/in"):
        page = reader.get(path, status=503)
        assert page.one("html").get("lang") == language
        assert page.response.headers["Cache-Control"] == "no-store"


def test_a_nurse_is_told_what_a_nurse_can_do_and_a_person_what_she_can(app: Flask, link: NewLink) -> None:
    reader = closed(app, Look())
    hers, nurses = (reader.get(path, status=503) for path in (f"/en/l/{link.token}", "/en/team/in"))
    assert "call your centre or go there" in hers.main
    assert "/en/p/" in hers.links
    assert "work on paper" in nurses.main
    assert "your centre or go there" not in nurses.main
    assert "/en/team/first" in nurses.links


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_from_a_page_that_is_not_there_a_nurse_gets_back_to_work(app: Flask, language: str) -> None:
    assert f"/{language}/team/first" in Reader(app).get(f"/{language}/team/nothing", status=404).links
    assert f"/{language}/team/first" not in Reader(app).get(f"/{language}/nothing", status=404).links


def test_records_of_another_version_stay_closed_and_others_are_looked_at_once(app: Flask, link: NewLink) -> None:
    look = Look(False, True)
    reader = closed(app, look)
    reader.get(f"/fr/l/{link.token}", status=503)
    for _ in range(3):
        reader.get(f"/fr/l/{link.token}")
    assert look.times == 2


class Overtaken(Closed):
    """Another request finds the records good between any two times that this one asks how to look."""

    _next: Callable[[], bool] | None

    @property
    def _look(self) -> Callable[[], bool] | None:
        found, self._next = self._next, None
        return found

    @_look.setter
    def _look(self, look: Callable[[], bool] | None) -> None:
        self._next = look


def test_two_requests_that_find_the_records_good_at_once_are_both_served(app: Flask, link: NewLink) -> None:
    app.before_request(Overtaken(Look(True)).refuse)
    Reader(app).get(f"/fr/l/{link.token}")
