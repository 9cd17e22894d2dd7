"""The form of one question: made from the words of the question, and from the things that are kept."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal.library.space import Question, SpaceWords
from portal.records.items import KeptItem
from portal.web.followup.questions import RETURN, Asked, Form
from portal.web.forms import readable
from portal.web.session_forms import SessionForm, session_form

LONGEST_TEXT = 200  # what is typed is sealed with the request, and short


class QuestionForm(SessionForm):
    """One question."""

    def given(self) -> Any:
        """Return the answer, as it travels on."""
        return self["answer"].data


class EachThingForm(SessionForm):
    """One question about each of several things."""

    def given(self) -> dict[str, str]:
        """Return the answer for each thing."""
        return {name.removeprefix("thing-"): field.data for name, field in self._fields.items() if name != "token"}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for at least one thing to return: without one there is nothing to ask."""
        valid = bool(super().validate(extra_validators))
        if valid and RETURN not in self.given().values():
            self.form_errors.append(str(_("ask.one_thing")))
            return False
        return valid


def form_for(asked: Asked, things: Sequence[KeptItem], words: SpaceWords, session_id: str) -> Any:
    """Return the form of a question, filled with what was sent."""
    question = words.questions[asked.id]
    field: Any
    match asked.form:
        case Form.ONE:
            field = RadioField(choices=_offered(question), validators=[_chosen], validate_choice=False)
        case Form.MANY:
            field = _many(_offered(question))
        case Form.THINGS:
            field = _many([SelectChoice(one.id, thing_name(one, words)) for one in things])
        case Form.TEXT:
            field = StringField(validators=[readable, Length(max=LONGEST_TEXT, message=_("ask.too_long"))])
        case Form.EACH_THING:
            fields = {
                f"thing-{one.id}": RadioField(
                    thing_name(one, words),
                    choices=_offered(question),
                    default="not-now",
                    validators=[_chosen],
                    validate_choice=False,
                )
                for one in things
            }
            return session_form(type("OfEachThing", (EachThingForm,), fields), session_id)
    return session_form(type("OfOneQuestion", (QuestionForm,), {"answer": field}), session_id)


def thing_name(one: KeptItem, words: SpaceWords) -> str:
    """Say a thing by its kind and the number on its bag, which tells nothing to anybody else."""
    return (
        str(_("space.thing", kind=words.items[one.item.kind], mark=one.mark))
        if one.mark
        else words.items[one.item.kind]
    )


def _offered(question: Question) -> list[Any]:
    return [SelectChoice(value, text) for value, text in question.answers.items()]


def _many(choices: list[Any]) -> Any:
    return SelectMultipleField(
        choices=choices,
        validators=[_some],
        validate_choice=False,  # said in her language, below
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def _chosen(_form: SessionForm, field: Any) -> None:
    if field.data not in {choice for choice, *_rest in field.iter_choices()}:
        raise ValidationError(str(_("ask.choose")))


def _some(_form: SessionForm, field: Any) -> None:
    if request.method == "POST" and not (
        field.data and set(field.data) <= {one for one, *_rest in field.iter_choices()}
    ):
        raise ValidationError(str(_("ask.choose_some")))
