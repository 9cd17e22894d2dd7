"""Corrections: what stands is there to be changed, with a reason; what shortens or frees needs a second word."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import Optional

from portal import law
from portal.records.cases import OpenedCase
from portal.records.consents import admission_of
from portal.records.corrections import Thing, admitted
from portal.web.team.forms.case import AboutCase, Basics, ThingForm
from portal.web.team.forms.fields import Day, Hour, OneOf, choices, hour_of, line, past_day


class CorrectForm(AboutCase, Basics):
    """What was written at the admission."""

    complaint = OneOf(
        _("case.choose_complaint"), choices=choices(list(law.Complaint), lambda one: _("complaint." + one))
    )
    admitted_on = Day(_("casepage.admitted_on_form"), validators=[Optional(), past_day(_("casepage.admitted_on_form"))])
    admitted_hour = Hour(_("casepage.admitted_hour_form"), validators=[Optional()])
    phase = OneOf(_("casepage.phase_needed"), choices=choices(list(law.Phase), lambda one: _("casepage.phase_" + one)))
    why = line(_("casepage.why_needed"), _("casepage.word_long"))
    agreed = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Correct only what was noted: an admission is noted on the page of the case."""
        super().__init__(*args, **kwargs)
        if not admission_of(self.case):
            del self.admitted_on
            del self.admitted_hour
        if self.case.admission.phase is None:
            del self.phase

    @classmethod
    def as_it_stands(cls, case: OpenedCase) -> dict[str, Any]:
        """Return what is written now."""
        known = case.admission
        on, hour = admitted(case)
        return {
            "reference": known.reference,
            "exam_on": known.exam_on,
            "no_exam": known.exam_on is None,
            "age": "minor" if known.minor else "adult",
            "complaint": known.complaint,
            "admitted_on": on,
            "admitted_hour": hour_of(hour),
            "phase": known.phase,
        }

    @property
    def changes(self) -> dict[str, Any]:
        """Return everything as it should stand; what stands so already is no correction."""
        exam_on: date | None = None if self.no_exam.data else self.exam_on.data
        told: dict[str, Any] = {
            "reference": self.reference.data or "",
            "exam_on": exam_on,
            "minor": self.age.data == "minor",
            "complaint": law.Complaint(self.complaint.data),
        }
        if "phase" in self:
            told["phase"] = law.Phase(self.phase.data)
        if "admitted_on" in self and self.admitted_on.data:
            told["admitted_on"] = self.admitted_on.data
        if "admitted_hour" in self and self.admitted_hour.data:
            told["admitted_hour"] = self.admitted_hour.data.strftime("%H:%M")
        return told


class CorrectThingForm(ThingForm):
    """Kind and day of a thing that is kept."""

    why = line(_("casepage.why_needed"), _("casepage.word_long"))
    agreed = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Leave the number on the bag: it stands on the bag."""
        super().__init__(*args, **kwargs)
        del self.mark

    def corrected(self, item_id: str) -> Thing | None:
        """Return the thing as it should stand."""
        day = self.taken_on.data
        return Thing(item_id, law.Item(law.ItemKind(self.thing.data), day)) if day else None
