"""Every form in every language, filled in by an enemy: never a 5xx, nothing echoed as markup, nothing changed by a 4xx.

`PORTAL_TESTS_FUZZ=5000` tries that many drawn forms instead of the usual hundred.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from portal.access.roles import Role
from portal.library.languages import LANGUAGES
from portal.records.database import Database
from tests.clock import StillClock
from tests.conftest import Team
from tests.kinds import BOTH
from tests.reader import check_headers
from tests.web.enemy import COOKIES, ECHOED, HOSTILE, IN_A_PATH, KINDS, MARKUP, Records, as_body
from tests.web.test_team_steps import Ward, second
from tests.web.ward_of_forms import HER, STRANGER, Crowd, Sheet, gathered, sheets

TRIES = int(os.environ.get("PORTAL_TESTS_FUZZ", "120"))
FORM = "application/x-www-form-urlencoded"
QUERIES = ("kept", "who", "what", "about", "days", "before", "link")


WHO = {"/m/": HER, "/journal": Role.AUDITOR, "/team/in": STRANGER, "/team/join": STRANGER, "/team": Role.COORDINATOR}


@dataclass
class Siege:
    """Everybody's forms, and what is kept, which is looked at after each request."""

    crowd: Crowd
    forms: list[Sheet]
    records: Records | None

    def send(self, sheet: Sheet, language: str, body: bytes, kind: str = FORM, **more: str) -> None:
        """Send a form as an enemy, and look at what comes of it."""
        path = f"/{language}{sheet.action[3:]}"
        told = f"{sheet.who} {path} {kind} {body[:300]!r} {more}"
        self.check(self.crowd.ask(sheet.who, path, "POST", data=body, content_type=kind, headers=more), told)

    def check(self, answer: TestResponse, told: str) -> None:
        """Hold one answer against what is promised."""
        assert answer.status_code < 500, told
        check_headers(answer)
        changed = self.records.put_back() if self.records else []
        assert answer.status_code < 400 or not changed, f"{answer.status} changed {changed}: {told}"
        text = answer.get_data(as_text=True)
        assert not [one for one in ECHOED if one in text], told
        assert "planted" not in answer.headers.get("Set-Cookie", ""), told
        leads_to = answer.headers.get("Location", "/").replace("https://neutral.example/", "/")
        assert re.match("/(?!/)|/$", leads_to), f"{leads_to}: {told}"


@pytest.fixture
def pressed() -> tuple[str, ...]:
    """No page is ready beforehand: each answer comes from the views."""
    return ()


@pytest.fixture
def crowd(app: Flask, app_database: Database, clock: StillClock, team: Team) -> Crowd:
    return gathered(Ward(app, app_database, clock, team, second(app_database, team, clock)))


@pytest.fixture
def siege(crowd: Crowd, app_database: Database) -> Iterator[Siege]:
    if app_database.engine.dialect.name != "sqlite":
        yield Siege(crowd, sheets(crowd), None)
        return
    records = Records(app_database.engine)
    forms = sheets(crowd)
    records.put_back()
    yield Siege(crowd, forms, records)
    records.close()


@BOTH
def test_every_form_filled_with_what_no_form_takes(siege: Siege) -> None:
    """In every language everything at once; and field by field, with the rest as the page offers it."""
    takes = {rule.rule for rule in siege.crowd.app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert takes == {sheet.rule for sheet in siege.forms}
    turn, languages = cycle(HOSTILE), cycle(LANGUAGES)
    for sheet in siege.forms:
        kept = {name: value for name, value in sheet.filled().items() if name == "token"}
        others = [name for name in sheet.fields if name != "token"]
        for language in LANGUAGES if others and siege.records else ():
            siege.send(sheet, language, as_body({**kept, **{name: next(turn) for name in others}}.items()))
        for name in sheet.fields:
            value = next(turn) if siege.records else "a\0b"  # what PostgreSQL takes nowhere
            siege.send(sheet, next(languages), as_body({**sheet.filled(), name: value}.items()))


def test_bodies_cookies_and_tokens_that_no_browser_sends(siege: Siege) -> None:
    kinds, cookies, languages = cycle(KINDS), cycle(COOKIES), cycle(LANGUAGES)
    for sheet in siege.forms:
        body = as_body(sheet.filled().items())
        siege.send(sheet, next(languages), b"")
        siege.send(sheet, next(languages), body, next(kinds))
        siege.send(sheet, next(languages), body, Cookie=next(cookies))
        siege.send(sheet, next(languages), body + b"&" + body.replace(b"=", b"[]=") + b"&" + body)
        files = {name: (BytesIO(b"planted"), f"{MARKUP[0]}.php") for name in sheet.fields}
        siege.check(siege.crowd.ask(sheet.who, sheet.action, "POST", data=files), f"files to {sheet.action}")


@profile(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_filled_in(siege: Siege, data: st.DataObject) -> None:
    sheet = data.draw(st.sampled_from(siege.forms))
    anything = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), max_size=60))
    fields: list[tuple[str, str | bytes]] = []
    for name, offered in sheet.fields.items():
        said = st.sampled_from(offered or ("",))
        one = said if name == "token" else st.one_of(said, anything)
        fields += [(name, value) for value in data.draw(st.lists(one, min_size=name == "token", max_size=2))]
    siege.send(sheet, data.draw(st.sampled_from([*LANGUAGES])), as_body(fields))


@BOTH
def test_each_part_of_each_address_and_each_question_behind_it(siege: Siege) -> None:
    tokens = {sheet.who: sheet.fields["token"][0] for sheet in siege.forms if "token" in sheet.fields}
    hostile, languages = cycle(HOSTILE), cycle(LANGUAGES)
    for rule in siege.crowd.app.url_map.iter_rules():
        who = next((one for part, one in WHO.items() if part in rule.rule), STRANGER)
        methods = sorted((rule.methods or set()) & {"GET", "POST"})
        for path in _addresses(rule.rule.replace("<lang:language>", next(languages))):
            for method in methods:
                sent = {"data": {"token": tokens.get(who, "")}} if method == "POST" else {}
                siege.check(siege.crowd.ask(who, path, method, **sent), f"{who} {method} {path}")
            query = as_body([(name, next(hostile)) for name in QUERIES]).decode()
            if "GET" in methods and len(query) < 2000:
                siege.check(siege.crowd.ask(who, f"{path}?{query}"), f"{who} {path}?{query}")


def _addresses(rule: str) -> list[str]:
    """Return an address for each hostile part, or the address itself where it has no part that changes."""
    return sorted({re.sub("<[^>]+>", hostile, rule) for hostile in IN_A_PATH})
