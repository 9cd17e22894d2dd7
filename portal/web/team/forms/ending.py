"""The forms of the end of a period, and of looking at a case again."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, ValidationError
from wtforms.validators import DataRequired

from portal.records.reviews import FURTHEST
from portal.web.team.forms.case import AboutCase
from portal.web.team.forms.fields import Day, tick


class EndForm(AboutCase):
    """The written list was checked, as it was shown: `listed` are its things."""

    listed = HiddenField()
    checked = tick(_("ending.checked_needed"))


class ReviewForm(AboutCase):
    """The day on which somebody looks at a case again, within a year."""

    again_on = Day(_("ending.again_form"), validators=[DataRequired(_("ending.again_form"))])

    def validate_again_on(self, field: Day) -> None:
        """Accept a day to come."""
        if field.data and not self.today < field.data <= self.today + FURTHEST:
            raise ValidationError(_("ending.again_form"))
