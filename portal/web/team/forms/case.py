"""The forms of a case: a new one, opening one, and what is noted on its page."""

import re
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length, Optional

from portal import law
from portal.library.languages import LANGUAGES, OWN_NAMES
from portal.records.cases import OpenedCase
from portal.records.choices import Contact, needs_two
from portal.records.recipients import Channel, recipient
from portal.web.forms import readable
from portal.web.session_forms import SessionForm
from portal.web.team.forms.fields import FIRST_CENTRES, Day, OneOf, Several, choices, line, tick, tidy

BAG = re.compile(r"[A-Za-z0-9]{1,12}")
ABOUT_THINGS = (law.RequestKind.DESTRUCTION, law.RequestKind.RESTITUTION)
WAYS = ("call", "sms", "email", "relay", "other")
HOURS = ("any", "morning", "afternoon", "evening")


class Basics(SessionForm):
    """Her own reference and what the law needs to know of every case, at the beginning or when it is corrected."""

    today: date

    REFERENCE_MOST: ClassVar[int] = 60

    reference = StringField(
        filters=[tidy],
        validators=[
            DataRequired(_("case.reference_needed")),
            readable,
            Length(max=REFERENCE_MOST, message=_("case.reference_long")),
        ],
    )
    exam_on = Day(_("case.exam_on_form"), validators=[Optional()])
    no_exam = BooleanField()
    age = OneOf(
        _("case.choose_age"),
        choices=[SelectChoice("adult", _("case.adult")), SelectChoice("minor", _("case.minor"))],
    )

    def validate_exam_on(self, field: Day) -> None:
        """Accept a day of the past that a centre can have seen."""
        if field.data and (self.no_exam.data or not FIRST_CENTRES <= field.data <= self.today):
            raise ValidationError(_("case.exam_on_form"))

    def validate_no_exam(self, field: BooleanField) -> None:
        """Accept the word that there was no examination, never silence: it would close the extension to her."""
        if not (field.data or self.exam_on.data or self.exam_on.errors):
            raise ValidationError(_("case.exam_on_needed"))


class CaseForm(Basics):
    """A case: nothing more is asked than what the law needs to know."""

    complaint = OneOf(
        _("case.choose_complaint"),
        choices=[
            SelectChoice(str(law.Complaint.NONE), _("case.complaint_none")),
            SelectChoice(str(law.Complaint.BEFORE_EXAM), _("case.complaint_before")),
            SelectChoice(str(law.Complaint.UNKNOWN), _("case.complaint_unknown")),
        ],
    )
    language = OneOf(
        _("case.choose_language"),
        choices=[SelectChoice(str(language), OWN_NAMES[language]) for language in LANGUAGES],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Remember today, which an examination cannot lie after."""
        super().__init__(*args, **kwargs)
        self.today = today


class OpenForm(SessionForm):
    """Opening a case, and why."""

    why = StringField()


class AboutCase(SessionForm):
    """A form on the page of a case: it knows the case and the day."""

    def __init__(self, *args: Any, case: OpenedCase, today: date, **kwargs: Any) -> None:
        """Remember the case."""
        super().__init__(*args, **kwargs)
        self.case, self.today = case, today

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what is known already, for a fresh form."""
        return {}

    @property
    def still_fits(self) -> bool:
        """Whether what was filled in a while ago is about what stands now."""
        return True


class ThingForm(AboutCase):
    """A thing that is kept: what it is, since when, and the number on its bag."""

    thing = OneOf(_("thing.kind_needed"), choices=choices(list(law.ItemKind), lambda one: _("thing.kind_" + one)))
    taken_on = Day(_("thing.day_form"), validators=[DataRequired(_("thing.day_form"))])
    mark = StringField(filters=[tidy], validators=[DataRequired(_("thing.mark_form")), readable])

    def validate_taken_on(self, field: Day) -> None:
        """Accept a day of the past that a centre can have seen."""
        if field.data and not FIRST_CENTRES <= field.data <= self.today:
            raise ValidationError(_("thing.day_form"))

    def validate_mark(self, field: StringField) -> None:
        """Accept letters and digits: a number tells nothing to whoever reads it."""
        if not BAG.fullmatch(field.data or ""):
            raise ValidationError(_("thing.mark_form"))


class ContactForm(AboutCase):
    """How the centre reaches her. After the day of registration one who saw her proposes, and a second confirms."""

    way = OneOf(_("agreed.way_needed"), choices=choices(WAYS, lambda one: _("agreed.way_" + one)))
    to = line(_("agreed.to_needed"), _("agreed.to_long"))
    hours = Several(_("agreed.hours_form"), choices=choices(HOURS, lambda one: _("agreed.hours_" + one)))
    voicemail = BooleanField()
    seen = BooleanField()

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what was agreed."""
        agreed = case.choices.contact
        return (
            {"way": agreed.way, "to": agreed.to, "hours": agreed.hours, "voicemail": agreed.voicemail} if agreed else {}
        )

    def validate_to(self, field: StringField) -> None:
        """Take one number or one address where messages go by it: a slip would tell somebody else."""
        if self.way.data in set(Channel) and recipient(Channel(self.way.data), field.data or "") is None:
            raise ValidationError(_("sending.one_" + self.way.data))

    def validate_hours(self, field: Several) -> None:
        """Ask for hours: a call at a wrong one is a danger."""
        if not field.data:
            raise ValidationError(_("agreed.hours_form"))

    def validate_seen(self, field: BooleanField) -> None:
        """Replace a contact, or note one late, in person only: whoever rings up could lead the team to himself."""
        if self.needs_two and not field.data:
            raise ValidationError(_("agreed.seen_needed"))

    @property
    def needs_two(self) -> bool:
        """Whether a second member who saw her too confirms what is noted here."""
        return needs_two(self.case.record, self.case.choices, self.today)

    def contact(self) -> Contact:
        """Return what was typed."""
        return Contact(self.way.data, self.to.data or "", tuple(self.hours.data or ()), bool(self.voicemail.data))


class ConfirmContactForm(AboutCase):
    """A second member saw her too: what was proposed stands. It names the proposal that was read."""

    proposal = HiddenField()
    seen_too = tick(_("agreed.seen_too_needed"))

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return which proposal is shown."""
        waiting = case.choices.contact_proposed
        return {"proposal": waiting.id} if waiting else {}

    @property
    def still_fits(self) -> bool:
        """Whether the same proposal waits: who saw her for one did not for another."""
        waiting = self.case.choices.contact_proposed
        return waiting is not None and waiting.id == self.proposal.data


class ChoicesForm(AboutCase):
    """What she chose: pages, who opened her record, and messages again where she had stopped them."""

    shows_openings = OneOf(
        _("note.openings_needed"), choices=[SelectChoice("yes", _("yes")), SelectChoice("no", _("no"))]
    )
    pages = Several(_("note.pages_form"), choices=[])
    messages_again = BooleanField()

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what was chosen."""
        return {"shows_openings": "yes" if case.choices.shows_openings else "no", "pages": case.choices.pages}


class AskForm(AboutCase):
    """What she asks for in person."""

    kind = OneOf(_("note.ask_kind_needed"), choices=choices(law.HERS, lambda one: _("work.kind_" + one)))
    things = Several(_("note.ask_things_form"), choices=[])
    seen_alone = tick(_("note.ask_seen_alone_needed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know the things that are kept."""
        super().__init__(*args, **kwargs)
        self.things.choices = [(one.id, one.mark) for one in self.case.here]

    def validate_things(self, field: Several) -> None:
        """Ask which things: what was not ticked stays, and samples are never given back (A-15, A-38)."""
        is_return = self.kind.data == law.RequestKind.RESTITUTION
        if is_return and not field.choices:
            raise ValidationError(_("note.ask_list_first"))
        if self.kind.data not in ABOUT_THINGS or not field.choices:
            return
        if not field.data:
            raise ValidationError(_("note.ask_things_needed"))
        kinds = {one.item.kind for one in self.case.items if one.id in field.data}
        if is_return and not kinds <= law.RETURNABLE:
            raise ValidationError(_("note.ask_not_returnable"))

    def wish(self) -> tuple[law.RequestKind, tuple[str, ...] | None]:
        """Return what is asked and about which things; None are all, where none was ever listed."""
        kind = law.RequestKind(self.kind.data)
        return kind, tuple(self.things.data or ()) or None if kind in ABOUT_THINGS else None
