"""Forms inside a session: each carries a token signed for that session alone."""

from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext as _
from itsdangerous import BadData
from wtforms import Form, ValidationError
from wtforms.csrf.core import CSRF

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
