"""Wrong, missing, huge, NUL, wrongly encoded or replayed: a calm page, never a 5xx, nothing stored."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access.links import NewLink
from portal.library import LANGUAGES
from portal.records.database import Database
from tests.patterns import taken_away
from tests.reader import Page, Reader, check_headers, check_page
from tests.web.test_routes import rows

FORMS = ["/fr/p/", "/fr/f/", "/fr/l/", "/fr/l/" + "A" * 22, "/fr/team/in"]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
BODIES = [
    b"",
    b"code=%00%00&place=%00&reference=%00&login=%00&password=%00",
    b"code=%ff%fe%ff&place=%c3%28&reference=%e2%82&login=%80&password=%80",
    b"code" * 500,
    b"&&&&====;;;",
    "code=１２３４５６７８&place=１０００".encode(),
    b"code=" + b"9" * 9000,
    b"code[]=1&code[]=2&place=1000&place=2000",
]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/json"]
)
def test_nothing_that_is_sent_breaks_a_page(
    reader: Reader, app_database: Database, path: str, body: bytes, kind: str
) -> None:
    before = rows(app_database)
    response = reader.client.post(path, data=body, content_type=kind, headers=SAME_ORIGIN)
    assert response.status_code in (303, 400, 413, 422), response.status
    check_headers(response)
    if response.status_code != 303:
        check_page(Page(response), path)
    assert rows(app_database) == before


@pytest.mark.parametrize("path", FORMS)
def test_half_a_form_is_not_what_was_chosen(reader: Reader, path: str) -> None:
    headers = {**SAME_ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    cut_off = {"wsgi.input_terminated": True, "CONTENT_LENGTH": "900"}  # as the server hands it over
    answer = reader.client.post(path, data=b"code=12345678&place=10", headers=headers, environ_overrides=cut_off)
    assert answer.status_code == 400
    check_headers(answer)


@pytest.mark.parametrize("path", FORMS)
def test_more_than_we_can_take(reader: Reader, path: str) -> None:
    assert reader.post(path, {"code": "1" * 20000}, status=413).main


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/xx/", "fr"),
        ("/fr-be/i/5", "fr"),
        ("/NL/", "nl"),
        ("/de-DE/p/", "de"),
        ("/en/i/999", "en"),
        ("/en/i/%00", "en"),
        ("/en/i/%ff%fe", "en"),
        ("/nl/o/zzzz", "nl"),
        ("/nl/p/nowhere", "nl"),
        ("/de/l/short", "de"),
        ("/en/l/" + "A" * 500, "en"),
        ("/fr/team/nothing", "fr"),
        ("/fr/../../etc/passwd", "fr"),
        ("/favicon.ico", "fr"),
    ],
)
def test_what_is_not_here_is_answered_in_the_nearest_language(reader: Reader, path: str, language: str) -> None:
    page = Page(reader.client.get(path))
    assert page.status == 404
    check_headers(page.response)
    assert page.one("html").get("lang") == language
    assert {f"/{language}/", f"/{language}/p/", f"/{language}/h/"} <= set(page.links)


def test_a_browsers_language_helps_where_the_address_does_not(reader: Reader) -> None:
    page = reader.get("/nothing", status=404, headers={"Accept-Language": "de-BE,de;q=0.9"})
    assert page.one("html").get("lang") == "de"


def test_another_method_is_answered_kindly(reader: Reader) -> None:
    response = reader.client.put("/fr/", headers=SAME_ORIGIN)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    check_headers(response)


def test_when_the_database_is_gone_the_pages_stay_and_the_rest_says_so(app: Flask, link: NewLink) -> None:
    reader = Reader(app)
    taken_away(app.extensions["portal"].database)
    for language in LANGUAGES:
        reader.get(f"/{language}/")
        page = reader.post(f"/{language}/l/{link.token}", {"code": link.code}, status=503)
        assert page.one("html").get("lang") == language


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(st.characters(codec="utf-8"), max_size=40), body=st.binary(max_size=200))
def test_whatever_is_asked_it_is_answered(app: Flask, path: str, body: bytes) -> None:
    client = app.test_client()
    for language in ("fr", "nl"):
        answers = [
            client.get(f"/{language}/{path.lstrip('/')}"),
            client.post(f"/{language}/l/{'B' * 22}", data=body, headers=SAME_ORIGIN),
        ]
        assert all(answer.status_code < 500 for answer in answers)
