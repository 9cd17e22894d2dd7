"""A ward with work of every kind, and every form that its pages show: what an enemy of the forms begins with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse
from wtforms import Form
from wtforms.fields.core import UnboundField

from portal import law
from portal.access.links import Power, make_link
from portal.access.people import invite
from portal.access.roles import Role
from portal.access.team import add_member
from portal.law.course import Doing, Step
from portal.records import contacts, requests
from portal.records.auditing import note_viewing as note_journal
from portal.records.cases import Why, note_viewing
from portal.records.choices import Contact
from portal.records.models import Staff
from portal.records.notes import set_hold
from tests.conftest import Team
from tests.reader import Reader
from tests.web.test_team_steps import Ward

USUAL = {"date": "2026-07-30", "text": "some words"}
STRANGER, HER = "stranger", "her"
DEEPEST = 5
OPEN_TO: dict[str, tuple[str, ...]] = {
    STRANGER: ("/en/p/", "/en/f/", "/en/l/", "/en/team/in", "/en/team/join/"),
    HER: ("/en/m/",),
    Role.AUDITOR: ("/en/team/journal",),
}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Sheet:
    """A form as a page shows it: who sees it, where it goes, and what each field can say."""

    who: str
    action: str
    rule: str
    fields: Mapping[str, tuple[str, ...]]

    def filled(self) -> dict[str, Any]:
        """Return what is sent where the first that each field offers is chosen."""
        return {name: offered[0] for name, offered in self.fields.items() if offered}


@dataclass
class Crowd:
    """Everybody who has a form before them, each by a cookie: what one sends takes no session from another."""

    app: Flask
    cookies: dict[str, str]
    ids: dict[str, str]

    def ask(self, who: str, path: str, method: str = "GET", **sent: Any) -> TestResponse:
        """Send one request as somebody."""
        headers = {**SAME_ORIGIN, **sent.pop("headers", {})}
        if cookie := self.cookies.get(who):
            headers.setdefault("Cookie", cookie)
        return self.app.test_client(use_cookies=False).open(path, method=method, headers=headers, **sent)


def gathered(ward: Ward) -> Crowd:
    """Return a ward at work: a case with everything, requests on their way, people of every role, a person inside."""
    team, database, now = ward.first, ward.database, ward.clock
    case_id = ward.case()
    things = [ward.thing(case_id, kind, kind) for kind in (law.ItemKind.CLOTHES, law.ItemKind.SAMPLE)]
    another = Contact("sms", "0470 11 22 33", ("evening",))
    contacts.agree_contact(database, team.centre_id, case_id, ward.other.staff_id, another, now())
    link = make_link(database, team.centre_id, case_id, team.staff_id, now(), Power.EVERYTHING)
    ids = {"case_id": case_id, "token": link.token, "item_id": things[0], "code": link.code}
    ids["request_id"] = ward.ask(case_id, law.RequestKind.DESTRUCTION)
    ward.ask(case_id, law.RequestKind.CONTACT_ME)
    returned = ward.ask(case_id, law.RequestKind.RESTITUTION, (things[0],))
    requests.move(database, team.centre_id, returned, Doing(Step.TAKE_UP, ward.other.staff_id, now()))
    ids["returned"] = returned
    set_hold(database, team.centre_id, case_id, team.staff_id, now())
    cookies = {HER: _hers(ward.app, link.token, link.code)}
    for role in Role:
        cookies[role], staff_id = _at_work(ward, role)
        if role is Role.COORDINATOR:
            ids["invitation"] = invite(database, team.centre_id, staff_id, "invited", Role.NURSE, now()).token
        if role is Role.AUDITOR:
            note_journal(database, team.centre_id, staff_id, now())
        else:
            note_viewing(database, team.centre_id, staff_id, case_id, now(), Why.DATE)
    with database.reading() as session:
        ids["number"] = session.get_one(Staff, ward.other.staff_id).number
    return Crowd(ward.app, cookies, ids)


def _hers(app: Flask, token: str, code: str) -> str:
    reader = Reader(app)
    reader.send(f"/en/l/{token}", {"code": code})
    return _cookie(reader, "v")


def _at_work(ward: Ward, role: Role) -> tuple[str, str]:
    login, password = f"somebody-{role}", "a long password of somebody"
    member = add_member(ward.database, ward.first.centre_id, login, password, ward.clock(), role)
    reader = Reader(ward.app)
    who: Team = replace(ward.first, login=login, password=password, authenticator=member.authenticator)
    reader.sign_in(who, ward.clock(), "en")
    return _cookie(reader, "t"), member.staff_id


def _cookie(reader: Reader, name: str) -> str:
    cookie = reader.client.get_cookie(name)
    assert cookie is not None
    return f"{name}={cookie.value}"


def addresses(crowd: Crowd) -> Iterator[str]:
    """Return every address that can be read, with ids that are there."""
    ids = crowd.ids
    several = {"code": [str(one) for one in range(1, 10)], "request_id": [ids["request_id"], ids["returned"]]}
    for rule in crowd.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "<sealed>" in rule.rule or "/i/<" in rule.rule or "/e/<" in rule.rule:
            continue
        path = rule.rule.replace("<lang:language>", "en").replace("<any(a,b):manner>", "a").replace("<lang:desk>", "nl")
        path = path.replace("join/<token>", f"join/{ids['invitation']}").replace("<int:code>", "<code>")
        path = path.replace("<part>/<int:number>", "requests/1").replace("<int:year>", "2025")
        for name in ("token", "case_id", "item_id", "number"):
            path = path.replace(f"<{name}>", ids[name])
        for name, values in several.items():
            if f"<{name}>" in path:
                yield from (path.replace(f"<{name}>", value) for value in values)
                break
        else:
            if "<" not in path:
                yield path


def sheets(crowd: Crowd) -> list[Sheet]:
    """Return each form that anybody meets, once, following hers from question to question."""
    found: dict[tuple[str, str], Sheet] = {}
    for who in (STRANGER, HER, Role.COORDINATOR, Role.AUDITOR):
        todo = [(path, 0) for path in addresses(crowd) if _is_for(who, path)]
        while todo:
            path, depth = todo.pop()
            for sheet in _sheets_on(crowd, who, path):
                key = (sheet.rule, f"{sorted(sheet.fields)} {sheet.fields.get('answer')}")
                if key in found:
                    continue
                found[key] = sheet
                if who == HER and "/m/a/" in sheet.action and depth < DEEPEST and "answer" in sheet.fields:
                    answer = crowd.ask(who, sheet.action, "POST", data=sheet.filled())
                    todo.append((answer.headers.get("Location", "/en/m/"), depth + 1))
    return [*found.values(), *_never_shown(crowd, found.values())]


def _is_for(who: str, path: str) -> bool:
    return path.startswith(OPEN_TO.get(who, "/en/team/"))


def _sheets_on(crowd: Crowd, who: str, path: str) -> Iterator[Sheet]:
    answer = crowd.ask(who, path)
    if answer.status_code != 200 or not answer.content_type.startswith("text/html"):
        return
    reading = _Forms()
    reading.feed(answer.get_data(as_text=True))
    for told, fields in reading.found:
        if told.get("method") == "post":
            action = urlsplit(told.get("action") or path).path
            yield Sheet(who, action, rule_of(crowd.app, action), {name: tuple(one) for name, one in fields.items()})


class _Forms(HTMLParser):
    """Reads the forms of a page, quickly; whether the page is sound is checked elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str], dict[str, list[str]]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((told, {}))
        elif not self.found:
            return
        elif tag == "option":
            self.found[-1][1][self._select].append(told.get("value", ""))
        elif name := told.get("name", ""):
            self._select = name
            offered = self.found[-1][1].setdefault(name, [])
            if tag != "select":
                offered.append(told.get("value") or USUAL.get(told.get("type", "text"), "1"))


def _never_shown(crowd: Crowd, found: Iterable[Sheet]) -> Iterator[Sheet]:
    """Return a form for each address that takes one and stands on no page of this ward, with its session's token."""
    known = {sheet.rule for sheet in found}
    tokens = {who: _token(crowd, who) for who in (Role.COORDINATOR, Role.AUDITOR)}
    for rule in crowd.app.url_map.iter_rules():
        if (
            "POST" in (rule.methods or ())
            and rule.rule not in known
            and not rule.rule.startswith("/<lang:language>/m/")
        ):
            path = rule.rule.replace("<lang:language>", "en").replace("<any(cancel,again,seen):doing>", "seen")
            for name in ("token", "case_id", "item_id", "request_id", "number"):
                path = path.replace(f"<{name}>", crowd.ids[name])
            path = path.replace("<kind>/<thing_id>", f"date-7/{crowd.ids['case_id']}").replace("<message_id>", "0" * 32)
            who = Role.AUDITOR if "journal" in path else Role.COORDINATOR
            yield Sheet(who, path, rule.rule, {"token": (tokens[who],), **_names_known(crowd.app, rule.endpoint)})


def _token(crowd: Crowd, who: str) -> str:
    return next(sheet.fields["token"][0] for sheet in _sheets_on(crowd, who, "/en/team/account"))


def _names_known(app: Flask, endpoint: str) -> dict[str, tuple[str, ...]]:
    room = vars(__import__(app.view_functions[endpoint].__module__, fromlist=["x"]))
    forms = [kind for kind in room.values() if isinstance(kind, type) and issubclass(kind, Form)]
    names = {name for kind in forms for name in dir(kind) if isinstance(getattr(kind, name), UnboundField)}
    return dict.fromkeys(sorted(names), ("1",))


def rule_of(app: Flask, path: str) -> str:
    """Return the rule that takes a form sent to an address."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method="POST", return_rule=True)
    except HTTPException:
        raise AssertionError(f"a form leads to {path}, which takes none") from None
    return str(rule)
