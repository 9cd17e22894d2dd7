"""The forms of *Today*, of the calls, of finding a case, and of what a centre decides."""

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from portal.law.course import LONGEST_WAITING
from portal.records import follow_up, reviews
from portal.records.cases import ASKED_FOR
from portal.records.centres import LAST_FOLLOW_UP, LONGEST_GRACE, LONGEST_RHYTHM, Rules
from portal.records.follow_up import Called
from portal.web.forms import readable
from portal.web.session_forms import SessionForm
from portal.web.team.forms import CaseForm
from portal.web.team.forms.fields import FIRST_CENTRES, Day, OneOf, choices, tidy

NUMBERS = re.compile(r"\d{1,3}(?:[\s,;]+\d{1,3})*", re.ASCII)


class DayForm(SessionForm):
    """A form about days: it knows which one is today."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Remember today."""
        super().__init__(*args, **kwargs)
        self.today = today


class ReviewForm(DayForm):
    """When somebody looks at a case again."""

    on = Day(_("today_look.on_needed"), validators=[DataRequired(_("today_look.on_needed"))])

    def validate_on(self, field: Day) -> None:
        """Accept a day to come, within a year: nothing stays out of sight for ever."""
        if field.data and not self.today < field.data <= self.today + reviews.FURTHEST:
            raise ValidationError(_("today_look.on_needed"))


class CallForm(DayForm):
    """What became of a call, or what she wants of the next ones."""

    called = OneOf(_("today_call.needed"), choices=choices(list(Called), lambda one: _("today_call.did_" + one)))
    on = Day(_("today_call.on_form"), validators=[Optional()])

    def validate_on(self, field: Day) -> None:
        """Accept a day to come."""
        if self.day_to_come and not self.today < self.day_to_come <= self.today + follow_up.FURTHEST:
            raise ValidationError(_("today_call.on_form"))

    def validate_called(self, field: Field) -> None:
        """Ask for the day on which she wants to be called, where she wants another."""
        if field.data == Called.MOVED and self.on.data is None:
            raise ValidationError(_("today_call.on_needed"))

    @property
    def day_to_come(self) -> date | None:
        """The day that was given, where the answer asks for one."""
        return self.on.data if self.called.data in (Called.MOVED, Called.NOT_REACHED) else None


class FindCaseForm(SessionForm):
    """The centre's own reference, whole."""

    reference = StringField(
        filters=[tidy],
        validators=[
            DataRequired(_("case.reference_needed")),
            readable,
            Length(max=CaseForm.REFERENCE_MOST, message=_("case.reference_long")),
        ],
    )


class WhyForm(SessionForm):
    """Why a case is opened outside *Today*, and where that leads back to."""

    on = HiddenField()
    why = OneOf(_("today_why.needed"), choices=choices(ASKED_FOR, lambda one: _("today_why." + one)))


def number(needed: Any, most: int, *more: Any) -> StringField:
    """Return a field for a whole number from 0 to a largest one."""

    def in_range(_form: Any, field: Field) -> None:
        text = str(field.data or "")
        if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= most):
            raise ValidationError(needed)

    return StringField(filters=[tidy], validators=[*more, readable, in_range])


class RulesForm(DayForm):
    """What a centre decides for all its cases."""

    waiting_days = number(_("today_rules.waiting_form"), LONGEST_WAITING.days)
    grace_days = number(_("today_rules.grace_form"), LONGEST_GRACE, Optional())
    grace_written_on = Day(_("today_rules.grace_on_form"), validators=[Optional()])
    follow_up_days = StringField(filters=[tidy], validators=[readable])
    quiet_from = number(_("today_rules.hour_form"), 23)
    quiet_until = number(_("today_rules.hour_form"), 23)

    @classmethod
    def as_typed(cls, rules: Rules) -> dict[str, Any]:
        """Return what the centre decided, as somebody would type it."""
        return {
            "waiting_days": str(rules.waiting_days),
            "grace_days": "" if rules.grace_days is None else str(rules.grace_days),
            "grace_written_on": rules.grace_written_on,
            "follow_up_days": ", ".join(str(day) for day in rules.follow_up_days),
            "quiet_from": str(rules.quiet_from),
            "quiet_until": str(rules.quiet_until),
        }

    def validate_grace_days(self, field: StringField) -> None:
        """Ask for the day of the paper: what is not written down is no grace."""
        if field.data and not (self.grace_written_on.raw_data or [""])[0]:
            raise ValidationError(_("today_rules.grace_both"))

    def validate_grace_written_on(self, field: Day) -> None:
        """Accept a day of the past, with a grace."""
        if field.data and not self.grace_days.data:
            raise ValidationError(_("today_rules.grace_both"))
        if field.data and not FIRST_CENTRES <= field.data <= self.today:
            raise ValidationError(_("today_rules.grace_on_form"))

    def validate_follow_up_days(self, field: StringField) -> None:
        """Accept a few numbers of days, or none."""
        if field.data and not NUMBERS.fullmatch(field.data):
            raise ValidationError(_("today_rules.follow_up_form"))
        days = self._days()
        if len(days) > LONGEST_RHYTHM or not all(1 <= day <= LAST_FOLLOW_UP for day in days):
            raise ValidationError(_("today_rules.follow_up_form"))

    def validate_quiet_until(self, field: StringField) -> None:
        """Accept another hour than the first: from eight to eight is either never or always."""
        if field.data and field.data == self.quiet_from.data:
            raise ValidationError(_("today_rules.hour_other"))

    @property
    def rules(self) -> Rules:
        """What was decided."""
        grace = self.grace_days.data
        return Rules(
            waiting_days=int(self.waiting_days.data or 0),
            grace_days=int(grace) if grace else None,
            grace_written_on=self.grace_written_on.data,
            follow_up_days=self._days(),
            quiet_from=int(self.quiet_from.data or 0),
            quiet_until=int(self.quiet_until.data or 0),
        )

    def _days(self) -> tuple[int, ...]:
        return tuple(sorted({int(one) for one in re.findall(r"\d+", self.follow_up_days.data or "", re.ASCII)}))
