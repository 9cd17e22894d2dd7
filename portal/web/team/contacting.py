"""How the centre reaches her: agreed at the examination; replaced, or noted late, in person by two of the team.

The second shows a factor again: whoever leads the team to another telephone would speak in her place.
"""

from contextlib import suppress

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.contacts import (
    ProposalGoneError,
    ProposalWaitsError,
    SamePersonError,
    agree_contact,
    confirm_contact,
    withdraw_contact,
)
from portal.web.rooms import rooms
from portal.web.team.case_page import about, asked_first, case_of, case_page, case_worked_on
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.forms import ConfirmContactForm, ContactForm


@blueprint.post("/c/<case_id>/contact")
@signed_in(Duty.CARE)
def note_contact(language: Language, case_id: str) -> ResponseReturnValue:
    """Note how the centre reaches her: at once on the day of registration, later by a second member who confirms it."""
    opened = case_worked_on(case_id, "contact", "contact")
    form = about(ContactForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    try:
        agree_contact(rooms().database, member().centre_id, case_id, member().staff_id, form.contact(), rooms().now)
    except ProposalWaitsError:
        form.way.errors = [_("agreed.proposed_first")]
        return case_page(case_of(case_id), form), 422
    return _back(language, case_id)


@blueprint.post("/c/<case_id>/contact/confirm")
@signed_in(Duty.CARE)
def second_contact(language: Language, case_id: str) -> ResponseReturnValue:
    """Confirm a contact that a colleague proposed. Too late, or one's own: the page shows how it stands."""
    opened = case_worked_on(case_id, "contact_proposed", "contact")
    form = about(ConfirmContactForm, opened)
    waiting = opened.choices.contact_proposed
    if waiting is None or waiting.by == member().staff_id:
        return _back(language, case_id)
    if not form.validate():
        return case_page(opened, form), 422
    if (asked := asked_first(opened, "contact_proposed", "contact")) is not None:
        return asked
    with suppress(ProposalGoneError, SamePersonError):
        confirm_contact(
            rooms().database, member().centre_id, case_id, member().staff_id, form.proposal.data or "", rooms().now
        )
    return _back(language, case_id)


@blueprint.post("/c/<case_id>/contact/withdraw")
@signed_in(Duty.CARE)
def drop_contact(language: Language, case_id: str) -> ResponseReturnValue:
    """Take a proposed contact back; the one agreed before goes on standing."""
    case_worked_on(case_id)
    proposal_id = request.form.get("proposal", "")
    with suppress(ProposalGoneError):
        withdraw_contact(rooms().database, member().centre_id, case_id, member().staff_id, proposal_id, rooms().now)
    return _back(language, case_id)


def _back(language: Language, case_id: str) -> ResponseReturnValue:
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor="contact"), 303)
