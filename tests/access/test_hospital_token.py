"""The hospital's token: checked whole, and refused by name. Nothing but a token of this try, for us, of now, opens."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import KeySet

from portal.access.hospital.attempts import LIVES, Attempt, Purpose
from portal.access.hospital.fetching import may_ask
from portal.access.hospital.reasons import NotShownError, Reason
from portal.access.hospital.token import LEEWAY, Shown, checked
from portal.settings import HospitalSignIn
from tests.clock import StillClock
from tests.provider import ACR, CLIENT, OTHER_KEYS, SECRET, Pretending, first_key

ISSUER = "https://sign-in.example"
HOSPITAL = HospitalSignIn(ISSUER, CLIENT, SECRET, ACR)
Check = Callable[..., Shown]


@pytest.fixture
def provider(clock: StillClock) -> Pretending:
    return Pretending(clock, ISSUER)


@pytest.fixture
def check(provider: Pretending, clock: StillClock) -> Check:
    """Let the provider write a token for a try, and check it."""

    def made(hospital: HospitalSignIn = HOSPITAL, keys: KeySet | None = None) -> Shown:
        attempt = Attempt.new(Purpose.SIGN_IN, clock())
        token = provider.token({"sub": "anna", "nonce": attempt.nonce})
        return checked(token, keys or KeySet([provider.key]), hospital, attempt, clock())

    return made


def refused(check: Check, hospital: HospitalSignIn = HOSPITAL, keys: KeySet | None = None) -> Reason:
    with pytest.raises(NotShownError) as problem:
        check(hospital, keys)
    return problem.value.reason


def test_a_right_token_says_who_and_when(check: Check, clock: StillClock) -> None:
    assert check() == Shown(ISSUER, "anna", clock())


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "of another try"}, Reason.NONCE),
        ({"nonce": None}, Reason.NONCE),
        ({"aud": "another portal"}, Reason.AUDIENCE),
        ({"aud": [CLIENT, "another portal"]}, Reason.AUDIENCE),  # and nobody says for whom of the two
        ({"aud": [CLIENT, "another portal"], "azp": "another portal"}, Reason.AUDIENCE),
        ({"azp": "another portal"}, Reason.AUDIENCE),
        ({"aud": {"portal": 1}}, Reason.AUDIENCE),
        ({"aud": None}, Reason.AUDIENCE),
        ({"iss": "https://another.example"}, Reason.ISSUER),
        ({"iss": ISSUER + "/"}, Reason.ISSUER),
        ({"iss": None}, Reason.ISSUER),
        ({"iss": None, "sub": None}, Reason.ISSUER),
        ({"exp": -30}, Reason.EXPIRED),
        ({"exp": None}, Reason.EXPIRED),
        ({"iat": 31}, Reason.TOO_EARLY),
        ({"iat": -31}, Reason.TOO_EARLY),  # before it was asked: a copy
        ({"iat": "now"}, Reason.TOO_EARLY),
        ({"iat": None}, Reason.TOO_EARLY),
        ({"nbf": 31}, Reason.TOO_EARLY),
        ({"auth_time": -31}, Reason.NOT_NOW),
        ({"auth_time": 31}, Reason.NOT_NOW),
        ({"auth_time": None}, Reason.NOT_NOW),
        ({"auth_time": True}, Reason.NOT_NOW),
        ({"auth_time": 10**30}, Reason.NOT_NOW),
        ({"acr": "password"}, Reason.ONE_FACTOR),
        ({"acr": None}, Reason.ONE_FACTOR),
        ({"acr": None, "amr": ["mfa"]}, Reason.ONE_FACTOR),  # the hospital named a value, and this is not it
        ({"sub": None}, Reason.CLAIMS),
        ({"sub": ""}, Reason.CLAIMS),
        ({"sub": 7}, Reason.CLAIMS),
        ({"sub": "x" * 256}, Reason.CLAIMS),
        ({"amr": "mfa"}, Reason.CLAIMS),
    ],
    ids=lambda one: str(one)[:60],
)
def test_every_claim_is_held_to_what_was_asked(
    provider: Pretending, check: Check, clock: StillClock, claims: dict[str, object], reason: Reason
) -> None:
    now = int(clock().timestamp())
    moments = {"exp", "iat", "nbf", "auth_time"}
    provider.claims = {
        name: now + value if name in moments and type(value) is int else value for name, value in claims.items()
    }
    assert refused(check) is reason


def test_half_a_minute_is_let_pass_between_two_clocks(provider: Pretending, check: Check, clock: StillClock) -> None:
    now, most = int(clock().timestamp()), int(LEEWAY.total_seconds())
    provider.claims = {"iat": now + most, "auth_time": now + most}
    assert check().at == clock()  # a factor is never shown in the future
    provider.claims = {"iat": now - most, "auth_time": now - most}
    assert check().at == clock() - LEEWAY
    provider.claims = {"exp": now - most + 1}
    assert check()


def test_for_two_audiences_it_must_say_that_it_is_for_us(provider: Pretending, check: Check) -> None:
    provider.claims = {"aud": [CLIENT, "another portal"], "azp": CLIENT}
    assert check().subject == "anna"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("unsigned", Reason.ALGORITHM),
        ("public key as secret", Reason.ALGORITHM),
        ("another's signature", Reason.SIGNATURE),
        ("signature cut off", Reason.SIGNATURE),
        ("changed", Reason.SIGNATURE),
    ],
)
def test_no_token_without_the_providers_own_signature(
    provider: Pretending, check: Check, wrong: str, reason: Reason
) -> None:
    provider.wrong = wrong
    assert refused(check) is reason


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # the older name, which providers still write
@pytest.mark.parametrize("algorithm", OTHER_KEYS)
def test_the_algorithms_that_are_taken_are_named(provider: Pretending, check: Check, algorithm: str) -> None:
    provider.key, provider.algorithm = OTHER_KEYS[algorithm](), algorithm
    if algorithm in ("HS256", "RS512"):
        assert refused(check) is Reason.ALGORITHM
    else:
        assert check().subject == "anna"


def test_a_key_that_is_not_told_opens_nothing(provider: Pretending, check: Check) -> None:
    provider.rotate()
    assert refused(check, keys=KeySet([first_key()])) is Reason.KEY


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "e30.e30.e30", "." * 5000, json.dumps({})])
def test_what_is_no_token_is_refused(token: str, clock: StillClock) -> None:
    with pytest.raises(NotShownError):
        checked(token, KeySet([first_key()]), HOSPITAL, Attempt.new(Purpose.SIGN_IN, clock()), clock())


def test_without_a_named_value_the_methods_must_say_two_factors(provider: Pretending, check: Check) -> None:
    bare = replace(HOSPITAL, acr=None)
    for methods in (None, [], ["pwd"], ["pwd", "otp"]):
        provider.claims = {"amr": methods}
        assert refused(check, bare) is Reason.ONE_FACTOR
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert check(bare).subject == "anna"


def test_a_try_is_bound_to_its_state_and_lives_ten_minutes(clock: StillClock) -> None:
    attempt = Attempt.read(Attempt.new(Purpose.JOIN, clock(), "token").written())
    attempt.check(attempt.state, clock() + LIVES)
    for state, moment in (
        ("", clock()),
        ("é", clock()),
        (attempt.nonce, clock()),
        (attempt.state, clock() + LIVES + timedelta(seconds=1)),
        (attempt.state, clock() - timedelta(seconds=1)),
    ):
        with pytest.raises(NotShownError) as problem:
            attempt.check(state, moment)
        assert problem.value.reason is Reason.STATE


@pytest.mark.parametrize(
    ("address", "issuer", "may"),
    [
        ("https://sign-in.example/token?tenant=1", ISSUER, True),
        ("https://elsewhere.example:8443/token", ISSUER, True),
        ("http://sign-in.example/token", ISSUER, False),
        ("http://127.0.0.1/token", ISSUER, False),  # a provider outside sends nobody inside
        ("http://127.0.0.1:9/token", "http://localhost:9", True),
        ("http://[::1]/token", "http://127.0.0.1", True),
        ("http://10.0.0.1/token", "http://127.0.0.1", False),
        ("https://user:word@sign-in.example", ISSUER, False),
        ("https://sign-in.example/#a", ISSUER, False),
        ("https://sign-in.example:0/", ISSUER, False),
        ("https://sign-in.example:port/", ISSUER, False),
        ("https://[x", ISSUER, False),
        ("https://sign-in.example/a b", ISSUER, False),
        ("https://sign-in.example/\r\nRefresh: 0", ISSUER, False),
        ('https://sign-in.example/"', ISSUER, False),
        ("javascript:alert(1)", ISSUER, False),
        ("https:///token", ISSUER, False),
        (None, ISSUER, False),
        (7, ISSUER, False),
    ],
)
def test_where_a_provider_may_send_us(address: object, issuer: str, may: bool) -> None:
    assert may_ask(address, issuer) is may
