"""Signing in with two factors, and out."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.factors import Factor
from portal.access.hashing import in_line
from portal.access.roles import Duty
from portal.access.team import sign_in, sign_out
from portal.library.languages import Language, say_moment
from portal.web import cookies
from portal.web.forms import SignInForm
from portal.web.rooms import rooms
from portal.web.team.desk import blueprint, check_token, member, signed_in
from portal.web.team.keys import asked_at_sign_in
from portal.web.team.menu import first_page


@blueprint.route("/in", methods=["GET", "POST"])
def enter(language: Language) -> ResponseReturnValue:
    """Sign in with name, password and a code; what did not fit is not said.

    Whoever used a recovery code is led to their account, which says how many are left.
    """
    form = SignInForm(request.form)
    if request.method != "POST":
        return _shown(form)
    if not form.validate():
        return _shown(form, _("sign_in.needed")), 422
    with in_line():
        answer = sign_in(
            rooms().database, form.login.data or "", form.password.data or "", form.code.data or "", rooms().now
        )
    if answer.secret is None:
        wait = answer.wait_until
        problem = _("sign_in.wait", moment=say_moment(wait, language)) if wait else _("sign_in.not_opened")
        return _shown(form, problem), 422
    if (old := cookies.read(cookies.TEAM)) is not None:
        sign_out(rooms().database, old)
    to = ".account" if answer.factor is Factor.RECOVERY_CODE else ".first"
    response = redirect(url_for(to, language=language), 303)
    cookies.set_secret(response, cookies.TEAM, answer.secret)
    return make_response(response)


@blueprint.get("/first")
@signed_in(Duty.OWN)
def first(language: Language) -> ResponseReturnValue:
    """Lead to the page that somebody of this role works from."""
    return redirect(url_for(f".{first_page(member().role)}", language=language), 303)


@blueprint.post("/out")
@signed_in(Duty.OWN)
def out(language: Language) -> ResponseReturnValue:
    """Sign out."""
    check_token()
    sign_out(rooms().database, cookies.read(cookies.TEAM) or "")
    response = redirect(url_for(".enter", language=language), 303)
    cookies.expire(response, cookies.TEAM)
    return make_response(response)


def _shown(form: SignInForm, problem: str | None = None) -> str:
    return render_template("team/sign_in.html", form=form, problem=problem, passkey=asked_at_sign_in())
