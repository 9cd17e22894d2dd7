"""What became known of a case, and who said so: facts, holds, things handed on."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from portal import law
from portal.records.notes import HandedTo, Word
from portal.web.forms import readable
from portal.web.team.forms.case import AboutCase
from portal.web.team.forms.fields import (
    JUDGED,
    TEXT_MOST,
    Day,
    OneOf,
    Several,
    choices,
    judged,
    line,
    past_day,
    tidy,
)


class KnownForm(AboutCase):
    """What became known after the admission. The two tests of art. 29 § 4 are asked for a minor only."""

    complaint = BooleanField()
    answered = BooleanField()
    seized = BooleanField()
    vulnerable = BooleanField()
    protected = BooleanField()
    capable_29_4 = OneOf(_("note.capable_needed"), choices=judged())
    apt_29_4 = OneOf(_("note.apt_needed"), choices=judged())
    told_by = StringField(filters=[tidy], validators=[readable, Length(max=TEXT_MOST, message=_("casepage.word_long"))])
    told_on = Day(_("casepage.day_form"), validators=[Optional(), past_day(_("casepage.day_form"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only what the law asks of this person."""
        super().__init__(*args, **kwargs)
        if not self.case.admission.minor:
            del self.capable_29_4
            del self.apt_29_4

    @classmethod
    def as_it_stands(cls, case: Any) -> dict[str, Any]:
        """Return what was noted before."""
        said = {value: name for name, value in JUDGED.items()}
        known = case.admission
        return {
            "answered": known.answered,
            "seized": known.seized,
            "vulnerable": known.vulnerable,
            "protected": known.protected,
            "capable_29_4": said[known.capable_29_4],
            "apt_29_4": said[known.apt_29_4],
        }

    def validate_told_by(self, field: StringField) -> None:
        """Ask who said so, and on which day, wherever something new is noted."""
        if self.news() and not (field.data and (self.told_on.data or self.told_on.errors)):
            raise ValidationError(_("casepage.word_needed"))

    def news(self) -> dict[str, Any]:
        """Return what differs from what was known: the same again changes nothing."""
        known = self.case.admission
        told: dict[str, Any] = {field.name: field.data for field in (self.seized, self.vulnerable, self.protected)}
        if known.minor:
            told |= {name: JUDGED.get(self[name].data) for name in ("capable_29_4", "apt_29_4")}
        if known.complaint is law.Complaint.AFTER_EXAM:  # only what a later complaint holds can be answered: A-11
            told["answered"] = self.answered.data
        changed = {name: value for name, value in told.items() if getattr(known, name) != value}
        if self.complaint.data and known.complaint is law.Complaint.NONE:
            changed["complaint"] = law.Complaint.AFTER_EXAM
        return changed

    @property
    def word(self) -> Word:
        """Who said so, and on which day."""
        return Word(self.told_by.data or "", self.told_on.data)


class HoldForm(AboutCase):
    """Why a hold is set, or lifted: who said so, and the day of the paper where there is one."""

    hold_why = line(_("casepage.hold_why_needed"), _("casepage.word_long"))
    hold_on = Day(_("casepage.day_form"), validators=[Optional(), past_day(_("casepage.day_form"))])

    @property
    def word(self) -> Word:
        """Who said so, or why."""
        return Word(self.hold_why.data or "", self.hold_on.data)


class MovedForm(AboutCase):
    """Things that were handed on: which, to whom, by which paper and on which day."""

    moved_things = Several(_("casepage.moved_things_needed"), choices=[])
    moved_to = OneOf(
        _("casepage.moved_to_needed"), choices=choices(list(HandedTo), lambda one: _("casepage.moved_to_" + one))
    )
    moved_by = line(_("casepage.moved_by_needed"), _("casepage.word_long"))
    moved_on = Day(
        _("casepage.day_form"), validators=[DataRequired(_("casepage.day_form")), past_day(_("casepage.day_form"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know the things that are kept here."""
        super().__init__(*args, **kwargs)
        self.moved_things.choices = [(one.id, one.mark) for one in self.case.here]

    def validate_moved_things(self, field: Several) -> None:
        """Ask which things: what was not ticked stays here."""
        if not field.data:
            raise ValidationError(_("casepage.moved_things_needed"))

    @property
    def word(self) -> Word:
        """To whom exactly and by which paper, and the day of it."""
        return Word(self.moved_by.data or "", self.moved_on.data)
