"""What passes between a page and a passkey: a challenge, sealed in the page that asks, so that nothing is stored."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from portal.access.passkeys import Challenge, NotGenuineError, Place
from portal.web.rooms import rooms

PURPOSE = "passkey"


@dataclass(frozen=True)
class Asked:
    """What a page needs to ask for a passkey: what the browser is told, and the challenge for the way back."""

    options: str
    challenge: str


def place() -> Place | None:
    """Return where a passkey of this installation works."""
    return Place.of(rooms().settings.base_url)


def closed(challenge: Challenge) -> str:
    """Return a challenge as it stands in a page."""
    value = base64.b64encode(challenge.value).decode()
    return rooms().seal(PURPOSE).close(json.dumps([value, challenge.made_at.isoformat(), challenge.bound_to]))


def opened(sealed: str) -> Challenge:
    """Return the challenge that a page held.

    Raises:
        NotGenuineError: it was not made here, or long ago.

    """
    if (text := rooms().seal(PURPOSE).open(sealed)) is None:
        raise NotGenuineError
    value, made_at, bound_to = json.loads(text)
    return Challenge(base64.b64decode(value), datetime.fromisoformat(made_at), bound_to)
