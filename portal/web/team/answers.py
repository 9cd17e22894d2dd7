"""What was answered on her form, in the words of the team: what the list does not know is shown as it was typed."""

from flask_babel import gettext as _

from portal.records.items import KeptItem
from portal.web.team.asked import Asked

QUESTIONS = frozenset(
    [
        "contact-how",
        "contact-when",
        "copy-how",
        "copy-what",
        "copy-who",
        "destruction-items",
        "destruction-which",
        "needs-text",
        "needs-what",
        "restitution-items",
        "restitution-where",
        "service-what",
    ]
)
ANSWERS = frozenset(
    [
        "access",
        "afternoon",
        "all",
        "any",
        "call",
        "carer",
        "centre",
        "contacts",
        "data",
        "evening",
        "in-person",
        "keep",
        "language",
        "morning",
        "not-now",
        "other",
        "professional",
        "report",
        "return",
        "service",
        "sign",
        "some",
        "support-person",
        "talk",
        "write",
    ]
)


def thing_named(thing: KeptItem) -> str:
    """Return what a thing is called: its kind and the number on its bag."""
    return str(_("thing.named", kind=_("thing.kind_" + thing.item.kind), mark=thing.mark))


def answers_said(asked: Asked) -> list[tuple[str, list[str]]]:
    """Return each question with what was answered."""
    things = {one.id: thing_named(one) for one in asked.case.items}
    return [
        (_("work.asked_" + question) if question in QUESTIONS else question, _said(value, things))
        for question, value in asked.request.wish.answers.items()
    ]


def _said(value: object, things: dict[str, str]) -> list[str]:
    if isinstance(value, dict):
        return [f"{_word(one, things)}{_('colon')} {_word(what, things)}" for one, what in value.items()]
    if isinstance(value, list | tuple):
        return [_word(one, things) for one in value]
    return [_word(value, things)]


def _word(value: object, things: dict[str, str]) -> str:
    if isinstance(value, str) and value in ANSWERS:
        return str(_("work.answer_" + value))
    return things.get(str(value), str(value))
