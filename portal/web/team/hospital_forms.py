"""What is sent on the way to the hospital's sign-in and back: nobody types any of it."""

from wtforms import Form, HiddenField
from wtforms.validators import Length

from portal.web.forms import typed
from portal.web.session_forms import SessionForm

LONGEST_CODE = 6000
LONGEST_STATE = 300


class LeadsBackForm(SessionForm):
    """Where a factor was asked."""

    on = HiddenField()


class BackForm(Form):
    """What the hospital's provider sent back with whoever signed in."""

    code = HiddenField(filters=[typed], validators=[Length(max=LONGEST_CODE)])
    state = HiddenField(filters=[typed], validators=[Length(max=LONGEST_STATE)])
    iss = HiddenField(filters=[typed], validators=[Length(max=LONGEST_STATE)])
    error = HiddenField(filters=[lambda said: "1" if said else ""])  # that it said no; how is its own affair
