"""One try to sign in by the hospital: what only this browser knows of it, and what it is for."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from portal.access.hospital.reasons import NotShownError, Reason

LIVES = timedelta(minutes=10)


class Purpose(StrEnum):
    """What somebody shows who they are for."""

    SIGN_IN = "sign-in"
    JOIN = "join"
    FRESH = "fresh"  # once more, inside a session
    CONNECT = "connect"  # an account of the portal's own takes the hospital's sign-in as a second way


@dataclass(frozen=True)
class Attempt:
    """A try. `state` binds the answer to this browser, `nonce` the token to this try, `verifier` the code (RFC 7636).

    `bound_to` is the invitation's token, or the hash of the session that asked.
    """

    purpose: Purpose
    state: str
    nonce: str
    verifier: str
    made_at: datetime
    bound_to: str = ""

    @classmethod
    def new(cls, purpose: Purpose, now: datetime, bound_to: str = "") -> "Attempt":
        """Return a fresh try."""
        return cls(
            purpose=purpose,
            state=secrets.token_urlsafe(16),
            nonce=secrets.token_urlsafe(16),
            verifier=secrets.token_urlsafe(32),
            made_at=now.replace(microsecond=0),
            bound_to=bound_to,
        )

    def check(self, state: str, now: datetime) -> None:
        """Refuse the answer to another try, or to one of long ago.

        Raises:
            NotShownError: it is.

        """
        is_recent = timedelta(0) <= now - self.made_at <= LIVES
        if not is_recent or not compare_digest(self.state.encode(), state.encode()):
            raise NotShownError(Reason.STATE)

    def written(self) -> str:
        """Return the try as text."""
        return json.dumps(
            [self.purpose, self.state, self.nonce, self.verifier, self.made_at.isoformat(), self.bound_to]
        )

    @classmethod
    def read(cls, text: str) -> "Attempt":
        """Return the try that was written."""
        purpose, state, nonce, verifier, made_at, bound_to = json.loads(text)
        return cls(Purpose(purpose), state, nonce, verifier, datetime.fromisoformat(made_at), bound_to)
