"""Forms: what is typed is trusted in nothing and never HTML; errors are calm, translated and specific."""

import re
from collections.abc import Callable

from flask_babel import lazy_gettext as _
from wtforms import Field, Form, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

# NUL, control characters, bytes in another encoding, and characters that cannot be seen or turn a line around.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")


def typed(value: str | None) -> str:
    """Return what was typed as it can stand on a page again, for the next try."""
    return UNREADABLE.sub("", value or "")


def readable(_form: Form, field: Field) -> None:
    """Refuse characters that no keyboard types: NUL, control characters, and bytes in another encoding."""
    if any(UNREADABLE.search(text) for text in (field.raw_data or ()) if isinstance(text, str)):
        raise ValidationError(_("form.unreadable"))


def needed(message: str) -> Callable[[Form, Field], None]:
    """Return a validator that says, in one sentence, what is still needed."""
    return InputRequired(message)


class PlaceForm(Form):
    """Where somebody is, by postcode or by name; nothing of it is kept."""

    place = StringField(validators=[needed(_("places.needed")), readable])


class FindForm(Form):
    """What somebody looks for, in her own words; nothing of it is kept."""

    words = StringField(validators=[needed(_("find.needed")), readable, Length(max=200, message=_("find.long"))])

    def validate_words(self, field: StringField) -> None:
        """Ask for something other than spaces."""
        if not (field.data or "").strip():
            raise ValidationError(_("find.needed"))


class CardForm(Form):
    """The characters at the end of a link, typed from a card or pasted with the whole link."""

    reference = StringField(validators=[needed(_("card.needed")), readable, Length(max=300, message=_("card.form"))])


class CodeForm(Form):
    """The eight digits that open a link."""

    code = StringField(validators=[needed(_("code.needed")), readable, Length(max=40, message=_("code.form"))])

    def validate_code(self, field: StringField) -> None:
        """Accept eight digits, however they are grouped."""
        if not re.fullmatch(r"\d{8}", re.sub(r"[\s.\-]", "", field.data or ""), re.ASCII):
            raise ValidationError(_("code.form"))


class SignInForm(Form):
    """The team's sign-in."""

    login = StringField(validators=[needed(_("sign_in.needed")), readable, Length(max=80, message=_("sign_in.needed"))])
    password = PasswordField(validators=[needed(_("sign_in.needed")), Length(max=200, message=_("sign_in.needed"))])
    code = StringField(validators=[needed(_("sign_in.needed")), readable, Length(max=20, message=_("sign_in.needed"))])
