"""The team's forms. What is typed is kept for the next try; every error says, in one sentence, what is still needed."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, Optional

from portal import law
from portal.access.links import Power
from portal.law.course import Means, Step
from portal.library.languages import LANGUAGES, OWN_NAMES, say_date
from portal.records.cases import OpenedCase
from portal.records.ending import LONGEST_UNSEEN
from portal.records.requests import Outcome
from portal.web.forms import readable
from portal.web.languages import present_language
from portal.web.session_forms import SessionForm
from portal.web.team.asked import Asked

FIRST_CENTRES = date(2017, 1, 1)
BAG = re.compile(r"[A-Za-z0-9]{1,12}")
TEXT_MOST = 200

ASKED_IN_PERSON = (
    *law.ABOUT_EVIDENCE,
    law.RequestKind.CONTACT_ME,
    law.RequestKind.LANGUAGE_HELP,
    law.RequestKind.WITHDRAW_SERVICE,
    law.RequestKind.STOP_MESSAGES,
)
ABOUT_THINGS = (law.RequestKind.DESTRUCTION, law.RequestKind.RESTITUTION)
WAYS = ("call", "sms", "email", "relay", "other")
HOURS = ("any", "morning", "afternoon", "evening")
NOT_DONE = ("judicial", "ability", "pressure", "identity", "not-reached", "not-kept", "no-ground", "other")
JUDGED = {"yes": True, "no": False, "open": None}


class OneOf(RadioField):
    """One of a few; where nothing fits, it asks again in our own words."""

    def __init__(self, asked: Any, **kwargs: Any) -> None:
        """Remember what to say where nothing was chosen."""
        super().__init__(**kwargs)
        self.asked = asked

    def pre_validate(self, form: BaseForm) -> None:
        """Accept what stands in the list, and nothing else."""
        if self.data not in [choice[0] for choice in self.iter_choices()]:
            raise ValidationError(self.asked)


class Several(SelectMultipleField):
    """Any number of a few."""

    def __init__(self, asked: Any, **kwargs: Any) -> None:
        """Remember what to say where something else was sent."""
        super().__init__(**kwargs)
        self.asked = asked

    def pre_validate(self, form: BaseForm) -> None:
        """Accept what stands in the list, and nothing else."""
        if not set(self.data or ()) <= {choice[0] for choice in self.iter_choices()}:
            raise ValidationError(self.asked)


class Day(DateField):
    """A calendar day; what cannot be read as one is asked again in our own words."""

    def __init__(self, asked: Any, **kwargs: Any) -> None:
        """Remember what to say where it cannot be read."""
        super().__init__(**kwargs)
        self.asked = asked

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(self.asked) from None


def tidy(text: str | None) -> str | None:
    """Return a text in one form of its letters, without what surrounds it."""
    return unicodedata.normalize("NFC", text).strip() if text else text


def choices(ids: Sequence[str], words: Callable[[str], Any]) -> list[Any]:
    """Return choices with their words."""
    return [SelectChoice(str(one), words(str(one))) for one in ids]


def judged() -> list[Any]:
    """Return the answers to a test that the team makes, or has not made yet."""
    words = {"yes": _("yes"), "no": _("no"), "open": _("note.judged_open")}
    return [SelectChoice(one, words[one]) for one in JUDGED]


def line(needed: Any, long: Any) -> StringField:
    """Return a field for one short line, which may not stay empty."""
    return StringField(filters=[tidy], validators=[DataRequired(needed), readable, Length(max=TEXT_MOST, message=long)])


def tick(needed: Any) -> BooleanField:
    """Return a box that says something is so, and must be ticked."""
    return BooleanField(validators=[DataRequired(needed)])


class CaseForm(SessionForm):
    """A case: her own reference and what the law needs to know; nothing more is asked."""

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

    def validate_exam_on(self, field: Day) -> None:
        """Accept a day of the past that a centre can have seen."""
        if field.data and (self.no_exam.data or not FIRST_CENTRES <= field.data <= self.today):
            raise ValidationError(_("case.exam_on_form"))

    def validate_no_exam(self, field: BooleanField) -> None:
        """Accept the word that there was no examination, never silence: it would close the extension to her."""
        if not (field.data or self.exam_on.data or self.exam_on.errors):
            raise ValidationError(_("case.exam_on_needed"))


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


class KnownForm(AboutCase):
    """What became known after the admission. The two tests of art. 29 § 4 are asked for a minor only."""

    complaint = BooleanField()
    seized = BooleanField()
    vulnerable = BooleanField()
    protected = BooleanField()
    capable_29_4 = OneOf(_("note.judged_needed"), choices=judged())
    apt_29_4 = OneOf(_("note.judged_needed"), choices=judged())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only what the law asks of this person."""
        super().__init__(*args, **kwargs)
        if not self.case.admission.minor:
            del self.capable_29_4
            del self.apt_29_4

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what was noted before."""
        said = {value: name for name, value in JUDGED.items()}
        known = case.admission
        return {
            "seized": known.seized,
            "vulnerable": known.vulnerable,
            "protected": known.protected,
            "capable_29_4": said[known.capable_29_4],
            "apt_29_4": said[known.apt_29_4],
        }

    def news(self) -> dict[str, Any]:
        """Return what differs from what was known: the same again changes nothing."""
        known = self.case.admission
        told: dict[str, Any] = {field.name: field.data for field in (self.seized, self.vulnerable, self.protected)}
        if known.minor:
            told |= {name: JUDGED[self[name].data] for name in ("capable_29_4", "apt_29_4")}
        changed = {name: value for name, value in told.items() if getattr(known, name) != value}
        if self.complaint.data and known.complaint is law.Complaint.NONE:
            changed["complaint"] = law.Complaint.AFTER_EXAM
        return changed


class ContactForm(AboutCase):
    """How the centre reaches her. Another than was agreed at the examination is noted by two who saw her."""

    way = OneOf(_("agreed.way_needed"), choices=choices(WAYS, lambda one: _("agreed.way_" + one)))
    to = line(_("agreed.to_needed"), _("agreed.to_long"))
    hours = Several(_("agreed.hours_form"), choices=choices(HOURS, lambda one: _("agreed.hours_" + one)))
    voicemail = BooleanField()
    seen_by_two = BooleanField()

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what was agreed."""
        agreed = case.choices.contact
        return (
            {"way": agreed.way, "to": agreed.to, "hours": agreed.hours, "voicemail": agreed.voicemail} if agreed else {}
        )

    def validate_hours(self, field: Several) -> None:
        """Ask for hours: a call at a wrong one is a danger."""
        if not field.data:
            raise ValidationError(_("agreed.hours_form"))

    def validate_seen_by_two(self, field: BooleanField) -> None:
        """Replace a contact only before two, or whoever rings up could lead the team to himself."""
        if self.case.choices.contact and not field.data:
            raise ValidationError(_("agreed.seen_by_two_needed"))


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

    kind = OneOf(_("note.ask_kind_needed"), choices=choices(ASKED_IN_PERSON, lambda one: _("work.kind_" + one)))
    things = Several(_("note.ask_things_form"), choices=[])
    seen_alone = tick(_("note.ask_seen_alone_needed"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Know the things that are kept."""
        super().__init__(*args, **kwargs)
        self.things.choices = [(one.id, one.mark) for one in self.case.items if not one.gone_at]

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


class EndForm(AboutCase):
    """The written list was checked, as it was shown: `listed` are its things."""

    listed = HiddenField()
    checked = tick(_("ending.checked_needed"))


class ReviewForm(AboutCase):
    """The day on which somebody looks at a case again, within a year."""

    again_on = Day(_("ending.again_form"), validators=[DataRequired(_("ending.again_form"))])

    def validate_again_on(self, field: Day) -> None:
        """Accept a day to come."""
        if field.data and not self.today < field.data <= self.today + LONGEST_UNSEEN:
            raise ValidationError(_("ending.again_form"))


class LinkForm(AboutCase):
    """What a new link may do."""

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


class StepForm(SessionForm):
    """A step with a request: a button, and for some steps what must be said with it."""

    def __init__(self, *args: Any, asked: Asked, step: Step, **kwargs: Any) -> None:
        """Remember the request."""
        super().__init__(*args, **kwargs)
        self.asked, self.step = asked, step

    @property
    def spoken_by(self) -> Means | None:
        """How the team spoke with her, where the step asks for it."""
        return None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, where the step ends it."""
        return None

    @property
    def has_written_consent(self) -> bool:
        """Whether a minor's own written consent is in the patient file."""
        return False


class EndWaitingForm(StepForm):
    """The waiting time ends where she asks in person."""

    attest = tick(_("work.end-waiting_needed"))


class SpokenForm(StepForm):
    """She confirmed, by one of the means that are possible for her."""

    means = OneOf(_("work.means_needed"), choices=[])
    written = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what is possible: no voice where no contact was agreed."""
        super().__init__(*args, **kwargs)
        self.means.choices = choices(self.asked.means, lambda one: _("work.means_" + one))

    def validate_written(self, field: BooleanField) -> None:
        """Ask for a minor's own written consent, which art. 29 § 4 al. 1 wants for a destruction."""
        if self.asked.needs_written_consent and not field.data:
            raise ValidationError(_("work.written_needed"))

    @property
    def spoken_by(self) -> Means | None:
        """How the team spoke with her."""
        return Means(self.means.data)

    @property
    def has_written_consent(self) -> bool:
        """Whether her own written consent is in the patient file."""
        return self.asked.needs_written_consent and bool(self.written.data)


class LookedForm(StepForm):
    """A member looked at each thing whose period is over. Nobody is spoken with (art. 29 § 5)."""

    attest = tick(_("ending.looked_needed"))


class SignForm(StepForm):
    """A second member signs."""

    attest = tick(_("work.sign_needed"))


class ActForm(StepForm):
    """The day on which two people destroyed the things. It stands empty: no slip of a finger can be an act."""

    done_on = Day(_("work.done_on_needed"), validators=[DataRequired(_("work.done_on_needed"))])

    def validate_done_on(self, field: Day) -> None:
        """Accept a day from the last step until today."""
        if field.data and not self.asked.earliest_act <= field.data <= self.asked.today:
            earliest = say_date(self.asked.earliest_act, present_language())
            raise ValidationError(_("work.done_on_form", earliest=earliest))

    @property
    def outcome(self) -> Outcome | None:
        """The day of the act."""
        return Outcome(done_on=self.done_on.data.isoformat()) if self.done_on.data else None


class HandedOverForm(ActForm):
    """The day on which things were given back, in person."""

    handed = tick(_("work.handed_needed"))


class DeclineForm(StepForm):
    """It is not done: why, and what she can still do. Both stay sealed."""

    reason = OneOf(_("work.decline_reason_needed"), choices=choices(NOT_DONE, lambda one: _("work.declined_" + one)))
    remedy = line(_("work.decline_remedy_needed"), _("work.decline_remedy_long"))

    @property
    def outcome(self) -> Outcome | None:
        """The reason and the remedy."""
        return Outcome(reason=self.reason.data or "", remedy=self.remedy.data or "")


STEP_FORMS: dict[Step, type[StepForm]] = {
    Step.END_WAITING: EndWaitingForm,
    Step.CONFIRM: SpokenForm,
    Step.SIGN: SignForm,
    Step.DECLINE: DeclineForm,
}
OWN_FORMS: dict[tuple[law.RequestKind, Step], type[StepForm]] = {
    (law.RequestKind.DESTRUCTION, Step.CARRY_OUT): ActForm,
    (law.RequestKind.RESTITUTION, Step.CARRY_OUT): HandedOverForm,
    (law.RequestKind.END_OF_PERIOD, Step.CONFIRM): LookedForm,
    (law.RequestKind.END_OF_PERIOD, Step.CARRY_OUT): ActForm,
}


def step_form(kind: law.RequestKind, step: Step) -> type[StepForm]:
    """Return the form of a step; most are a button."""
    return OWN_FORMS.get((kind, step)) or STEP_FORMS.get(step, StepForm)


def fields_of(form: Form) -> list[Field]:
    """Return the fields that have something to say about what was sent."""
    return [field for field in form if field.errors]
