"""What is asked beside each request: one decision a screen, in an order that her answers decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal import law
from portal.library.space import REMINDER
from portal.records.items import KeptItem
from portal.web.followup.shown import Shown

Answers = Mapping[str, Any]
RETURN = "return"


class Form(StrEnum):
    """How a question is answered."""

    ONE = "one"
    MANY = "many"
    TEXT = "text"
    THINGS = "things"  # which of the things that are kept
    EACH_THING = "each-thing"  # something about each of them


@dataclass(frozen=True)
class Asked:
    """A question of a form; `only_if` is the answer before that leads to it."""

    id: str
    form: Form
    only_if: tuple[str, str] | None = None

    def is_reached(self, answers: Answers) -> bool:
        """Tell whether the answers so far lead here."""
        if self.only_if is None:
            return True
        name, wanted = self.only_if
        given = answers.get(name)
        return wanted in given if isinstance(given, list) else given == wanted


FORMS: Mapping[str, tuple[Asked, ...]] = {
    law.RequestKind.EXTENSION: (),
    law.RequestKind.REPORT_COPY: (
        Asked("copy-what", Form.ONE),
        Asked("copy-how", Form.ONE),
        Asked("copy-who", Form.TEXT, ("copy-how", "professional")),
    ),
    law.RequestKind.DESTRUCTION: (
        Asked("destruction-which", Form.ONE),
        Asked("destruction-items", Form.THINGS, ("destruction-which", "some")),
    ),
    law.RequestKind.RESTITUTION: (
        Asked("restitution-items", Form.EACH_THING),
        Asked("restitution-where", Form.ONE),
    ),
    law.RequestKind.CONTACT_ME: (Asked("contact-how", Form.ONE), Asked("contact-when", Form.ONE)),
    law.RequestKind.LANGUAGE_HELP: (Asked("needs-what", Form.MANY), Asked("needs-text", Form.TEXT)),
    law.RequestKind.WITHDRAW_SERVICE: (Asked("service-what", Form.ONE),),
    law.RequestKind.STOP_MESSAGES: (),
    REMINDER: (
        Asked("reminder-whether", Form.ONE),
        Asked("reminder-how", Form.ONE, ("reminder-whether", "yes")),
        Asked("contact-when", Form.ONE, ("reminder-whether", "yes")),
    ),
}


def things_for(kind: str, seen: Shown) -> tuple[KeptItem, ...]:
    """Return the things a request of a kind can name: samples are not given back (art. 2, 13°; 29 § 3 al. 3)."""
    if kind == law.RequestKind.RESTITUTION:
        return tuple(one for one in seen.items if one.item.kind in law.RETURNABLE)
    return seen.items


def next_question(kind: str, answers: Answers, seen: Shown) -> Asked | None:
    """Return what is asked next, or None where everything was answered."""
    needs_things = (Form.THINGS, Form.EACH_THING)
    for asked in FORMS[kind]:
        if asked.id in answers or not asked.is_reached(answers):
            continue
        if asked.form in needs_things and not things_for(kind, seen):
            continue  # the team has listed nothing: it talks over which things
        return asked
    return None


def things_named(kind: str, answers: Answers) -> tuple[str, ...] | None:
    """Return the things that the answers name; None is all of them, for the team to talk over."""
    if kind == law.RequestKind.DESTRUCTION and answers.get("destruction-items"):
        return tuple(answers["destruction-items"])
    if kind == law.RequestKind.RESTITUTION and answers.get("restitution-items"):
        return tuple(item for item, wish in answers["restitution-items"].items() if wish == RETURN)
    return None
