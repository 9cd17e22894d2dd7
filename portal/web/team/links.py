"""A link for her: made in one form, shown once as a card and a code, ended by a button."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.links import MadeMeanwhileError, Power, make_link, revoke_link
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.web.rooms import rooms
from portal.web.team.case_page import about, case_of, case_page, case_worked_on, phone_of_centre
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.forms.link import CARD, LinkForm
from portal.web.team.outgoing import Handout, link_page


@blueprint.post("/c/<case_id>/link")
@signed_in(Duty.CARE)
def new_link(language: Language, case_id: str) -> ResponseReturnValue:
    """Make a link and a code, and show card and code this once: no other address ever shows them."""
    opened = case_worked_on(case_id, "link", "link")
    form = about(LinkForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    try:
        link = make_link(
            rooms().database,
            member().centre_id,
            case_id,
            member().staff_id,
            rooms().now,
            Power(form.power.data),
            pages=form.pages_of(rooms().library.sets),
            instead_of=form.instead_of.data,
        )
    except MadeMeanwhileError:
        form.power.errors = [_("link.meanwhile")]
        return case_page(case_of(case_id), form), 422
    phone = phone_of_centre() if form.phone and form.phone.data else None
    return link_page(opened, Handout(link, form.code_by.data == CARD, phone))


@blueprint.post("/c/<case_id>/link/end")
@signed_in(Duty.CARE)
def end_link(language: Language, case_id: str) -> ResponseReturnValue:
    """End the link of a case at once, and whatever visit runs on it; pressed twice, it ended once."""
    case_worked_on(case_id)
    revoke_link(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now)
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor="link"), 303)
