"""Why the hospital's sign-in opened nothing. A reason is all that is logged of it."""

from enum import StrEnum


class Reason(StrEnum):
    """What was wrong, by name: for the operator, and for whoever reads the page."""

    UNREACHABLE = "unreachable"
    INSECURE = "insecure"  # the provider's certificate is not trusted
    ANSWER = "answer"  # too long, not JSON, a redirect, or something is missing in it
    CLIENT = "client"  # our own name or secret is not taken there
    STOPPED = "stopped"  # the provider says no, or whoever signs in stopped
    STATE = "state"  # another browser, another try, or too long ago
    CODE = "code"  # used already, too old, or somebody else's
    ISSUER = "issuer"
    AUDIENCE = "audience"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    NONCE = "nonce"
    CLAIMS = "claims"  # something else in the token is missing or is not what it should be
    EXPIRED = "expired"
    TOO_EARLY = "too-early"  # made before it was asked, or in the future: a clock is wrong, or it is a copy
    NOT_NOW = "not-now"  # the factors were not shown now
    ONE_FACTOR = "one-factor"
    UNKNOWN = "unknown"  # nobody here, or not any more
    SOMEBODY_ELSE = "somebody-else"
    TAKEN = "taken"  # another account here has this sign-in


class NotShownError(Exception):
    """The hospital did not show who it is: nothing changed."""

    def __init__(self, reason: Reason) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason
