"""The forms of a request: a step is a button, and for some steps what must be said with it."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, ValidationError
from wtforms.validators import DataRequired

from portal import law
from portal.law.course import Means, Step
from portal.library.languages import say_date
from portal.records.requests import Outcome
from portal.web.languages import present_language
from portal.web.session_forms import SessionForm
from portal.web.team.asked import Asked
from portal.web.team.forms.fields import Day, OneOf, choices, line, tick

NOT_DONE = ("judicial", "ability", "pressure", "identity", "not-reached", "not-kept", "no-ground", "other")


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
