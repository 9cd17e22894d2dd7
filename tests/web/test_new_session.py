"""A sign-in begins a session of its own; what the same browser had before opens nothing any more (ASVS 7.2.4)."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.clock import StillClock
from tests.conftest import Team
from tests.key import Key
from tests.reader import Reader
from tests.web.test_factors import add_key, options


def cookie_of(reader: Reader) -> str:
    cookie = reader.client.get_cookie("t")
    assert cookie is not None
    return cookie.value


def by_password(reader: Reader, team: Team, _key: Key, clock: StillClock) -> None:
    clock.forward(seconds=31)
    reader.sign_in(team, clock(), "en")


def by_passkey(reader: Reader, _team: Team, key: Key, _clock: StillClock) -> None:
    told, challenge = options(reader.get("/en/team/in"), "/en/team/in/passkey")
    reader.send("/en/team/in/passkey", {"challenge": challenge, "answer": key.show(told)})


@pytest.mark.parametrize("come_in", [by_password, by_passkey])
def test_the_session_before_ends_with_a_new_sign_in(
    app: Flask, reader: Reader, team: Team, clock: StillClock, come_in: Callable[[Reader, Team, Key, StillClock], None]
) -> None:
    reader.sign_in(team, clock(), "en")
    add_key(reader, key := Key())
    before = cookie_of(reader)
    come_in(reader, team, key, clock)
    assert cookie_of(reader) != before
    reader.get("/en/team/")
    copied = Reader(app)
    copied.client.set_cookie("t", before)
    assert copied.client.get("/en/team/").headers["Location"] == "/en/team/in"
