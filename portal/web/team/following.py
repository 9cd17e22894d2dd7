"""The calls at regular intervals (art. 14 § 3): what became of one, and when the next one is due."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import law
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.cases import OpenedCase, was_viewed
from portal.records.follow_up import Called, note_call
from portal.web.rooms import rooms
from portal.web.team import fresh
from portal.web.team.case_page import case_of, case_worked_on
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.forms import fields_of
from portal.web.team.today_forms import CallForm

ARTICLE = "14 § 3"


@blueprint.get("/c/<case_id>/calls")
@signed_in(Duty.CARE)
def calls(language: Language, case_id: str) -> ResponseReturnValue:
    """Show how the centre reaches her and when it calls next; only of a case that was opened."""
    opened = case_of(case_id)
    if not was_viewed(rooms().database, member().centre_id, member().staff_id, case_id, rooms().now):
        return redirect(url_for(".why", language=language, case_id=case_id), 303)
    return _page(opened, own_form(CallForm, fresh.typed_before(), today=rooms().today))


@blueprint.post("/c/<case_id>/calls")
@signed_in(Duty.CARE)
def note_a_call(language: Language, case_id: str) -> ResponseReturnValue:
    """Note what became of a call, or what she wants of the next ones."""
    opened = case_worked_on(case_id, page=request.path)
    form = own_form(CallForm, request.form, today=rooms().today)
    if not form.validate() or not law.is_followed_up(opened.law_case):
        return _page(opened, form), 422
    called, on = Called(form.called.data), form.day_to_come
    note_call(rooms().database, member().centre_id, case_id, member().staff_id, called, rooms().now, on)
    return redirect(url_for(".calls", language=language, case_id=case_id), 303)


def _page(opened: OpenedCase, form: CallForm) -> str:
    return render_template(
        "team/calls.html",
        case=opened,
        form=form,
        wrong=fields_of(form),
        is_followed_up=law.is_followed_up(opened.law_case),
        article=ARTICLE,
        today=rooms().today,
        kept=fresh.typed_before(),
    )
