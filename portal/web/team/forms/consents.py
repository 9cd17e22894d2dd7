"""The admission, the consents noted in the patient file, and the support person."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length, Optional

from portal import law
from portal.records.cases import OpenedCase
from portal.records.consents import Admitted, consents_of, support_of
from portal.web.forms import readable
from portal.web.team.forms.case import AboutCase
from portal.web.team.forms.fields import TEXT_MOST, Day, Hour, OneOf, choices, past_day, tidy

COUNTED = "counted"


class AdmissionForm(AboutCase):
    """Day and hour of the admission, and how long ago it happened: counted from a day, or judged by the team (A-03)."""

    admitted_on = Day(
        _("casepage.admitted_on_form"),
        validators=[DataRequired(_("casepage.admitted_on_form")), past_day(_("casepage.admitted_on_form"))],
    )
    admitted_hour = Hour(_("casepage.admitted_hour_form"), validators=[DataRequired(_("casepage.admitted_hour_form"))])
    phase = OneOf(
        _("casepage.phase_needed"),
        choices=choices([COUNTED, *law.Phase], lambda one: _("casepage.phase_" + one)),
        default=COUNTED,
    )
    facts_on = Day(_("casepage.facts_on_form"), validators=[Optional()])

    def validate_phase(self, field: OneOf) -> None:
        """Count only from a day that was given."""
        if field.data == COUNTED and not (self.facts_on.data or self.facts_on.errors):
            raise ValidationError(_("casepage.facts_on_needed"))

    def validate_facts_on(self, field: Day) -> None:
        """Accept a day until the admission."""
        if field.data and self.admitted_on.data and field.data > self.admitted_on.data:
            raise ValidationError(_("casepage.facts_on_form"))

    @property
    def admitted(self) -> Admitted:
        """When, and in which phase. The day of the facts goes no further than this."""
        on, hour = self.admitted_on.data, self.admitted_hour.data
        if on is None or hour is None:
            raise ValueError("not validated")
        counts = self.phase.data == COUNTED and self.facts_on.data is not None
        phase = law.phase_at_admission(self.facts_on.data or on, on) if counts else law.Phase(self.phase.data)
        return Admitted(on, hour.strftime("%H:%M"), phase, was_counted=counts)


class ConsentForm(AboutCase):
    """A consent, or its end, that people noted in the patient file; the portal takes none itself."""

    consent = OneOf(_("casepage.consent_needed"), choices=[])
    consent_on = Day(
        _("casepage.day_form"), validators=[DataRequired(_("casepage.day_form")), past_day(_("casepage.day_form"))]
    )
    withdrawn = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer what the law knows for this person."""
        super().__init__(*args, **kwargs)
        known = law.consents_for(self.case.law_case)
        self.consent.choices = choices(known, lambda one: _("casepage.consent_" + one))

    def validate_withdrawn(self, field: BooleanField) -> None:
        """End only what stands."""
        if field.data and self.consent.data not in consents_of(self.case):
            raise ValidationError(_("casepage.withdrawn_form"))


class SupportForm(AboutCase):
    """Whether there is a support person; how to reach them only with the consent of art. 14 § 3 (A-24)."""

    support = OneOf(_("casepage.support_needed"), choices=[SelectChoice("yes", _("yes")), SelectChoice("no", _("no"))])
    reach = StringField(filters=[tidy], validators=[readable, Length(max=TEXT_MOST, message=_("casepage.word_long"))])

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what is noted."""
        noted = support_of(case)
        return {"support": noted.what, "reach": noted.after} if noted else {}

    def validate_reach(self, field: StringField) -> None:
        """Keep nothing of them that was not allowed."""
        allowed = self.support.data == "yes" and law.Consent.SUPPORT_CONTACT in consents_of(self.case)
        if field.data and not allowed:
            raise ValidationError(_("casepage.reach_form"))
