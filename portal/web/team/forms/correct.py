"""Corrections: what stands is there to be changed, with a reason; what shortens or frees needs a second word.

A form that was shown a while ago says what it showed: only what differs from that is a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField
from wtforms.validators import Optional

from portal import law
from portal.records.cases import OpenedCase
from portal.records.consents import admission_of
from portal.records.corrections import Thing, admitted, as_it_stands
from portal.web.team.forms.case import AboutCase, Basics, ThingForm
from portal.web.team.forms.fields import Day, Hour, OneOf, choices, hour_of, line, past_day

SHOWED = "showed-"  # before the name of a field: what stood in it when the page was shown
FIELDS = (
    ("reference",),
    ("exam_on", "no_exam"),  # one answer in two fields
    ("age",),
    ("complaint",),
    ("admitted_on",),
    ("admitted_hour",),
    ("phase",),
    ("thing",),
    ("taken_on",),
)


@dataclass(frozen=True)
class Rebased:
    """What was typed, on top of what stands now, and the fields that somebody else changed meanwhile."""

    typed: MultiDict[str, str]
    meanwhile: tuple[str, ...]


def showing(stands: Mapping[str, Any]) -> dict[str, str]:
    """Return what a page shows that shows what stands, as a browser would send it."""
    return {name: _sent(value) for name, value in stands.items()}


def rebase(typed: MultiDict[str, str], stands: Mapping[str, Any]) -> Rebased:
    """Lay what was typed on what stands: what is as the page showed it is no change, whatever stands there now.

    Where somebody else changed the same field to something else, what stands now is shown, and it is looked at again.
    """
    now, told, meanwhile = showing(stands), MultiDict(typed.items(multi=True)), []
    says_what_it_showed = any(name.startswith(SHOWED) for name in typed)
    for names in FIELDS:
        fields = [name for name in names if name in now]
        showed = [typed.get(SHOWED + name, "") if says_what_it_showed else now[name] for name in fields]
        says, there = [typed.get(name, "") for name in fields], [now[name] for name in fields]
        if says != showed and there not in (showed, says):
            meanwhile.append(names[0])
        if showed != there and (says == showed or names[0] in meanwhile):
            _put(told, fields, there)
    return Rebased(told, tuple(meanwhile))


def _put(told: MultiDict[str, str], fields: list[str], values: list[str]) -> None:
    for name, value in zip(fields, values, strict=True):
        told.setlist(name, [value] if value else [])


def _sent(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value) if value is not None else ""


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
        """Return what should stand otherwise than it does; what stands so already is no correction."""
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
        return {name: value for name, value in told.items() if as_it_stands(self.case, name) != value}


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
