"""What the team notes on the page of a case. All of it only protects, or asks her again before anything is done.

What frees (a hold lifted, an answer of the prosecutor, a seizure taken back) asks for a factor shown a moment ago, once
the form fits.
"""

from contextlib import suppress

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import notes, requests
from portal.records.choices import change_choices
from portal.records.items import MOST, FullError
from portal.web.rooms import rooms
from portal.web.team.case_page import about, asked_first, back_to, case_page, case_worked_on
from portal.web.team.desk import blueprint, member, signed_in
from portal.web.team.forms import AskForm, BackForm, ChoicesForm, HoldForm, KnownForm, MovedForm, ThingForm


@blueprint.post("/c/<case_id>/ask")
@signed_in(Duty.CARE)
def ask_in_person(language: Language, case_id: str) -> ResponseReturnValue:
    """Record a request she makes in person; one of the kind that waits already is shown instead."""
    opened = case_worked_on(case_id, "asking", "asking")
    form = about(AskForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    database, centre_id = rooms().database, member().centre_id
    wish = requests.Wish(*form.wish())
    receipt = requests.ask(database, centre_id, case_id, wish, rooms().now, asked_by=member().staff_id)
    with database.reading(centre_id) as session:
        record = requests.by_number(session, case_id, receipt.number) or abort(404)
    return redirect(url_for(".request_page", language=language, request_id=record.id), 303)


@blueprint.post("/c/<case_id>/thing")
@signed_in(Duty.CARE)
def add_thing(language: Language, case_id: str) -> ResponseReturnValue:
    """Add a thing that is kept."""
    opened = case_worked_on(case_id, "things", "kept")
    form = about(ThingForm, opened)
    if not form.validate() or form.taken_on.data is None:
        return case_page(opened, form), 422
    item = law.Item(law.ItemKind(form.thing.data), form.taken_on.data)
    database, mark = rooms().database, form.mark.data or ""
    try:
        notes.add_item(database, member().centre_id, case_id, member().staff_id, item, mark, rooms().now)
    except FullError:
        form.mark.errors = [_("thing.too_many", most=MOST)]
        return case_page(opened, form), 422
    return back_to(language, case_id, "kept")


@blueprint.post("/c/<case_id>/known")
@signed_in(Duty.CARE)
def note_known(language: Language, case_id: str) -> ResponseReturnValue:
    """Note what became known since this page was shown; the same again changes nothing and asks nobody again."""
    opened = case_worked_on(case_id, "known", "known")
    form = about(KnownForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    news = form.news()
    if form.frees and (asked := asked_first(opened, "known", "known")) is not None:
        return asked
    if news:
        notes.note_facts(
            rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, form.word, **news
        )
    return back_to(language, case_id, "known")


@blueprint.post("/c/<case_id>/hold")
@signed_in(Duty.CARE)
def set_hold(language: Language, case_id: str) -> ResponseReturnValue:
    """Hold everything of a case, and say why; pressed twice, it is one hold."""
    opened = case_worked_on(case_id, "hold", "hold")
    form = about(HoldForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    with rooms().database.reading(member().centre_id) as session:
        is_held = notes.is_held_by_team(session, case_id)
    if not is_held:
        notes.set_hold(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, form.word)
    return back_to(language, case_id, "hold")


@blueprint.post("/c/<case_id>/lift")
@signed_in(Duty.CARE)
def lift_hold(language: Language, case_id: str) -> ResponseReturnValue:
    """Lift the team's hold, and say why; what requests and a complaint hold stays held."""
    opened = case_worked_on(case_id, "hold", "hold")
    form = about(HoldForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    with rooms().database.reading(member().centre_id) as session:
        is_held = notes.is_held_by_team(session, case_id)
    if is_held and (asked := asked_first(opened, "hold", "hold")) is not None:
        return asked
    if is_held:
        notes.lift_holds(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, form.word)
    return back_to(language, case_id, "hold")


@blueprint.post("/c/<case_id>/moved")
@signed_in(Duty.CARE)
def hand_on(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that things were handed on; what is not here any more cannot be handed on twice."""
    opened = case_worked_on(case_id, "moved", "moved")
    form = about(MovedForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    notes.hand_on(
        rooms().database,
        member().centre_id,
        case_id,
        member().staff_id,
        rooms().now,
        form.moved_things.data or (),
        notes.HandedTo(form.moved_to.data),
        form.word,
    )
    return back_to(language, case_id, "kept")


@blueprint.post("/c/<case_id>/back")
@signed_in(Duty.CARE)
def put_back(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that things are here after all, and why; pressed twice, it is once."""
    opened = case_worked_on(case_id, "back", "moved")
    form = about(BackForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    things, why = form.back_things.data or (), form.back_why.data or ""
    with suppress(LookupError):  # another centre keeps the case meanwhile: the page says so
        notes.put_back(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, things, why)
    return back_to(language, case_id, "kept")


@blueprint.post("/c/<case_id>/choices")
@signed_in(Duty.CARE)
def note_choices(language: Language, case_id: str) -> ResponseReturnValue:
    """Note which pages she wants at hand, whether she sees who opened her record, and that she wants messages again."""
    opened = case_worked_on(case_id, "choices", "choices")
    form = about(ChoicesForm, opened)
    if not form.validate():
        return case_page(opened, form), 422
    again = {"messages_stopped": False} if form.messages_again.data else {}
    pages = tuple(form.pages.data or ())
    _choose(case_id, pages=pages, shows_openings=form.shows_openings.data == "yes", **again)
    return back_to(language, case_id, "choices")


def _choose(case_id: str, **changes: object) -> None:
    change_choices(rooms().database, member().centre_id, case_id, member().staff_id, rooms().now, **changes)
