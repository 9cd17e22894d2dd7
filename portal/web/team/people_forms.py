"""Forms about people: who is invited, and what a member chooses for their own account."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Form, HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from portal.access.common_list import listed_in
from portal.access.factors import LONGEST_PASSWORD, weakness
from portal.access.passkeys import NAME_MOST
from portal.access.roles import Role
from portal.web.forms import needed, readable, typed
from portal.web.rooms import rooms
from portal.web.session_forms import SessionForm
from portal.web.team.forms.fields import OneOf, choices, tick, tidy

LOGIN = re.compile(r"[^\W_](?:[\w.\-]{0,58}[^\W_])")
LOGIN_MOST = 60
LONGEST_ANSWER = 6000  # of a passkey
WEAK = {
    "short": _("password.short"),
    "long": _("password.long"),
    "name": _("password.name"),
    "simple": _("password.simple"),
    "common": _("password.common"),
}


class InviteForm(SessionForm):
    """Somebody new: the name they sign in with, and their role."""

    login = StringField(
        filters=[tidy],
        validators=[
            DataRequired(_("people.login_needed")),
            readable,
            Length(max=LOGIN_MOST, message=_("people.login_form")),
        ],
    )
    role = OneOf(_("people.role_needed"), choices=choices(list(Role), lambda one: _("role." + one)))

    def validate_login(self, field: StringField) -> None:
        """Accept letters, digits, dots, hyphens and underscores."""
        if not LOGIN.fullmatch(field.data or ""):
            raise ValidationError(_("people.login_form"))


class RoleForm(SessionForm):
    """Another role."""

    role = OneOf(_("people.role_needed"), choices=choices(list(Role), lambda one: _("role." + one)))


class EndForm(SessionForm):
    """What ends at once is ticked first: it is no slip."""

    sure = tick(_("people.sure_needed"))


class ChosenPassword(Form):
    """A password, typed twice: a slip of a finger would shut out whoever chose it."""

    password = PasswordField(validators=[needed(_("password.needed"))])
    again = PasswordField()

    def __init__(self, *args: Any, names: tuple[str, ...] = (), **kwargs: Any) -> None:
        """Remember what anybody knows."""
        super().__init__(*args, **kwargs)
        self.names = names

    def validate_password(self, field: PasswordField) -> None:
        """Say kindly why a password is not taken."""
        listed = listed_in(rooms().settings.common_passwords)
        if weak := weakness(field.data or "", *self.names, listed=listed):
            raise ValidationError(WEAK[weak])

    def validate_again(self, field: PasswordField) -> None:
        """Ask for the same twice."""
        if field.data != self.password.data:
            raise ValidationError(_("password.again_needed"))


class ChangePasswordForm(ChosenPassword, SessionForm):
    """The present password, and another."""

    present = PasswordField(
        validators=[needed(_("password.present_needed")), Length(max=LONGEST_PASSWORD, message=_("password.long"))]
    )


class AuthenticatorForm(Form):
    """A code that proves that the new authenticator works; what it was drawn for comes back sealed."""

    prepared = HiddenField()
    code = StringField(validators=[needed(_("factor.code_needed")), readable, Length(max=20, message=_("factor.form"))])


class OwnAuthenticatorForm(AuthenticatorForm, SessionForm):
    """The same, inside a session."""


class FreshForm(SessionForm):
    """A code shown once more, and where it was asked."""

    on = HiddenField()
    code = StringField(validators=[needed(_("factor.code_needed")), readable, Length(max=20, message=_("factor.form"))])


class PasskeyForm(Form):
    """A key's answer, as the browser wrote it."""

    challenge = HiddenField(validators=[Length(max=LONGEST_ANSWER)])
    answer = HiddenField(validators=[DataRequired(), Length(max=LONGEST_ANSWER)])


class OwnPasskeyForm(PasskeyForm, SessionForm):
    """The same, inside a session."""

    on = HiddenField()


class NameForm(SessionForm):
    """A passkey's name."""

    key = HiddenField(filters=[typed])  # PostgreSQL is never asked for a NUL
    name = StringField(
        filters=[tidy],
        validators=[
            DataRequired(_("passkey.name_needed")),
            readable,
            Length(max=NAME_MOST, message=_("passkey.name_long")),
        ],
    )


class NewPasskeyForm(NameForm):
    """A new passkey, with its name."""

    challenge = HiddenField(validators=[Length(max=LONGEST_ANSWER)])
    answer = HiddenField(validators=[Length(max=LONGEST_ANSWER)])
    mine = BooleanField()


class KeyForm(SessionForm):
    """Which passkey."""

    key = HiddenField(filters=[typed])  # PostgreSQL is never asked for a NUL
