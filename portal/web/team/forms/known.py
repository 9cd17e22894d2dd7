"""What became known of a case, and who said so: facts, holds, things handed on."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField, ValidationError
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

TESTS = ("capable_29_4", "apt_29_4")
FREES = {"answered": True, "seized": False, "vulnerable": False, "protected": False, **dict.fromkeys(TESTS, True)}
SAID = {value: name for name, value in JUDGED.items()}


class KnownForm(AboutCase):
    """What became known after the admission. The two tests of art. 29 § 4 are asked for a minor only.

    It carries what it showed: whatever was left as it was shown is no news, or a page opened before a colleague noted
    a seizure would take the seizure back.
    """

    shown = HiddenField()
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
        """Ask only what the law asks of this person, and of what stands now."""
        super().__init__(*args, **kwargs)
        if not self.case.admission.minor:
            del self.capable_29_4
            del self.apt_29_4
        self.overtaken = self._stand_as_now()

    @classmethod
    def as_it_stands(cls, case: Any) -> dict[str, Any]:
        """Return what was noted before."""
        stands = {name: SAID[getattr(case.admission, name)] for name in FREES}
        shown = " ".join(f"{name}={said}" for name, said in stands.items())
        return {name: said if name in TESTS else JUDGED[said] for name, said in stands.items()} | {"shown": shown}

    def _stand_as_now(self) -> frozenset[str]:
        """Show as it stands now whatever was left as it was shown; return what a colleague judged otherwise meanwhile.

        That is shown as it stands now too. A form that does not say what it showed takes nothing back.
        """
        showed = dict(one.partition("=")[::2] for one in (self.shown.data or "").split())
        now, overtaken = self.as_it_stands(self.case), set()
        for field in (self[name] for name in FREES if name in self):
            before = showed.get(field.name, "open" if field.name in TESTS else "no")
            stands, sent = (SAID[one] if isinstance(one, bool) else one for one in (now[field.name], field.data))
            if sent in JUDGED and len({before, stands, sent}) == len(JUDGED):
                overtaken.add(field.name)
            if sent == before or field.name in overtaken:
                field.data = now[field.name]
        self.shown.data = now["shown"]
        return frozenset(overtaken)

    @property
    def still_fits(self) -> bool:
        """Whether no colleague judged otherwise meanwhile what was judged here."""
        return not self.overtaken

    def validate_capable_29_4(self, field: OneOf) -> None:
        """Ask to look again where a colleague judged otherwise meanwhile."""
        if field.name in self.overtaken:
            raise ValidationError(_("casepage.known_meanwhile"))

    validate_apt_29_4 = validate_capable_29_4

    def validate_told_by(self, field: StringField) -> None:
        """Ask who said so, and on which day, wherever something new is noted."""
        if self.news() and not (field.data and (self.told_on.data or self.told_on.errors)):
            raise ValidationError(_("casepage.word_needed"))

    def news(self) -> dict[str, Any]:
        """Return what differs from what is known: the same again changes nothing."""
        known = self.case.admission
        told: dict[str, Any] = {field.name: field.data for field in (self.seized, self.vulnerable, self.protected)}
        if known.minor:
            told |= {name: JUDGED.get(self[name].data) for name in TESTS}
        if known.complaint is law.Complaint.AFTER_EXAM:  # only what a later complaint holds can be answered: A-11
            told["answered"] = self.answered.data
        changed = {name: value for name, value in told.items() if getattr(known, name) != value}
        if self.complaint.data and known.complaint is law.Complaint.NONE:
            changed["complaint"] = law.Complaint.AFTER_EXAM
        return changed

    @property
    def frees(self) -> bool:
        """Whether what holds, or what asks for more care, falls away by what is noted."""
        return any(FREES.get(name) is value for name, value in self.news().items())

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


class BackForm(AboutCase):
    """Things that were noted as handed on and are here after all: which, and why."""

    back_things = Several(_("casepage.back_things_needed"), choices=[])
    back_why = line(_("casepage.back_why_needed"), _("casepage.word_long"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know the things that were handed on."""
        super().__init__(*args, **kwargs)
        self.back_things.choices = [(one.id, one.mark) for one in self.case.handed_on]

    def validate_back_things(self, field: Several) -> None:
        """Ask which things: what was not ticked stays where it is."""
        if not field.data:
            raise ValidationError(_("casepage.back_things_needed"))
