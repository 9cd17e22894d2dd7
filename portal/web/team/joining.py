"""Joining a team by an invitation: a password is chosen, an authenticator shown, recovery codes given once.

Opening the address changes nothing. Between the two steps everything travels sealed in the page: nothing is stored
of somebody who stops half-way.
"""

import json
import re

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from portal.access import factors, invitations
from portal.access.hashing import fast_hash, in_line, slow_hash
from portal.access.invitations import Joined, Welcome
from portal.access.team import sign_out
from portal.library.languages import Language
from portal.web import cookies
from portal.web.rooms import rooms
from portal.web.team.desk import blueprint
from portal.web.team.forms import fields_of
from portal.web.team.people_forms import AuthenticatorForm, ChosenPassword
from portal.web.team.qr import drawn

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
PURPOSE = "joining"


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def join(language: Language, token: str) -> ResponseReturnValue:
    """Join with an invitation; the address alone opens nothing."""
    welcome = invitations.look_at_invitation(rooms().database, token, rooms().now) if TOKEN.fullmatch(token) else None
    if welcome is None:
        return render_template("team/invitation_ended.html"), 404
    if request.method != "POST":
        return _choose(welcome, ChosenPassword(), 200)
    if "prepared" in request.form:
        return _with_authenticator(language, token, welcome)
    form = ChosenPassword(request.form, names=(welcome.login, welcome.centre_name))
    if not form.validate():
        return _choose(welcome, form, 422)
    with in_line():
        password_hash = slow_hash(factors.as_typed(form.password.data or ""))
    prepared = [fast_hash(token), password_hash, factors.new_authenticator()]
    return _scan(welcome, AuthenticatorForm(), rooms().seal(PURPOSE).close(json.dumps(prepared)), prepared[2], 200)


def _with_authenticator(language: Language, token: str, welcome: Welcome) -> ResponseReturnValue:
    form = AuthenticatorForm(request.form)
    sealed = form.prepared.data or ""
    text = rooms().seal(PURPOSE).open(sealed)
    whose, password_hash, authenticator = json.loads(text) if text else ("", "", "")
    if whose != fast_hash(token):  # an hour passed, or it was for somebody else
        return _choose(welcome, ChosenPassword(), 422, _("join.again"))
    if not form.validate():
        return _scan(welcome, form, sealed, authenticator, 422)
    try:
        joined = invitations.join(
            rooms().database, token, password_hash, authenticator, form.code.data or "", rooms().now
        )
    except LookupError:  # used in this very moment
        return render_template("team/invitation_ended.html"), 404
    if joined is None:
        form.code.errors = [_("factor.not_fitting")]
        return _scan(welcome, form, sealed, authenticator, 422)
    return _come_in(language, joined)


def _come_in(language: Language, joined: Joined) -> ResponseReturnValue:
    if (old := cookies.read(cookies.TEAM)) is not None:
        sign_out(rooms().database, old)
    on = url_for("team.first", language=language)
    response = make_response(render_template("team/recovery_codes.html", codes=joined.recovery_codes, on=on))
    cookies.set_secret(response, cookies.TEAM, joined.secret)
    return response


def _choose(welcome: Welcome, form: Form, status: int, problem: str | None = None) -> ResponseReturnValue:
    page = render_template("team/join.html", welcome=welcome, form=form, wrong=fields_of(form), problem=problem)
    return make_response(page, status)


def _scan(welcome: Welcome, form: Form, sealed: str, authenticator: str, status: int) -> ResponseReturnValue:
    address = factors.authenticator_address(authenticator, welcome.login, _("team.tab"))
    page = render_template(
        "team/authenticator.html",
        form=form,
        wrong=fields_of(form),
        prepared=sealed,
        key=authenticator,
        address=address,
        qr=drawn(address, _("factor.drawn")),
        is_joining=True,
    )
    return make_response(page, status)
