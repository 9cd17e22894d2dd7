"""Her own space. A link only shows a field for a code; the code opens it; leaving ends it."""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.links import TOKEN, Answer, Attempt, Power, try_code
from portal.access.visits import OpenVisit, begin_visit, find_visit
from portal.library.languages import Language, say_moment
from portal.records import requests
from portal.records.models import Centre
from portal.web import cookies
from portal.web.forms import CardForm, CodeForm
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm, session_form

blueprint = Blueprint("followup", __name__)

FOUR = (
    law.RequestKind.EXTENSION,
    law.RequestKind.REPORT_COPY,
    law.RequestKind.DESTRUCTION,
    law.RequestKind.RESTITUTION,
)

P = ParamSpec("P")


@blueprint.before_request
def keep_out_of_searches() -> None:
    """Nothing here belongs in a search engine."""
    g.private = True


@blueprint.route("/<lang:language>/l/", methods=["GET", "POST"])
def card(language: Language) -> ResponseReturnValue:
    """Help who holds a card or a link that cannot be tapped."""
    form = CardForm(request.form)
    if request.method == "POST" and form.validate():
        if match := re.search(rf"(?<![A-Za-z0-9_-])({TOKEN.pattern})/?\s*$", form.reference.data or ""):
            return redirect(url_for(".code", language=language, token=match[1]), 303)
        form.reference.errors = [_("card.form")]
    return render_template("card.html", form=form), 422 if form.reference.errors else 200


@blueprint.route("/<lang:language>/l/<token>", methods=["GET", "POST"])
def code(language: Language, token: str) -> ResponseReturnValue:
    """Show the field for the code, whoever fetches it and however often; a code that fits opens the space."""
    if not TOKEN.fullmatch(token):
        abort(404)
    form = CodeForm(request.form)
    if request.method != "POST":
        return render_template("code.html", form=form)
    if not form.validate():
        return render_template("code.html", form=form), 422
    attempt = try_code(rooms().database, token, form.code.data or "", rooms().now)
    if attempt.answer is not Answer.OPENED or attempt.link_id is None:
        form.code.errors = [_why_not(attempt, language)]
        return render_template("code.html", form=form), 422
    response = redirect(url_for(".space", language=language), 303)
    cookies.set_secret(response, cookies.VISIT, begin_visit(rooms().database, attempt.link_id, rooms().now))
    return make_response(response)


def in_visit(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Give a view the running session as `g.visit`; without one, say kindly how to open it again."""

    @wraps(view)
    def with_visit(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        secret = cookies.read(cookies.VISIT)
        g.visit = find_visit(rooms().database, secret, rooms().now) if secret else None
        if g.visit is None:
            return _ended(had_one=secret is not None)
        return view(*args, **kwargs)

    return with_visit


@blueprint.get("/<lang:language>/m/")
@in_visit
def space(language: Language) -> ResponseReturnValue:
    """Show the dates, the four requests and what became of them."""
    visit: OpenVisit = g.visit
    openings = _openings(visit)
    with rooms().database.reading() as session:
        asked = requests.of_case(session, visit.case.record.id)
        centre = session.get_one(Centre, visit.case.record.centre_id)
    known = rooms().library.directory.centres.get(centre.directory_id or "")
    return render_template(
        "space.html",
        visit=visit,
        openings=openings,
        told=_date_told(visit, openings[law.RequestKind.EXTENSION]),
        today=rooms().today,
        asked=asked,
        waiting=any(one.state not in requests.ENDED for one in asked),
        may_ask=may_ask(visit, openings[law.RequestKind.EXTENSION]),
        dates_only=visit.power is Power.DATES,
        phone=known.phone if known else None,
        talk=law.hides_its_cause,
        Way=law.Way,
    )


@blueprint.route("/<lang:language>/m/e", methods=["GET", "POST"])
@in_visit
def extension(language: Language) -> ResponseReturnValue:
    """Explain the extension and, when confirmed, write it once and only once."""
    visit: OpenVisit = g.visit
    opening = _openings(visit)[law.RequestKind.EXTENSION]
    if not may_ask(visit, opening):
        return redirect(url_for(".space", language=language), 303)
    form = session_form(ConfirmForm, visit.secret_hash)
    if request.method == "POST" and form.validate():
        record = visit.case.record
        requests.ask_extension(rooms().database, record.centre_id, record.id, rooms().today, rooms().now)
        return redirect(url_for(".receipt", language=language), 303)
    status = 422 if form.errors else 200
    return render_template("extension.html", form=form, opening=opening, talk=law.hides_its_cause), status


@blueprint.get("/<lang:language>/m/r")
@in_visit
def receipt(language: Language) -> ResponseReturnValue:
    """Show the number and the moment of the request."""
    visit: OpenVisit = g.visit
    with rooms().database.reading() as session:
        asked = requests.latest(session, visit.case.record.id, law.RequestKind.EXTENSION) or abort(404)
    return render_template("receipt.html", asked=asked)


def may_ask(visit: OpenVisit, opening: law.Opening) -> bool:
    """Tell whether this link may ask an extension: asking can only protect, so only a plain "no" closes it.

    A closing that a complaint, a hold or a seizure caused is asked like any other that the team decides:
    the page must not tell them apart.
    """
    if visit.power is Power.DATES or opening.reason == "extended-once":
        return False
    return opening.way is not law.Way.CLOSED or law.hides_its_cause(opening)


TALK = law.Opening(law.Way.NURSE, None, "29", "in-person")


def _openings(visit: OpenVisit) -> dict[law.RequestKind, law.Opening]:
    """Return the four answers to show.

    An "in person only" link shows what a hidden cause would show: the page of somebody who chose it, and of
    somebody whose centre must decide, are the same page.
    """
    if visit.power is Power.IN_PERSON:
        return dict.fromkeys(FOUR, TALK)
    answers = law.open_requests(visit.case.law_case, rooms().today)
    return {kind: answers[kind] for kind in FOUR}


def _date_told(visit: OpenVisit, opening: law.Opening) -> law.Keeping | None:
    """Return the period whose date may be told: where art. 29 plainly runs; else the centre tells her."""
    if opening.reason == "extended-once" or opening.way is law.Way.OPEN or opening.reason == "date-passed":
        return law.own_keeping(visit.case.law_case)
    return None


def _why_not(attempt: Attempt, language: Language) -> str:
    if attempt.answer is Answer.WAIT and attempt.wait_until:
        return str(_("code.wait", moment=say_moment(attempt.wait_until, language)))
    if attempt.answer is Answer.ENDED:
        return str(_("code.ended"))
    return str(_("code.not_opened"))


def _ended(*, had_one: bool) -> Response:
    response = make_response(render_template("ended.html", had_one=had_one), 403)
    if had_one:
        cookies.expire(response, cookies.VISIT)
    return response
