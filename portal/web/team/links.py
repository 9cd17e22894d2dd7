"""A link for her: made in one form, shown once as a card and a code, ended by a button."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.links import MadeMeanwhileError, NewLink, Power, make_link, revoke_link
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.messages import link_message
from portal.records.cases import OpenedCase
from portal.web.rooms import rooms
from portal.web.team.card import card_of, code_of
from portal.web.team.cases import about, case_of, case_page, case_worked_on, phone_of_centre
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.link_forms import CARD, LinkForm


@blueprint.post("/c/<case_id>/link")
@signed_in(Duty.CARE)
def new_link(language: Language, case_id: str) -> ResponseReturnValue:
    """Make a link and a code, and show card and code this once: no other address ever shows them."""
    opened = case_worked_on(case_id)
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
    return _shown_once(opened, form, link)


@blueprint.post("/c/<case_id>/link/end")
@signed_in(Duty.CARE)
def end_link(language: Language, case_id: str) -> ResponseReturnValue:
    """End the link of a case at once, and whatever visit runs on it; pressed twice, it ended once."""
    case_worked_on(case_id)
    revoke_link(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now)
    return redirect(url_for(".case", language=language, case_id=case_id, _anchor="link"), 303)


def _shown_once(opened: OpenedCase, form: LinkForm, link: NewLink) -> str:
    hers = Language(opened.admission.language)
    address = rooms().settings.base_url + url_for("followup.code", language=hers, token=link.token)
    return render_template(
        "team/link.html",
        case=opened,
        link=link,
        card=card_of(link, hers, address, phone_of_centre() if form.phone and form.phone.data else None),
        code=code_of(link, hers),
        with_code_card=form.code_by.data == CARD,
        message=link_message(rooms().library, hers, address),
    )
