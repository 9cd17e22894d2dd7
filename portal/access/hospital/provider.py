"""The hospital's provider: found by its issuer, asked with PKCE, its keys read anew when they change."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal.access.hospital.attempts import Attempt
from portal.access.hospital.fetching import ask, may_ask
from portal.access.hospital.reasons import NotShownError, Reason
from portal.access.hospital.token import Shown, checked
from portal.settings import HospitalSignIn

KNOWN_FOR = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=1)  # an unknown key is looked for once a minute, not once a token
NEW_KEY = frozenset({Reason.KEY, Reason.SIGNATURE})


@dataclass(frozen=True)
class About:
    """What a provider says of itself."""

    authorization: str
    token: str
    keys: str
    takes_basic: bool
    names_itself: bool  # in its answers (RFC 9207)


@dataclass(frozen=True)
class Returned:
    """What came back with whoever signed in: a code, or the provider's no, and perhaps its name."""

    code: str
    is_error: bool
    issuer: str


class Provider:
    """The one provider of an installation."""

    def __init__(self, hospital: HospitalSignIn) -> None:
        """Remember which; nothing is asked before somebody signs in."""
        self._hospital = hospital
        self._about: tuple[datetime, About] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    def address(self, attempt: Attempt, back: str, language: str, now: datetime) -> str:
        """Return where somebody shows who they are, and comes back from to `back`.

        The factors are asked anew each time: the computers of a ward are shared, and the hospital's own session may
        be a colleague's.

        Raises:
            NotShownError: the provider does not answer.

        """
        address = prepare_grant_uri(
            self._known(now).authorization,
            client_id=self._hospital.client_id,
            response_type="code",
            redirect_uri=back,
            scope="openid",
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            prompt="login",
            max_age="0",
            ui_locales=language,
            **({"acr_values": self._hospital.acr} if self._hospital.acr else {}),
        )
        return str(address)

    def who(self, attempt: Attempt, returned: Returned, back: str, now: datetime) -> Shown:
        """Return who came back, once their token was checked.

        Raises:
            NotShownError: nobody, for a reason with a name.

        """
        about = self._known(now)
        if (returned.issuer or about.names_itself) and returned.issuer != self._hospital.issuer:
            raise NotShownError(Reason.ISSUER)
        if returned.is_error or not returned.code:
            raise NotShownError(Reason.STOPPED)
        token = self._redeemed(about, attempt, returned.code, back)
        try:
            return checked(token, self._read_keys(about, now, KNOWN_FOR), self._hospital, attempt, now)
        except NotShownError as refused:
            if refused.reason not in NEW_KEY:
                raise
        return checked(token, self._read_keys(about, now, AGAIN_AFTER), self._hospital, attempt, now)

    def _redeemed(self, about: About, attempt: Attempt, code: str, back: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": attempt.verifier,
        }
        name, secret = self._hospital.client_id, self._hospital.client_secret
        if about.takes_basic:  # RFC 6749, 2.3.1: each half is written as in a form
            pair = f"{quote(name, safe='')}:{quote(secret, safe='')}".encode()
            answer = ask(about.token, form, "Basic " + base64.b64encode(pair).decode())
        else:
            answer = ask(about.token, {**form, "client_id": name, "client_secret": secret})
        if answer.status == 401 or answer.content.get("error") in ("invalid_client", "unauthorized_client"):
            raise NotShownError(Reason.CLIENT)
        token = answer.content.get("id_token")
        if answer.status != 200 or not isinstance(token, str):
            raise NotShownError(Reason.CODE if answer.status != 200 else Reason.ANSWER)
        return token

    def _known(self, now: datetime) -> About:
        if self._about is None or not timedelta(0) <= now - self._about[0] <= KNOWN_FOR:
            answer = ask(self._hospital.issuer.rstrip("/") + "/.well-known/openid-configuration")
            self._about = now, self._read(answer.status, answer.content)
        return self._about[1]

    def _read(self, status: int, content: dict[str, Any]) -> About:
        if status != 200:
            raise NotShownError(Reason.ANSWER)
        if content.get("issuer") != self._hospital.issuer:
            raise NotShownError(Reason.ISSUER)
        places = [content.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(may_ask(place, self._hospital.issuer) for place in places):
            raise NotShownError(Reason.ANSWER)
        methods = content.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return About(
            authorization=str(places[0]),
            token=str(places[1]),
            keys=str(places[2]),
            takes_basic="client_secret_basic" in methods,
            names_itself=content.get("authorization_response_iss_parameter_supported") is True,
        )

    def _read_keys(self, about: About, now: datetime, known_for: timedelta) -> KeySet:
        if self._keys is None or not timedelta(0) <= now - self._keys[0] <= known_for:
            answer = ask(about.keys)
            try:
                self._keys = now, KeySet.import_key_set({"keys": answer.content["keys"]})
            except (JoseError, TypeError, ValueError, KeyError, AttributeError):
                raise NotShownError(Reason.ANSWER) from None
        return self._keys[1]
