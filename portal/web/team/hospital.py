"""Signing in, joining and showing once more who one is, by the hospital's own sign-in.

A POST begins and a POST ends: the provider's answer is a GET, which shows one button and changes nothing. The page that
leads to the provider is an answer of ours and no redirect of a form, so that forms still go nowhere but here.
"""

import logging
from collections.abc import Callable

from flask import abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.access.hospital import members
from portal.access.hospital.attempts import Attempt, Purpose
from portal.access.hospital.provider import Provider, Returned
from portal.access.hospital.reasons import NotShownError, Reason
from portal.access.hospital.token import Shown
from portal.access.invitations import look_at_invitation
from portal.access.roles import Duty
from portal.access.team import find_member, sign_out
from portal.events import Event, tell
from portal.library.languages import Language
from portal.web import cookies
from portal.web.rooms import rooms
from portal.web.team import attempts
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in
from portal.web.team.fresh import asked_again, back_to, is_asked_here, needs_fresh
from portal.web.team.hospital_forms import BackForm, LeadsBackForm

SAID = {
    Reason.UNREACHABLE: "away",
    Reason.INSECURE: "away",
    Reason.ANSWER: "away",
    Reason.CLIENT: "away",
    Reason.STOPPED: "stopped",
    Reason.STATE: "again",
    Reason.CODE: "again",
    Reason.ONE_FACTOR: "factors",
    Reason.NOT_NOW: "factors",
    Reason.UNKNOWN: "unknown",
    Reason.SOMEBODY_ELSE: "somebody_else",
    Reason.TAKEN: "taken",
}
AWAY = frozenset(reason for reason, said in SAID.items() if said == "away")


@blueprint.post("/hospital/in")
def hospital_in(language: Language) -> ResponseReturnValue:
    """Begin to sign in by the hospital."""
    return _lead_there(language, Purpose.SIGN_IN)


@blueprint.post("/hospital/join/<token>")
def hospital_join(language: Language, token: str) -> ResponseReturnValue:
    """Begin to join by the hospital; the invitation is not used yet."""
    _provider()
    if look_at_invitation(rooms().database, token, rooms().now) is None:
        return render_template("team/invitation_ended.html"), 404
    return _lead_there(language, Purpose.JOIN, token)


@blueprint.post("/hospital/fresh")
@signed_in(Duty.OWN)
def hospital_fresh(language: Language) -> ResponseReturnValue:
    """Begin to show the hospital's factors once more."""
    check_token()
    on = own_form(LeadsBackForm, request.form).on.data or ""
    if not is_asked_here(on):
        return redirect(url_for("team.first", language=language), 303)
    return _lead_there(language, Purpose.FRESH, member().secret_hash, on)


@blueprint.post("/hospital/connect")
@signed_in(Duty.OWN)
@needs_fresh("account")
def hospital_connect(language: Language) -> ResponseReturnValue:
    """Begin to connect one's own account with the hospital's sign-in."""
    check_token()
    return _lead_there(language, Purpose.CONNECT, member().secret_hash)


@blueprint.get("/hospital/back")
def hospital_back(language: Language) -> ResponseReturnValue:
    """Receive who comes back from the hospital: nothing is opened, nothing asked, until the button is pressed."""
    _provider()
    form = BackForm(request.args)
    return render_template("team/hospital_back.html", form=form, is_error=bool(form.error.data or not form.code.data))


@blueprint.post("/hospital/back")
def hospital_shown(language: Language) -> ResponseReturnValue:
    """Check who came back, and do what they came for."""
    provider, form = _provider(), BackForm(request.form)
    attempt = None
    try:
        kept = attempts.kept()
        if not form.validate():
            raise NotShownError(Reason.STATE)
        kept.check(form.state.data or "", rooms().now)
        attempt = kept
        returned = Returned(form.code.data or "", bool(form.error.data), form.iss.data or "")
        shown = provider.who(attempt, returned, _back(language), rooms().now)
        return attempts.forget(DONE[attempt.purpose](language, attempt, shown))
    except NotShownError as refused:
        return attempts.forget(_not_shown(attempt, refused.reason))


def _lead_there(language: Language, purpose: Purpose, bound_to: str = "", on: str = "") -> ResponseReturnValue:
    provider = _provider()
    attempt = Attempt.new(purpose, rooms().now, bound_to)
    try:
        address = provider.address(attempt, _back(language), language, rooms().now)
    except NotShownError as refused:
        return _not_shown(attempt, refused.reason, on)
    response = make_response(render_template("team/hospital_there.html", address=address))
    response.headers["Refresh"] = f"0; url={address}"
    attempts.keep(response, attempt, on)
    return response


def _signed_in(language: Language, _attempt: Attempt, shown: Shown) -> Response:
    return _come_in(language, members.sign_in(rooms().database, shown, rooms().now))


def _joined(language: Language, attempt: Attempt, shown: Shown) -> Response:
    try:
        return _come_in(language, members.join(rooms().database, attempt.bound_to, shown, rooms().now))
    except LookupError:  # used or ended since
        return make_response(render_template("team/invitation_ended.html"), 422)


def _fresh(language: Language, attempt: Attempt, shown: Shown) -> Response:
    if not _is_here(attempt):
        return _sent_to_sign_in(language)
    members.show(rooms().database, member(), shown, rooms().now)
    return make_response(back_to(attempts.leads_back_to()))


def _connected(language: Language, attempt: Attempt, shown: Shown) -> Response:
    if not _is_here(attempt):
        return _sent_to_sign_in(language)
    members.connect(rooms().database, member(), shown, rooms().now)
    return make_response(redirect(url_for("team.account", language=language), 303))


DONE: dict[Purpose, Callable[[Language, Attempt, Shown], Response]] = {
    Purpose.SIGN_IN: _signed_in,
    Purpose.JOIN: _joined,
    Purpose.FRESH: _fresh,
    Purpose.CONNECT: _connected,
}


def _is_here(attempt: Attempt) -> bool:
    """Tell whether the session that began this try is the one that runs."""
    secret = cookies.read(cookies.TEAM)
    found = find_member(rooms().database, secret, rooms().now) if secret else None
    g.member = found if found is not None and found.secret_hash == attempt.bound_to else None
    return g.member is not None


def _come_in(language: Language, secret: str) -> Response:
    if (old := cookies.read(cookies.TEAM)) is not None:
        sign_out(rooms().database, old)
    response = make_response(redirect(url_for("team.first", language=language), 303))
    cookies.set_secret(response, cookies.TEAM, secret)
    return response


def _sent_to_sign_in(language: Language) -> Response:
    return make_response(redirect(url_for("team.enter", language=language), 303))


def _not_shown(attempt: Attempt | None, reason: Reason, on: str = "") -> Response:
    """Say calmly that nothing was opened. The reason's name is all that is logged."""
    tell(Event.HOSPITAL_SIGN_IN, logging.WARNING, reason=reason)
    said = _("hospital." + SAID.get(reason, "not_taken"))
    if attempt is not None and attempt.purpose is Purpose.FRESH and _is_here(attempt):
        return make_response(asked_again(on or attempts.leads_back_to(), said))
    invitation = attempt.bound_to if attempt is not None and attempt.purpose is Purpose.JOIN else None
    page = render_template("team/hospital_problem.html", said=said, reason=reason, invitation=invitation)
    return make_response(page, 503 if reason in AWAY else 422)


def _back(language: Language) -> str:
    return rooms().settings.base_url + url_for("team.hospital_back", language=language)


def _provider() -> Provider:
    return rooms().hospital or abort(404)
