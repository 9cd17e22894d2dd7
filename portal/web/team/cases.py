"""Cases: a new one, opening one, and its page."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.cases import Admission, AlreadyRegisteredError, Why, note_viewing, register_case
from portal.records.today import Part
from portal.web.rooms import rooms
from portal.web.team import fresh
from portal.web.team.case_page import case_of, case_page, filled_before, is_viewed
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import CaseForm, OpenForm
from portal.web.team.lines import line_stands
from portal.web.team.today_forms import WhyForm

FROM_TODAY = {
    "date": (Why.DATE, (Part.SOON, Part.LATER)),
    "call": (Why.CALL, (Part.CALLS,)),
    "message": (Why.MESSAGE, (Part.MESSAGES,)),
    "contact": (Why.OTHER, (Part.CONTACTS,)),
    "look": (Why.OTHER, (Part.LOOKS,)),  # her page may show it: it must not tell of a hold or a complaint
}  # a line of *Today* says by itself why, as long as it stands there


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in(Duty.CARE)
def new_case(language: Language) -> ResponseReturnValue:
    """Register a case for this centre."""
    form = own_form(CaseForm, request.form, today=rooms().today, data={"language": str(language)})
    if request.method != "POST" or not form.validate():
        return render_template("team/new_case.html", form=form), 422 if form.errors else 200
    try:
        case_id = register_case(rooms().database, member().centre_id, member().staff_id, _admission(form), rooms().now)
    except AlreadyRegisteredError as known:
        form.reference.errors = [_("case.reference_known")]
        return render_template("team/new_case.html", form=form, known=known.case_id, why=own_form(WhyForm)), 422
    return redirect(url_for(".case", language=language, case_id=case_id), 303)


@blueprint.post("/c/<case_id>/open")
@signed_in(Duty.CARE)
def open_one(language: Language, case_id: str) -> ResponseReturnValue:
    """Open a case, and write in the journal who did and why; for fifteen minutes it can then be read."""
    check_token()
    case_of(case_id)
    form = own_form(WhyForm, request.form)
    why = _from_today(case_id, own_form(OpenForm, request.form).why.data or "")
    if why is None:
        if not form.validate():
            return why_page(case_id, form), 422
        why = Why(form.why.data)
    note_viewing(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now, why)
    if fresh.is_asked_here(form.on.data or ""):
        return fresh.back_to(form.on.data or "")
    return redirect(url_for(".calls" if why is Why.CALL else ".case", language=language, case_id=case_id), 303)


@blueprint.get("/c/<case_id>")
@signed_in(Duty.CARE)
def case(language: Language, case_id: str) -> ResponseReturnValue:
    """Show a case of this centre that was opened: its dates and requests, and what can be noted of it."""
    opened = case_of(case_id)
    if not is_viewed(case_id):
        return redirect(url_for(".why", language=language, case_id=case_id), 303)
    return case_page(opened, filled_before(opened))


def why_page(case_id: str, form: WhyForm, *, unsaved: bool = False) -> str:
    """Return the page that asks why a case is opened; it shows nothing of it.

    `unsaved`: what was just sent was not noted. It is there again after the case is opened, where the form knows it.
    """
    has_kept = fresh.is_asked_here(form.on.data or "")
    return render_template("team/why.html", form=form, case_id=case_id, unsaved=unsaved, has_kept=has_kept)


def _from_today(case_id: str, said: str) -> Why | None:
    """Return why a line of *Today* opens a case; None where no such line stands there: somebody then says why."""
    why, parts = FROM_TODAY.get(said, (None, ()))
    return why if line_stands(case_id, *parts) else None


def _admission(form: CaseForm) -> Admission:
    return Admission(
        reference=form.reference.data or "",
        exam_on=None if form.no_exam.data else form.exam_on.data,
        minor=form.age.data == "minor",
        complaint=law.Complaint(form.complaint.data),
        language=form.language.data,
    )
