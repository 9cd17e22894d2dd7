"""Finding a case outside *Today*: by the centre's own reference, exactly, and for a reason that is written down."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.cases import find_case
from portal.web.rooms import rooms
from portal.web.team import fresh
from portal.web.team.case_page import case_of
from portal.web.team.cases import why_page
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.today_forms import FindCaseForm, WhyForm


@blueprint.route("/find", methods=["GET", "POST"])
@signed_in(Duty.CARE)
def find(language: Language) -> ResponseReturnValue:
    """Find a case by its reference: there is no list of names, and no part of a reference finds anything."""
    form = own_form(FindCaseForm, request.form)
    if request.method != "POST" or not form.validate():
        return render_template("team/find.html", form=form), 422 if form.errors else 200
    case_id = find_case(rooms().database, member().centre_id, form.reference.data or "")
    if case_id is None:
        form.reference.errors = [_("today_find.unknown")]
        return render_template("team/find.html", form=form), 422
    return redirect(url_for(".why", language=language, case_id=case_id), 303)


@blueprint.get("/c/<case_id>/why")
@signed_in(Duty.CARE)
def why(language: Language, case_id: str) -> ResponseReturnValue:
    """Ask why a case is opened. Nothing of it is shown yet, and nothing is opened by coming here."""
    case_of(case_id)
    return why_page(
        case_id, own_form(WhyForm, data={"on": request.args.get(fresh.KEPT)}), unsaved="unsaved" in request.args
    )
