"""What is done with a line of *Today*: taking it, ending it, looking at a case again on another day."""

from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import lines
from portal.records.board import stands
from portal.records.cases import Why, note_viewing
from portal.records.lines import LineKind
from portal.records.outbox import NotSentError, queue_reminder
from portal.records.reviews import USUAL, review
from portal.records.today import Part
from portal.web.rooms import rooms
from portal.web.team.case_page import case_of
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.today_forms import ReviewForm


@blueprint.post("/line/<kind>/<thing_id>/take")
@signed_in(Duty.CARE)
def take_line(language: Language, kind: str, thing_id: str) -> ResponseReturnValue:
    """Take a line: this member owns it from now on."""
    check_token()
    try:
        lines.take(rooms().database, member().centre_id, member().staff_id, _kind(kind), thing_id, _day(), rooms().now)
    except LookupError:
        abort(404)
    return _back(language)


@blueprint.post("/line/<kind>/<thing_id>/end")
@signed_in(Duty.CARE)
def end_line(language: Language, kind: str, thing_id: str) -> ResponseReturnValue:
    """End a line: she was told, or it was seen. What ends by its own work is not ended here."""
    check_token()
    wanted = _kind(kind)
    if wanted not in lines.ENDED_BY_HAND:
        abort(404)
    try:
        lines.end(rooms().database, member().centre_id, member().staff_id, wanted, thing_id, _day(), rooms().now)
    except LookupError:
        abort(404)
    return _back(language)


@blueprint.post("/line/<kind>/<thing_id>/remind")
@signed_in(Duty.CARE)
def send_reminder(language: Language, kind: str, thing_id: str) -> ResponseReturnValue:
    """Send the reminder she wished for and end its line; where it cannot go, the page of the case says why."""
    check_token()
    wanted, database, centre_id, now = _kind(kind), rooms().database, member().centre_id, rooms().now
    try:
        case_id = lines.case_of_date(database, centre_id, wanted, thing_id, _day())
        if not line_stands(case_id, Part.SOON, Part.LATER):
            return _back(language)
        queue_reminder(database, centre_id, case_id, member().staff_id, now)
    except LookupError:
        abort(404)
    except NotSentError:
        note_viewing(database, centre_id, member().staff_id, case_id, now, Why.DATE)
        return redirect(url_for(".case", language=language, case_id=case_id, _anchor="messages"), 303)
    lines.end(database, centre_id, member().staff_id, wanted, thing_id, _day(), now)
    return _back(language)


@blueprint.post("/c/<case_id>/again")
@signed_in(Duty.CARE)
def note_look(language: Language, case_id: str) -> ResponseReturnValue:
    """Note that a case was looked at, and when somebody looks at it again; only where its line stands there."""
    check_token()
    opened = case_of(case_id)
    if not line_stands(case_id, Part.LOOKS):  # somebody was first, or there never was one: nothing of it is shown
        return _back(language)
    form = own_form(ReviewForm, request.form, today=rooms().today)
    if not form.validate() or form.on.data is None:
        return render_template("team/review.html", form=form, case_id=case_id, opened=opened), 422
    review(rooms().database, member().centre_id, case_id, member().staff_id, form.on.data, rooms().now)
    return _back(language)


def line_stands(case_id: str, *parts: Part) -> bool:
    """Tell whether a line about a case stands now in one of these parts of this member's *Today*."""
    return stands(rooms().database, member().centre_id, member().staff_id, case_id, parts, rooms().now)


def review_form() -> ReviewForm:
    """Return the form for looking again, with the usual day."""
    return own_form(ReviewForm, today=rooms().today, data={"on": rooms().today + USUAL})


def _kind(kind: str) -> LineKind:
    return LineKind(kind) if kind in set(LineKind) else abort(404)


def _day() -> date | None:
    """Return the day a line is about, as its form sent it."""
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        return None


def _back(language: Language) -> ResponseReturnValue:
    return redirect(url_for(".today", language=language), 303)
