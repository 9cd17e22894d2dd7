"""The member's own account: who the portal thinks they are, and what they sign in with."""

import json

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import account as accounts
from portal.access import factors, passkeys
from portal.access.hashing import in_line
from portal.access.roles import Duty
from portal.library.languages import Language, say_moment
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm
from portal.web.team.challenges import place
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import fields_of
from portal.web.team.fresh import needs_fresh
from portal.web.team.people_forms import ChangePasswordForm, OwnAuthenticatorForm
from portal.web.team.qr import drawn

PURPOSE = "another authenticator"


@blueprint.get("/account")
@signed_in(Duty.OWN)
def account(language: Language) -> ResponseReturnValue:
    """Show one's own name, role and centre, and what one signs in with."""
    return render_template(
        "team/account.html",
        member=member(),
        ways=accounts.ways_of(rooms().database, member()),
        passkeys=passkeys.passkeys_of(rooms().database, member()),
        takes_passkeys=place() is not None,
        elsewhere=accounts.open_elsewhere(rooms().database, member(), rooms().now),
        form=own_form(ConfirmForm),
    )


@blueprint.post("/account/elsewhere")
@signed_in(Duty.OWN)
def end_elsewhere(language: Language) -> ResponseReturnValue:
    """End one's other sessions: a computer of the ward was left signed in."""
    check_token()
    accounts.end_elsewhere(rooms().database, member(), rooms().now)
    return redirect(url_for("team.account", language=language), 303)


@blueprint.get("/account/codes")
@signed_in(Duty.OWN)
@needs_fresh("recovery_codes")
def recovery_codes(language: Language) -> ResponseReturnValue:
    """Say what recovery codes are for, before new ones are made."""
    left = accounts.ways_of(rooms().database, member()).recovery_codes
    return render_template("team/new_codes.html", left=left, form=own_form(ConfirmForm))


@blueprint.post("/account/codes")
@signed_in(Duty.OWN)
@needs_fresh("recovery_codes")
def make_recovery_codes(language: Language) -> ResponseReturnValue:
    """Make new recovery codes, shown once."""
    check_token()
    codes = accounts.new_recovery_codes(rooms().database, member(), rooms().now)
    return render_template("team/recovery_codes.html", codes=codes, on=url_for("team.account", language=language))


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in(Duty.OWN)
@needs_fresh("password")
def password(language: Language) -> ResponseReturnValue:
    """Change the password; other sessions end."""
    sent = request.form if request.method == "POST" else None
    form = own_form(ChangePasswordForm, sent, names=(member().login, member().centre_name))
    if sent is None:
        return render_template("team/password.html", form=form, wrong=[])
    check_token()
    if form.validate():
        with in_line():
            changed, wait = accounts.change_password(
                rooms().database, member(), form.present.data or "", form.password.data or "", rooms().now
            )
        if changed:
            return redirect(url_for("team.account", language=language), 303)
        waiting = _("sign_in.wait", moment=say_moment(wait, language)) if wait else None
        form.present.errors = [waiting or _("password.present_other")]
    return render_template("team/password.html", form=form, wrong=fields_of(form)), 422


@blueprint.route("/account/authenticator", methods=["GET", "POST"])
@signed_in(Duty.OWN)
@needs_fresh("authenticator")
def authenticator(language: Language) -> ResponseReturnValue:
    """Take another authenticator; the one before opens nothing any more."""
    if request.method != "POST":
        return _scan(own_form(OwnAuthenticatorForm), factors.new_authenticator(), 200)
    check_token()
    form = own_form(OwnAuthenticatorForm, request.form)
    text = rooms().seal(PURPOSE).open(form.prepared.data or "")
    session, secret = json.loads(text) if text else (None, "")
    if session != member().secret_hash:
        return redirect(url_for("team.authenticator", language=language), 303)
    if form.validate():
        if accounts.change_authenticator(rooms().database, member(), secret, form.code.data or "", rooms().now):
            return redirect(url_for("team.account", language=language), 303)
        form.code.errors = [_("factor.not_fitting")]
    return _scan(form, secret, 422)


def _scan(form: OwnAuthenticatorForm, secret: str, status: int) -> ResponseReturnValue:
    address = factors.authenticator_address(secret, member().login, _("team.tab"))
    page = render_template(
        "team/authenticator.html",
        form=form,
        wrong=fields_of(form),
        prepared=rooms().seal(PURPOSE).close(json.dumps([member().secret_hash, secret])),
        key=secret,
        address=address,
        qr=drawn(address, _("factor.drawn")),
        is_joining=False,
    )
    return make_response(page, status)
