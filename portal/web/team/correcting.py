"""Corrections: on a page of their own, with a reason and a factor shown a moment ago.

What shortens or frees is said first, and agreed to.
"""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records.cases import AlreadyRegisteredError, OpenedCase
from portal.records.corrections import Effect, NotAgreedError, Thing, correct_case
from portal.records.items import KeptItem
from portal.web.rooms import rooms
from portal.web.team import fresh
from portal.web.team.case_page import back_to, case_of, case_worked_on, is_viewed
from portal.web.team.desk import blueprint, member, own_form, signed_in
from portal.web.team.forms import AboutCase, CorrectForm, CorrectThingForm, fields_of


@blueprint.route("/c/<case_id>/correct", methods=["GET", "POST"])
@signed_in(Duty.CARE)
def correct(language: Language, case_id: str) -> ResponseReturnValue:
    """Correct what was written at the admission."""
    return _correct(language, case_id, CorrectForm, None)


@blueprint.route("/c/<case_id>/correct/<item_id>", methods=["GET", "POST"])
@signed_in(Duty.CARE)
def correct_thing(language: Language, case_id: str, item_id: str) -> ResponseReturnValue:
    """Correct the kind or the day of one thing that is kept here."""
    return _correct(language, case_id, CorrectThingForm, item_id)


def _correct(
    language: Language, case_id: str, kind: type[CorrectForm] | type[CorrectThingForm], item_id: str | None
) -> ResponseReturnValue:
    if request.method != "POST":
        return _show(language, case_id, kind, item_id)
    opened = case_worked_on(case_id)
    stands = _thing(opened, item_id)
    form = own_form(kind, request.form, case=opened, today=rooms().today)
    if not form.validate():
        return _page(form, stands), 422
    if (asked := fresh.asked_first(request.path)) is not None:
        return asked
    try:
        _write(form, case_id, item_id)
    except NotAgreedError as told:
        return _page(form, stands, told.effect), 422
    except AlreadyRegisteredError:
        form["reference"].errors = [_("case.reference_known")]
        return _page(form, stands), 422
    return back_to(language, case_id, "kept" if item_id else "corrected")


def _show(
    language: Language, case_id: str, kind: type[CorrectForm] | type[CorrectThingForm], item_id: str | None
) -> ResponseReturnValue:
    opened = case_of(case_id)
    stands = _thing(opened, item_id)
    if not is_viewed(case_id):
        return redirect(url_for(".today", language=language), 303)
    data = {"thing": stands.item.kind, "taken_on": stands.item.taken_on} if stands else kind.as_it_stands(opened)
    return _page(own_form(kind, fresh.typed_before(), case=opened, today=rooms().today, data=data), stands)


def _write(form: CorrectForm | CorrectThingForm, case_id: str, item_id: str | None) -> None:
    changes: dict[str, Any] = form.changes if isinstance(form, CorrectForm) else {}
    thing: Thing | None = form.corrected(item_id or "") if isinstance(form, CorrectThingForm) else None
    correct_case(
        rooms().database,
        member().centre_id,
        case_id,
        member().staff_id,
        rooms().now,
        changes,
        form.why.data or "",
        agreed=bool(form.agreed.data),
        thing=thing,
    )


def _thing(opened: OpenedCase, item_id: str | None) -> KeptItem | None:
    if item_id is None:
        return None
    return next((one for one in opened.here if one.id == item_id), None) or abort(404)


def _page(form: AboutCase, stands: KeptItem | None, effect: Effect | None = None) -> str:
    return render_template(
        "team/correct.html",
        form=form,
        case=form.case,
        thing=stands,
        effect=effect,
        wrong=fields_of(form),
        kept=fresh.typed_before(),
    )
