"""The way in: a link that opens nothing, a code that does."""

import re

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.hashing import in_line
from portal.access.links import TOKEN, Answer, Attempt, try_code
from portal.access.visits import begin_visit
from portal.library.languages import Language, say_moment
from portal.web import cookies
from portal.web.followup.visiting import blueprint, in_visit
from portal.web.forms import CardForm, CodeForm
from portal.web.rooms import rooms


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
    with in_line():
        attempt = try_code(rooms().database, token, form.code.data or "", rooms().now)
    if attempt.answer is not Answer.OPENED or attempt.link_id is None:
        form.code.errors = [_why_not(attempt, language)]
        return render_template("code.html", form=form), 422
    response = redirect(url_for(".opening", language=language), 303)
    cookies.set_secret(response, cookies.VISIT, begin_visit(rooms().database, attempt.link_id, rooms().now))
    return make_response(response)


@blueprint.get("/<lang:language>/m/i")
@in_visit
def opening(language: Language) -> str:
    """Lead on to her page. Chromium may keep, for Back, the one page that a session's cookie came with: this one.

    It says nothing of her. Every other page of hers is let go when leaving expires the cookie.
    """
    return render_template("space/opening.html")


def _why_not(attempt: Attempt, language: Language) -> str:
    if attempt.answer is Answer.WAIT and attempt.wait_until:
        return str(_("code.wait", moment=say_moment(attempt.wait_until, language)))
    if attempt.answer is Answer.ENDED:
        return str(_("code.ended"))
    return str(_("code.not_opened"))
