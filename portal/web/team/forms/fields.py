"""The fields of the team's forms. What is typed is kept for the next try; each error says what is still needed."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    Field,
    Form,
    RadioField,
    SelectMultipleField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length

from portal.web.forms import readable

FIRST_CENTRES = date(2017, 1, 1)
TEXT_MOST = 200


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


class Hour(TimeField):
    """An hour of the day; what cannot be read as one is asked again in our own words."""

    def __init__(self, asked: Any, **kwargs: Any) -> None:
        """Remember what to say where it cannot be read."""
        super().__init__(**kwargs)
        self.asked = asked

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read an hour."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(self.asked) from None


def hour_of(text: str) -> time | None:
    """Return an hour that was written as 03:30."""
    return time.fromisoformat(text) if text else None


def past_day(asked: Any) -> Callable[[Form, Field], None]:
    """Return a validator that accepts a day a centre can have seen, on a form that knows today."""

    def check(form: Any, field: Field) -> None:
        if field.data and not FIRST_CENTRES <= field.data <= form.today:
            raise ValidationError(asked)

    return check


JUDGED = {"yes": True, "no": False, "open": None}


def judged() -> list[Any]:
    """Return the answers to a test that the team makes, or has not made yet."""
    words = {"yes": _("yes"), "no": _("no"), "open": _("note.judged_open")}
    return [SelectChoice(one, words[one]) for one in JUDGED]


def tidy(text: str | None) -> str | None:
    """Return a text in one form of its letters, without what surrounds it."""
    return unicodedata.normalize("NFC", text).strip() if text else text


def choices(ids: Sequence[str], words: Callable[[str], Any]) -> list[Any]:
    """Return choices with their words."""
    return [SelectChoice(str(one), words(str(one))) for one in ids]


def line(needed: Any, long: Any) -> StringField:
    """Return a field for one short line, which may not stay empty."""
    return StringField(filters=[tidy], validators=[DataRequired(needed), readable, Length(max=TEXT_MOST, message=long)])


def tick(needed: Any) -> BooleanField:
    """Return a box that says something is so, and must be ticked."""
    return BooleanField(validators=[DataRequired(needed)])


def fields_of(form: Form) -> list[Field]:
    """Return the fields that have something to say about what was sent."""
    return [field for field in form if field.errors]
