"""The one test client. Whatever a test asks for, the answer is first held against the rules of the house."""

import re
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from portal.access.links import NewLink
from portal.library.languages import LANGUAGES
from portal.library.words import TELLING
from portal.web.languages import TRANSLATIONS

XHTML = "{http://www.w3.org/1999/xhtml}"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def keys_of(language: str) -> set[str]:
    """Return the keys of a catalogue."""
    text = (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")
    return set(re.findall(r'^msgid "([^"]+)"', text, re.MULTILINE))


KEYS = keys_of("en")
PRIVATE = re.compile(rf"/({'|'.join(LANGUAGES)})/(m|team|l)/")
UNSAID = re.compile(
    r"\b(anonym\w*|100 ?%|invalid\w*|failed|échoué|ongeldig\w*|ungültig\w*|trop tard|te laat|zu spät|too late)\b", re.I
)
FOCUSABLE = {"a", "button", "input", "select", "textarea", "summary"}


class Page:
    """An answer, parsed."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=True)
        self.tree: Element = parser.parse(self.text)

    def all(self, tag: str) -> list[Element]:
        """Return every element of a kind, in the order of the page."""
        return list(self.tree.iter(f"{XHTML}{tag}"))

    def one(self, tag: str) -> Element:
        """Return the only element of a kind."""
        (only,) = self.all(tag)
        return only

    @property
    def title(self) -> str:
        return words(self.one("title"))

    @property
    def heading(self) -> str:
        return words(self.one("h1"))

    @property
    def main(self) -> str:
        return words(self.one("main"))

    @property
    def links(self) -> list[str]:
        return [a.get("href", "") for a in self.all("a")]

    def token(self, action: str | None = None) -> str:
        """Return the token of a form, by its action where there are several."""
        for form in self.all("form"):
            if action is None or form.get("action") == action:
                for field in form.iter(f"{XHTML}input"):
                    if field.get("name") == "token":
                        return field.get("value", "")
        raise AssertionError(f"no token for {action}")


def words(element: Element) -> str:
    """Return what is read aloud, without what stands in the style and the script."""
    return " ".join(" ".join(element.itertext()).split())


class Reader:
    """Somebody with a browser: keeps cookies, follows nothing by itself."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def get(self, path: str, status: int = 200, **kwargs: Any) -> Page:
        """Open a page."""
        return self._page(self.client.get(path, **kwargs), path, status)

    def post(self, path: str, data: Any = None, status: int = 200, **kwargs: Any) -> Page:
        """Send a form that stays on a page."""
        return self._page(self.client.post(path, data=data, **_same_origin(kwargs)), path, status)

    def send(self, path: str, data: Any = None, **kwargs: Any) -> str:
        """Send a form that leads on; return where."""
        response = self.client.post(path, data=data, **_same_origin(kwargs))
        assert response.status_code == 303, f"{path}: {response.status} {response.get_data(as_text=True)[-1500:]}"
        check_headers(response)
        return response.headers["Location"]

    def open_space(self, link: NewLink, language: str = "fr") -> Page:
        """Open a person's space with link and code."""
        to = self.send(f"/{language}/l/{link.token}", {"code": link.code})
        assert f"/{language}/m/" in self.get(to).links  # a page that says nothing leads on
        return self.get(f"/{language}/m/")

    def sign_in(self, team: Any, moment: Any, language: str = "fr") -> Page:
        """Sign a nurse in."""
        code = pyotp.TOTP(team.authenticator).at(moment)
        to = self.send(f"/{language}/team/in", {"login": team.login, "password": team.password, "code": code})
        return self.get(self.client.get(to).headers["Location"])  # to the page that this role works from

    def _page(self, response: TestResponse, path: str, status: int) -> Page:
        assert response.status_code == status, f"{path}: {response.status}"
        check_headers(response)
        page = Page(response)
        check_page(page, path)
        return page


def _same_origin(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {**kwargs, "headers": {"Sec-Fetch-Site": "same-origin", **kwargs.get("headers", {})}}


def check_headers(response: TestResponse) -> None:
    """Hold the headers of any answer against the rules."""
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, f"{name}: {response.headers.get(name)}"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert "frame-ancestors 'none'" in policy


def check_page(page: Page, path: str) -> None:
    """Hold a page against the rules of the house."""
    where = f"{path}: "
    language = page.one("html").get("lang")
    assert language in set(LANGUAGES), where + f"lang {language}"
    prefix = path.split("/")[1]
    assert prefix == language or prefix not in set(LANGUAGES), where + f"speaks {language}"
    assert page.heading, where + "no h1"
    assert page.title, where + "no title"
    if not path.startswith(f"/{language}/team"):
        assert not TELLING.search(page.title), where + f"its title tells: {page.title}"
    assert "site.name" not in page.text, where + "a key of the catalogue is shown"
    shown = set(re.findall(r">\s*([a-z_]+\.[a-z_0-9]+)\s*<", page.text.split("<body>")[1]))
    assert not shown & KEYS, where + "shows a key"
    assert "None" not in page.main, where + "shows None"
    assert not UNSAID.search(page.main), where + f"says {UNSAID.search(page.main)}"
    _check_ids_and_labels(page, where)
    _check_nothing_from_elsewhere(page, where)
    _check_leaving_comes_first(page, where, str(language))
    if not PRIVATE.match(path) or page.status == 404:
        assert "Set-Cookie" not in page.response.headers, where + "sets a cookie"
        assert 'type="hidden"' not in page.text, where + "a token where there is no session"
    if PRIVATE.match(path) or (page.status >= 400 and page.status != 422):
        assert page.response.headers.get("X-Robots-Tag") == "noindex, nofollow", where + "may be indexed"


def _check_ids_and_labels(page: Page, where: str) -> None:
    ids = [name for element in page.tree.iter() if (name := element.get("id"))]
    assert len(ids) == len(set(ids)), where + f"ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = {label.get("for") for label in page.all("label")}
    for field in page.all("input"):
        if field.get("type") != "hidden":
            assert field.get("id") in labelled, where + f"{field.get('name')} has no label"
    for element in page.tree.iter():
        for attribute in ("aria-describedby", "aria-labelledby"):
            for name in (element.get(attribute) or "").split():
                assert name in ids, where + f"{attribute} names the missing {name}"
    for href in page.links:
        if href.startswith("#"):
            assert href[1:] in ids, where + f"{href} leads nowhere"


def _check_nothing_from_elsewhere(page: Page, where: str) -> None:
    for tag in ("img", "iframe", "video", "audio", "object", "embed"):
        assert not page.all(tag), where + tag
    assert all(not script.get("src") for script in page.all("script")), where + "a script of its own request"
    assert [link.get("href") for link in page.all("link")] == ["data:,"], where + "asks for more than itself"
    for element in page.tree.iter():
        assert not any(name.startswith("on") or name == "style" for name in element.attrib), where + "inline handler"
    for a in page.all("a"):
        if urlsplit(a.get("href", "")).scheme in ("http", "https"):
            assert "noreferrer" in (a.get("rel") or ""), where + f"{a.get('href')} would be told where she comes from"


def _check_leaving_comes_first(page: Page, where: str, language: str) -> None:
    first = next(e for e in page.one("body").iter() if e.tag.removeprefix(XHTML) in FOCUSABLE)
    assert first.get("href") == f"/{language}/q", where + "leaving is not the first thing"
    assert first.get("class") == "leave"
    assert any(href == "tel:112" for href in page.links), where + "112 is not there"
