"""The one form of a link: what it may do, the pages that go with it, how the code is given."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs

from portal.access.links import Power
from portal.library.sets import PageSet
from portal.web.team.forms.case import AboutCase
from portal.web.team.forms.fields import OneOf, Several

VOICE, CARD = "voice", "card"


class LinkForm(AboutCase):
    """What a new link may do, and what goes with it. Every answer has one that is usual: one button makes a link.

    `instead_of` is the link that lived when the page was shown, so that a form sent twice ends no card by a slip.
    """

    power = OneOf(
        _("case.choose"),
        choices=[
            SelectChoice(str(Power.EXTEND), _("link.may_extend")),
            SelectChoice(str(Power.DATES), _("link.dates_only")),
            SelectChoice(str(Power.EVERYTHING), _("link.everything")),
            SelectChoice(str(Power.IN_PERSON), _("link.in_person")),
        ],
        default=str(Power.EXTEND),
    )
    sets = Several(_("note.pages_form"), choices=[])
    code_by = OneOf(
        _("case.choose"),
        choices=[SelectChoice(VOICE, _("link.code_by_voice")), SelectChoice(CARD, _("link.code_by_card"))],
        default=VOICE,
    )
    phone = BooleanField()
    instead_of = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the ready sets and the phone only once it is known what there is."""
        super().__init__(*args, **kwargs)
        self.titles: dict[str, list[str]] = {}

    def offer(self, sets: Iterable[PageSet], titles: dict[str, list[str]], phone: str | None, language: str) -> None:
        """Offer what this installation has: its ready sets with the titles of their pages, and a checked phone."""
        self.sets.choices = [(one.id, one.title[language]) for one in sets]
        self.titles = titles
        if phone is None and self.phone:
            del self.phone

    def pages_of(self, sets: Iterable[PageSet]) -> tuple[str, ...]:
        """Return the pages of the sets that were ticked, each once."""
        ticked = set(self.sets.data or ())
        return tuple(dict.fromkeys(page for one in sets if one.id in ticked for page in one.pages))
