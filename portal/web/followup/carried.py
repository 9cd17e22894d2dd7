"""Her answers, as short as an address needs them: it carries each of as many things as a case lists.

A thing is named by its whole id, never by its place in a list: a list can change while she reads, and another thing
would be meant.
"""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from portal.web.followup.questions import FORMS, Answers, Form

LETTERS = 22  # of base64, for the sixteen bytes of an id
FORM_OF = {asked.id: asked.form for every in FORMS.values() for asked in every}


def packed(answers: Answers) -> str:
    """Return answers as a short text."""
    return json.dumps({name: _short(name, given) for name, given in answers.items()}, separators=(",", ":"))


def unpacked(text: str) -> dict[str, Any]:
    """Return the answers of a short text, in the order in which they were given."""
    return {name: _whole(name, given) for name, given in json.loads(text).items()}


def _short(name: str, given: Any) -> Any:
    if not given:
        return given
    match FORM_OF[name]:
        case Form.THINGS:
            return _joined(given)
        case Form.EACH_THING:
            return _by_wish(given)
        case _:
            return given


def _whole(name: str, given: Any) -> Any:
    if not given:
        return given
    match FORM_OF[name]:
        case Form.THINGS:
            return _apart(given)
        case Form.EACH_THING:
            return {thing: wish for wish, things in given.items() for thing in _apart(things)}
        case _:
            return given


def _by_wish(given: Mapping[str, str]) -> dict[str, str]:
    return {
        wish: _joined(one for one, of_it in given.items() if of_it == wish) for wish in dict.fromkeys(given.values())
    }


def _joined(things: Iterable[str]) -> str:
    return "".join(base64.urlsafe_b64encode(bytes.fromhex(one)).decode().rstrip("=") for one in things)


def _apart(joined: str) -> list[str]:
    names = [joined[at : at + LETTERS] for at in range(0, len(joined), LETTERS)]
    return [base64.urlsafe_b64decode(f"{one}==").hex() for one in names]
