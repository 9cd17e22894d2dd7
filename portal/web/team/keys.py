"""Passkeys: signing in with one, adding, naming and removing one's own. They need a script; all else works without."""

from flask import abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access import passkeys
from portal.access.passkeys import SIGN_IN, Challenge, NotGenuineError
from portal.access.roles import Duty
from portal.access.team import sign_out
from portal.library.languages import Language
from portal.web import cookies
from portal.web.forms import SignInForm
from portal.web.rooms import rooms
from portal.web.team.challenges import Asked, closed, opened, place
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.forms import fields_of
from portal.web.team.fresh import needs_fresh
from portal.web.team.people_forms import KeyForm, NameForm, NewPasskeyForm, PasskeyForm


def asked_at_sign_in() -> Asked | None:
    """Return what the sign-in page needs to ask for a passkey, where one can work."""
    if (where := place()) is None:
        return None
    challenge = Challenge.new(SIGN_IN, rooms().now)
    return Asked(passkeys.options_to_show(where, challenge), closed(challenge))


@blueprint.post("/in/passkey")
def enter_by_passkey(language: Language) -> ResponseReturnValue:
    """Sign in with a passkey: the key itself asked who holds it, so that it is two factors."""
    form, where = PasskeyForm(request.form), place()
    try:
        if where is None or not form.validate():
            raise NotGenuineError
        secret = passkeys.sign_in(
            rooms().database, where, opened(form.challenge.data or ""), form.answer.data or "", rooms().now
        )
    except NotGenuineError:
        page = render_template(
            "team/sign_in.html", form=SignInForm(), problem=_("passkey.not_fitting"), passkey=asked_at_sign_in()
        )
        return page, 422
    if (old := cookies.read(cookies.TEAM)) is not None:
        sign_out(rooms().database, old)
    response = make_response(redirect(url_for("team.first", language=language), 303))
    cookies.set_secret(response, cookies.TEAM, secret)
    return response


@blueprint.route("/account/passkeys", methods=["GET", "POST"])
@signed_in(Duty.OWN)
@needs_fresh("own_passkeys")
def own_passkeys(language: Language) -> ResponseReturnValue:
    """Show one's own passkeys, and add one."""
    where = place() or abort(404)
    sent = request.form if request.method == "POST" else None
    form = own_form(NewPasskeyForm, sent)
    if sent is None:
        return _shown(form)
    check_token()
    if not form.validate():
        return _shown(form), 422
    try:
        passkeys.add(
            rooms().database,
            where,
            member(),
            opened(form.challenge.data or ""),
            form.answer.data or "",
            form.name.data or "",
            rooms().now,
        )
    except NotGenuineError:
        form.name.errors = [_("passkey.not_added")]
        return _shown(form), 422
    return redirect(url_for("team.own_passkeys", language=language), 303)


@blueprint.post("/account/passkeys/name")
@signed_in(Duty.OWN)
@needs_fresh("own_passkeys")
def name_passkey(language: Language) -> ResponseReturnValue:
    """Give one's own passkey another name."""
    check_token()
    form = own_form(NameForm, request.form)
    if not form.validate():
        return _shown(own_form(NewPasskeyForm), form), 422
    try:
        passkeys.rename(rooms().database, member(), form.key.data or "", form.name.data or "", rooms().now)
    except LookupError:
        abort(404)
    return redirect(url_for("team.own_passkeys", language=language), 303)


@blueprint.post("/account/passkeys/remove")
@signed_in(Duty.OWN)
@needs_fresh("own_passkeys")
def remove_passkey(language: Language) -> ResponseReturnValue:
    """Let one's own passkey open nothing any more."""
    check_token()
    passkeys.remove(rooms().database, member(), own_form(KeyForm, request.form).key.data or "", rooms().now)
    return redirect(url_for("team.own_passkeys", language=language), 303)


def _shown(form: NewPasskeyForm, renamed: NameForm | None = None) -> str:
    where = place() or abort(404)
    challenge = Challenge.new(member().secret_hash, rooms().now)
    return render_template(
        "team/passkeys.html",
        passkeys=passkeys.passkeys_of(rooms().database, member()),
        options=passkeys.options_to_add(rooms().database, where, member(), challenge),
        challenge=closed(challenge),
        form=form,
        key_form=own_form(KeyForm),
        wrong=fields_of(renamed or form),
    )
