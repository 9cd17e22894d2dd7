"""Previews, scanners and searches fetch a link a hundred times, in every way: nothing opens, nothing is used up."""

from itertools import cycle, islice, product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.access.links import NewLink
from portal.access.throttle import FREE_TRIES
from portal.records.database import Database
from portal.records.models import Base, Link
from tests.reader import Reader, check_headers

FETCHES = 100

AGENTS = {
    "WhatsApp": "WhatsApp/2.24.11.78 A",
    "iMessage": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 "
    "Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Signal": "WhatsApp/2",
    "Outlook SafeLinks": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
    "Outlook": "Microsoft Office/16.0 (Microsoft Outlook 16.0.17328; Pro)",
    "Gmail proxy": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Telegram": "TelegramBot (like TwitterBot)",
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl": "curl/8.5.0",
    "headless": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0.0.0 Safari/537.36",
    "nothing": "",
}
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-1023"},
    {"Range": "bytes=99999-"},
    {"If-None-Match": '"anything"', "If-Modified-Since": "Wed, 21 Oct 2026 07:28:00 GMT"},
    {"Accept": "image/avif,image/webp,*/*;q=0.8", "Accept-Encoding": "gzip, br"},
    {"Accept": "application/json", "Accept-Language": "xx"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch"},
    {"Referer": "https://statics.teams.cdn.office.net/", "X-Forwarded-Host": "elsewhere.example"},
    {"Cookie": "v=guessed; t=guessed; __Host-v=guessed"},
    {"X-HTTP-Method-Override": "POST", "Connection": "close"},
)
READS = ("GET", "HEAD", "OPTIONS")
SENT: tuple[dict[str, Any], ...] = (
    {},
    {"data": {}},
    {"data": {"code": ""}},
    {"data": {"code": "test"}},
    {"data": {"name": "John", "email": "test@example.com", "q": "<script>"}},
    {"data": {"code": "1" * 300, "token": "x"}},
    {"data": b"\x00\xff\xfe", "content_type": "application/octet-stream"},
    {"data": b'{"code": "12345678"}', "content_type": "application/json"},
    {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
FROM: tuple[dict[str, str], ...] = ({}, SAME_ORIGIN, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


def kept_by(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table."""
    with database.engine.connect() as connection:
        return {
            one.name: [tuple(row) for row in connection.execute(select(one))] for one in Base.metadata.sorted_tables
        }


@pytest.fixture(params=["her link", "the card", "her space", "a question", "a receipt", "cancelling"])
def address(request: pytest.FixtureRequest, link: NewLink) -> str:
    return {
        "her link": f"/fr/l/{link.token}",
        "the card": "/fr/l/",
        "her space": "/fr/m/",
        "a question": "/fr/m/a/3/",
        "a receipt": "/fr/m/a/r/BCDF-2345",
        "cancelling": "/fr/m/x/BCDF-2345",
    }[request.param]


def opens_nothing(response: TestResponse) -> None:
    check_headers(response)
    assert response.status_code in (200, 400, 403, 404, 405, 422)
    assert not [one for one in response.headers.getlist("Set-Cookie") if "Max-Age=0" not in one]
    assert "Location" not in response.headers


def test_a_hundred_reads_change_nothing_and_she_enters_at_the_first_try(
    app: Flask, app_database: Database, link: NewLink, address: str
) -> None:
    before = kept_by(app_database)
    every = zip(cycle(AGENTS.values()), cycle(READS), cycle(HEADERS), strict=False)  # 13, 3 and 10: all of them meet
    for agent, method, headers in islice(every, FETCHES):
        # A client of its own each time: a bot keeps no cookie, and does not come back as the same one.
        opens_nothing(app.test_client().open(address, method=method, headers={"User-Agent": agent, **headers}))
    assert kept_by(app_database) == before
    assert Reader(app).open_space(link).status == 200


def test_every_agent_in_every_way_changes_nothing(app: Flask, app_database: Database, link: NewLink) -> None:
    before = kept_by(app_database)
    for agent, method, headers in product(AGENTS.values(), READS, HEADERS):
        told = {"User-Agent": agent, **headers}
        opens_nothing(app.test_client().open(f"/fr/l/{link.token}", method=method, headers=told))
    assert kept_by(app_database) == before
    assert Reader(app).open_space(link).status == 200


def test_a_hundred_forms_with_junk_change_nothing_either(
    app: Flask, app_database: Database, link: NewLink, address: str
) -> None:
    before = kept_by(app_database)
    every = zip(cycle(AGENTS.values()), cycle(SENT), cycle(FROM), strict=False)
    for agent, sent, headers in islice(every, FETCHES):
        opens_nothing(app.test_client().post(address, headers={"User-Agent": agent, **headers}, **sent))
    assert kept_by(app_database) == before
    assert Reader(app).open_space(link).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
def test_other_methods_are_not_taken(app: Flask, app_database: Database, address: str, method: str) -> None:
    before = kept_by(app_database)
    response = app.test_client().open(address, method=method, headers=SAME_ORIGIN, data={"code": "12345678"})
    opens_nothing(response)
    assert response.status_code == 405
    assert kept_by(app_database) == before


def test_a_scanner_that_runs_scripts_and_presses_the_button_burns_nothing(
    app: Flask, app_database: Database, link: NewLink
) -> None:
    """It fills nothing in, because it knows nothing: it sends the form as it stands, as often as it likes."""
    before = kept_by(app_database)
    scanner = Reader(app)
    for _ in range(FETCHES // 2):
        page = scanner.get(f"/fr/l/{link.token}", headers={"User-Agent": AGENTS["headless"]})
        (form,) = [one for one in page.all("form") if one.get("method") == "post"]
        fields = {one.get("name", ""): one.get("value", "") for one in page.all("input")}
        assert fields == {"code": ""}
        scanner.post(form.get("action") or f"/fr/l/{link.token}", fields, status=422)
    assert kept_by(app_database) == before
    assert Reader(app).open_space(link).status == 200


def test_a_code_that_was_really_sent_is_all_that_counts(app: Flask, app_database: Database, link: NewLink) -> None:
    """Somebody's form filler sends eight digits: they are counted on this link, and nothing else changes."""
    before = kept_by(app_database)
    for _ in range(FREE_TRIES - 1):
        Reader(app).post(f"/fr/l/{link.token}", {"code": "00000000" if link.code != "0" * 8 else "1" * 8}, status=422)
    after = kept_by(app_database)
    failures = [column.name for column in Link.__table__.columns].index("failures")
    assert [row[failures] for row in after["link"]] == [FREE_TRIES - 1]
    for rows in (before, after):
        rows["link"] = [row[:failures] for row in rows["link"]]
    assert after == before
    assert Reader(app).open_space(link).status == 200  # still at the first try: no wait has begun
