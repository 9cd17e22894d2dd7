"""Keys that rotate, one purpose a salt; and cookies where the site is served over https."""

from dataclasses import replace

import pytest
from flask import Flask
from itsdangerous import BadSignature

from portal.access.links import NewLink
from portal.app import create_app
from portal.settings import Settings
from portal.web.rooms import Rooms
from tests.clock import StillClock
from tests.reader import Reader


def with_keys(app: Flask, *keys: str) -> Rooms:
    rooms: Rooms = app.extensions["portal"]
    return replace(rooms, settings=replace(rooms.settings, signing_keys=keys))


def test_an_older_key_verifies_and_only_the_newest_signs(app: Flask) -> None:
    old, new = "o" * 32, "n" * 32
    before = with_keys(app, old).signer("form").dumps("session")
    both = with_keys(app, old, new).signer("form")
    assert both.loads(before) == "session"
    with pytest.raises(BadSignature):
        with_keys(app, old).signer("form").loads(both.dumps("session"))
    assert with_keys(app, new).signer("form").loads(both.dumps("session")) == "session"


def test_what_was_signed_for_one_purpose_serves_no_other(app: Flask) -> None:
    rooms = with_keys(app, "k" * 32)
    with pytest.raises(BadSignature):
        rooms.signer("invitation").loads(rooms.signer("form").dumps("session"))


def test_over_https_cookies_belong_to_this_host_alone(
    app: Flask, settings: Settings, clock: StillClock, link: NewLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.web.press.pressed_pages", lambda *_: ())  # nothing here is about public pages
    secure = create_app(replace(settings, base_url="https://localhost"), clock)
    reader = Reader(secure)
    reader.client.environ_base["wsgi.url_scheme"] = "https"
    answer = reader.client.post(
        f"https://localhost/fr/l/{link.token}", data={"code": link.code}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    secure.extensions["portal"].database.engine.dispose()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-v=")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
