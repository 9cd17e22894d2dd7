"""headers.toml, held against every route, by every method, at every status: a change of a header is a diff."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response, request
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from portal.access.hashing import BusyError
from portal.access.roles import Role
from portal.records.database import Database
from portal.settings import Settings
from portal.web.safety import LARGEST_BODY, with_headers
from tests.clock import StillClock
from tests.conftest import Team
from tests.reader import Reader
from tests.web.test_routes import address
from tests.web.test_team_steps import Ward, second
from tests.web.ward_of_forms import HER, STRANGER, Crowd, gathered, sheets

TABLE: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "headers.toml").read_text(encoding="utf-8"))
HASH = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
PRIVATE = re.compile(r"/[a-z]{2}/(team|m|l)/")
BREAKS: dict[str, type[Exception]] = {"429": TooManyRequests, "500": RuntimeError, "503": BusyError}
STATUSES = {200, 303, 400, 403, 404, 405, 410, 413, 422, 429, 500, 503}
EVERYWHERE = {403, 413, 422, 429, 500, 503}  # where forms are sent to, in each part

ENDS_SOMETHING = ("/out", "/disable", "/invite", "/link", "/link/end")  # that the next ones need


@pytest.fixture
def pressed() -> tuple[str, ...]:
    """No page is ready beforehand: each answer comes from the views."""
    return ()


@pytest.fixture
def crowd(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Crowd:
    app.before_request_funcs.setdefault(None, []).append(_break_where_asked)
    return gathered(Ward(app, app_database, clock, team, second(app_database, team, clock)))


def _break_where_asked() -> None:
    """Fail as the test wishes: as nobody foresaw, as too many at once, as too often."""
    if wanted := request.headers.get("X-Break"):
        raise BREAKS[wanted]


def test_every_answer_of_every_route_has_the_headers_of_the_table(crowd: Crowd) -> None:
    met: dict[str, set[int]] = {}
    wrong: dict[str, str] = {}
    for path, method, answer in _answers(crowd):
        for difference in differences(path, answer):
            wrong.setdefault(difference, f"{method} {path} {answer.status}")
        met.setdefault(f"{method} {_area(path)}", set()).add(answer.status_code)
    assert not wrong
    assert set().union(*met.values()) == STATUSES
    missing = {area: EVERYWHERE - met[f"POST {area}"] for area in ("p", "f", "l", "m", "team")}
    assert not any(missing.values()), missing


def _answers(crowd: Crowd) -> Iterator[tuple[str, str, TestResponse]]:
    for sheet in sheets(crowd):
        if sheet.action.endswith(ENDS_SOMETHING):
            continue
        filled = sheet.filled()
        nothing = {name: value for name, value in filled.items() if name == "token"}
        for data in (nothing, filled) if sheet.who == HER else (filled,):
            yield sheet.action, "POST", crowd.ask(sheet.who, sheet.action, "POST", data=data)
    for rule in crowd.app.url_map.iter_rules():
        path = address(rule.rule, crowd.ids["case_id"], crowd.ids["request_id"])
        who = next((one for part, one in WHO.items() if path.startswith(part)), STRANGER)
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield path, method, crowd.ask(who, path, method)
        yield path, "PUT", crowd.ask(who, path, "PUT")
        if "POST" in (rule.methods or ()):
            for headers in (
                {"Sec-Fetch-Site": "cross-site"},
                {"X-Break": "429"},
                {"X-Break": "500"},
                {"X-Break": "503"},
            ):
                yield path, "POST", crowd.ask(who, path, "POST", headers=headers)
            yield path, "POST", crowd.ask(who, path, "POST", data={"token": "x" * LARGEST_BODY})
    yield "/en/nothing", "GET", crowd.ask(STRANGER, "/en/nothing")


WHO = {"/en/team/journal": Role.AUDITOR, "/en/team/in": STRANGER, "/en/team": Role.COORDINATOR, "/en/m/": HER}


def _area(path: str) -> str:
    return path.split("/")[2] if path.count("/") > 2 else ""


def differences(path: str, answer: TestResponse) -> Iterator[str]:
    """Return what one answer says otherwise than the table."""
    wanted = dict(TABLE["every"])
    if path.startswith("/en/team") and answer.status_code != 405:  # who asks in another way is led to no view
        wanted |= TABLE["team"]
    if PRIVATE.match(path) or (answer.status_code >= 400 and answer.status_code != 422):
        wanted |= TABLE["private"]
    said = {name: HASH.sub("<hash>", value) for name, value in answer.headers}
    for name in (said.keys() | wanted.keys()) - TABLE["may"].keys():
        if said.get(name) != wanted.get(name):
            yield f"{name}: {said.get(name)}"
    for name, value in answer.headers:
        if name in TABLE["may"] and not re.fullmatch(TABLE["may"][name], value):
            yield f"{name}: {value}"


def test_over_https_every_answer_asks_for_https_for_a_year(app: Flask, settings: Settings) -> None:
    for base_url, wanted in (("https://after.example", TABLE["https"]), ("http://localhost", {})):
        with app.test_request_context("/fr/"):
            answer = with_headers(Response("x"), "default-src 'none'", replace(settings, base_url=base_url))
        assert {name: value for name, value in answer.headers if name == "Strict-Transport-Security"} == wanted


def test_no_answer_lets_another_site_read_it(reader: Reader) -> None:
    for method in ("GET", "OPTIONS", "POST"):
        answer = reader.client.open("/fr/f/", method=method, headers={"Origin": "https://elsewhere.example"})
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control-")]
