"""The ID token: checked whole, or refused by name (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    MissingAlgorithmError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet

from portal.access.hospital.attempts import Attempt
from portal.access.hospital.reasons import NotShownError, Reason
from portal.settings import HospitalSignIn

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")  # EdDSA is the older name of Ed25519 (RFC 9864)
LEEWAY = timedelta(seconds=30)
TWO_FACTORS = "mfa"  # in `amr` (RFC 8176)
LONGEST_SUBJECT = 255
WRONG = {
    "iss": Reason.ISSUER,
    "aud": Reason.AUDIENCE,
    "azp": Reason.AUDIENCE,
    "nonce": Reason.NONCE,
    "exp": Reason.EXPIRED,
    "iat": Reason.TOO_EARLY,
    "nbf": Reason.TOO_EARLY,
    "auth_time": Reason.NOT_NOW,
}


@dataclass(frozen=True)
class Shown:
    """Who somebody is at the hospital, and when two factors were shown there."""

    issuer: str
    subject: str
    at: datetime


def checked(token: str, keys: KeySet, hospital: HospitalSignIn, attempt: Attempt, now: datetime) -> Shown:
    """Return who a token is about.

    Raises:
        NotShownError: the token is not from this provider, not for us, not of this try, not of now, or tells of one
            factor only.

    """
    claims = _signed(token, keys, hospital, attempt)
    try:
        claims.validate(int(now.timestamp()), int(LEEWAY.total_seconds()))
    except ExpiredTokenError:
        raise NotShownError(Reason.EXPIRED) from None
    except ClaimError as error:  # several that are missing are named together
        raise NotShownError(WRONG.get(error.claim.split(",")[0], Reason.CLAIMS)) from None
    except (JoseError, TypeError, ValueError, AttributeError):  # whatever was sent
        raise NotShownError(Reason.CLAIMS) from None
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotShownError(Reason.CLAIMS)
    _moment(claims["iat"], attempt, now, Reason.TOO_EARLY)
    at = _moment(claims["auth_time"], attempt, now, Reason.NOT_NOW)
    if not _tells_of_two_factors(claims, hospital.acr):
        raise NotShownError(Reason.ONE_FACTOR)
    return Shown(hospital.issuer, subject, min(at, now))


def _signed(token: str, keys: KeySet, hospital: HospitalSignIn, attempt: Attempt) -> Any:
    """Return the claims of a token whose signature fits, to be checked."""
    try:
        opened = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except (UnsupportedAlgorithmError, MissingAlgorithmError):
        raise NotShownError(Reason.ALGORITHM) from None
    except InvalidKeyIdError:
        raise NotShownError(Reason.KEY) from None
    except BadSignatureError:
        raise NotShownError(Reason.SIGNATURE) from None
    except (JoseError, TypeError, ValueError, KeyError, AttributeError):  # whatever was sent
        raise NotShownError(Reason.SIGNATURE) from None
    wanted: dict[str, dict[str, Any]] = {
        "iss": {"essential": True, "value": hospital.issuer},
        "aud": {"essential": True, "value": hospital.client_id},
        "nonce": {"essential": True, "value": attempt.nonce},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "auth_time": {"essential": True},
    }
    known = {"nonce": attempt.nonce, "client_id": hospital.client_id}
    return CodeIDToken(opened.claims, opened.header, wanted, known)


def _moment(seconds: object, attempt: Attempt, now: datetime, reason: Reason) -> datetime:
    """Return a moment that lies between the asking and now; our clock decides, with half a minute to either side."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NotShownError(reason)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise NotShownError(reason) from None
    if not attempt.made_at - LEEWAY <= moment <= now + LEEWAY:
        raise NotShownError(reason)
    return moment


def _tells_of_two_factors(claims: Any, acr: str | None) -> bool:
    """Tell whether two factors were shown: by the value that the hospital named, else by `mfa` among the methods."""
    if acr is not None:
        return bool(claims.get("acr") == acr)
    methods = claims.get("amr")
    return isinstance(methods, list) and TWO_FACTORS in methods
