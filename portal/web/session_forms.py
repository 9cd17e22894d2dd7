"""Forms inside a session: each carries a token signed for that session alone."""

import unicodedata
from datetime import date
from typing import Any, ClassVar, TypeVar

from flask import request
from flask_babel import lazy_gettext as _
from itsdangerous import BadData
from wtforms import BooleanField, DateField, Form, RadioField, StringField, ValidationError
from wtforms.csrf.core import CSRF
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import DataRequired, Length, Optional

from portal import law
from portal.access.links import Power
from portal.library.languages import LANGUAGES, OWN_NAMES
from portal.web.forms import readable
from portal.web.rooms import rooms

FORM_LIFE_SECONDS = 8 * 60 * 60


class SignedToken(CSRF):
    """A form token signed for one session (itsdangerous, its own salt): it needs no cookie and no store."""

    session_id: str

    def setup_form(self, form: Any) -> list[tuple[str, Any]]:
        """Remember whose form it is."""
        self.session_id = form.meta.csrf_context
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """Sign the session's id."""
        return str(rooms().signer("form").dumps(self.session_id))

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Refuse a token of another session, another purpose, or another day."""
        try:
            signed_for = rooms().signer("form").loads(field.data or "", max_age=FORM_LIFE_SECONDS)
        except BadData:
            signed_for = None
        if signed_for != self.session_id:
            raise ValidationError(_("form.token"))


class SessionForm(Form):
    """A form inside a session."""

    class Meta:
        """Every form inside a session carries a token."""

        csrf = True
        csrf_class = SignedToken
        csrf_field_name = "token"


F = TypeVar("F", bound=SessionForm)


def session_form(kind: type[F], session_id: str) -> F:
    """Return a form of a session, filled with what was sent."""
    return kind(request.form, meta={"csrf_context": session_id})


class ConfirmForm(SessionForm):
    """A button inside a session."""


class CaseForm(SessionForm):
    """A case: her own reference and what the law needs to know; nothing more is asked."""

    REFERENCE_MOST: ClassVar[int] = 60

    reference = StringField(
        filters=[lambda text: unicodedata.normalize("NFC", text).strip() if text else text],
        validators=[
            DataRequired(_("case.reference_needed")),
            readable,
            Length(max=REFERENCE_MOST, message=_("case.reference_long")),
        ],
    )
    exam_on = DateField(validators=[Optional()])
    no_exam = BooleanField()
    age = RadioField(choices=[SelectChoice("adult", _("case.adult")), SelectChoice("minor", _("case.minor"))])
    complaint = RadioField(
        choices=[
            SelectChoice(str(law.Complaint.NONE), _("case.complaint_none")),
            SelectChoice(str(law.Complaint.BEFORE_EXAM), _("case.complaint_before")),
            SelectChoice(str(law.Complaint.UNKNOWN), _("case.complaint_unknown")),
        ]
    )
    language = RadioField(choices=[SelectChoice(str(language), OWN_NAMES[language]) for language in LANGUAGES])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Remember today, which an examination cannot lie after."""
        super().__init__(*args, **kwargs)
        self.today = today

    def validate_exam_on(self, field: DateField) -> None:
        """Accept a day of the past that a centre can have seen."""
        if field.data and (self.no_exam.data or not date(2017, 1, 1) <= field.data <= self.today):
            raise ValidationError(_("case.exam_on_form"))

    def validate_no_exam(self, field: BooleanField) -> None:
        """Accept the word that there was no examination, never silence: it would close the extension to her."""
        if not (field.data or self.exam_on.data or self.exam_on.errors):
            raise ValidationError(_("case.exam_on_needed"))


class LinkForm(SessionForm):
    """What a new link may do."""

    power = RadioField(
        choices=[
            SelectChoice(str(Power.EXTEND), _("link.may_extend")),
            SelectChoice(str(Power.DATES), _("link.dates_only")),
            SelectChoice(str(Power.IN_PERSON), _("link.in_person")),
        ],
        default=str(Power.EXTEND),
    )
