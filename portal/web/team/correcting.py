"""Corrections: on a page of their own, with a reason and a factor shown a moment ago.

What shortens, frees or ends her link is said first, each change by its name, and agreed to.
"""

from collections.abc import Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

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
from portal.web.team.forms.correct import SHOWED, rebase, showing
from portal.web.team.noted import say_value

NAMED = {"age": "minor", "thing": "item_kind", "taken_on": "item_day"}  # fields that their corrections call otherwise


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
    opened = case_worked_on(case_id, page=request.path)
    stands = _thing(opened, item_id)
    form, meanwhile = _filled(kind, request.form, opened, stands)
    if not form.validate() or meanwhile:
        return _page(form, stands, meanwhile), 422
    if (asked := fresh.asked_first(request.path)) is not None:
        return asked
    try:
        effect = _write(form, case_id, item_id)
    except NotAgreedError as told:
        return _page(form, stands, told=told), 422
    except AlreadyRegisteredError:
        form["reference"].errors = [_("case.reference_known")]
        return _page(form, stands), 422
    ended = effect is not None and effect.ends_link
    return back_to(language, case_id, "link" if ended else "kept" if item_id else "corrected")


def _show(
    language: Language, case_id: str, kind: type[CorrectForm] | type[CorrectThingForm], item_id: str | None
) -> ResponseReturnValue:
    opened = case_of(case_id)
    stands = _thing(opened, item_id)
    if not is_viewed(case_id):
        return redirect(url_for(".why", language=language, case_id=case_id), 303)
    form, meanwhile = _filled(kind, fresh.typed_before(), opened, stands)
    return _page(form, stands, meanwhile)


def _filled(
    kind: type[CorrectForm] | type[CorrectThingForm],
    typed: MultiDict[str, str] | None,
    opened: OpenedCase,
    stands: KeptItem | None,
) -> tuple[CorrectForm | CorrectThingForm, tuple[str, ...]]:
    """Return the form as it stands, with what was typed on it, and what a colleague changed meanwhile."""
    data = _data(opened, stands)
    on_top = rebase(typed, data) if typed is not None else None
    form = own_form(kind, on_top.typed if on_top else None, case=opened, today=rooms().today, data=data)
    return form, on_top.meanwhile if on_top else ()


def _data(opened: OpenedCase, stands: KeptItem | None) -> dict[str, Any]:
    if stands is None:
        return CorrectForm.as_it_stands(opened)
    return {"thing": stands.item.kind, "taken_on": stands.item.taken_on}


def _write(form: CorrectForm | CorrectThingForm, case_id: str, item_id: str | None) -> Effect | None:
    changes: dict[str, Any] = form.changes if isinstance(form, CorrectForm) else {}
    thing: Thing | None = form.corrected(item_id or "") if isinstance(form, CorrectThingForm) else None
    return correct_case(
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


def _page(
    form: AboutCase, stands: KeptItem | None, meanwhile: Sequence[str] = (), told: NotAgreedError | None = None
) -> str:
    for name in meanwhile:
        if name in form:
            form[name].errors = [_("casepage.meanwhile", what=_("casepage.what_" + NAMED.get(name, name)))]
    return render_template(
        "team/correct.html",
        form=form,
        case=form.case,
        thing=stands,
        effect=told.effect if told else None,
        changes=told.changes if told else (),
        showed={SHOWED + name: value for name, value in showing(_data(form.case, stands)).items()},
        say_value=say_value,
        wrong=fields_of(form),
        kept=fresh.typed_before(),
    )
