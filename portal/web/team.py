"""The nurses' console: what waits, a new case, a link, and marking what was done. Nothing here destroys anything."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import law
from portal.access.links import Power, make_link
from portal.access.team import Member, find_member, sign_in, sign_out
from portal.library.languages import Language, say_moment
from portal.messages import link_message
from portal.records import requests
from portal.records.cases import (
    Admission,
    AlreadyRegisteredError,
    OpenedCase,
    cases_due,
    count_past,
    note_viewing,
    open_case,
    register_case,
    was_viewed,
)
from portal.web import cookies
from portal.web.forms import SignInForm
from portal.web.rooms import rooms
from portal.web.session_forms import CaseForm, ConfirmForm, LinkForm, SessionForm, session_form

blueprint = Blueprint("team", __name__, url_prefix="/<lang:language>/team")

DUE_SHOWN = 50
WAITING_SHOWN = 50

P = ParamSpec("P")
F = TypeVar("F", bound=SessionForm)


@blueprint.before_request
def keep_out_of_searches() -> None:
    """Nothing here belongs in a search engine."""
    g.private = True


def signed_in(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Give a view who is signed in as `g.member`; lead anybody else to the sign-in."""

    @wraps(view)
    def with_member(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        secret = cookies.read(cookies.TEAM)
        g.member = find_member(rooms().database, secret, rooms().now) if secret else None
        if g.member is None:
            return redirect(url_for("team.enter", language=(request.view_args or {})["language"]), 303)
        return view(*args, **kwargs)

    return with_member


@blueprint.route("/in", methods=["GET", "POST"])
def enter(language: Language) -> ResponseReturnValue:
    """Sign in with name, password and authenticator code; what did not fit is not said."""
    form = SignInForm(request.form)
    if request.method != "POST":
        return render_template("team/sign_in.html", form=form, problem=None)
    if not form.validate():
        return render_template("team/sign_in.html", form=form, problem=_("sign_in.needed")), 422
    answer = sign_in(
        rooms().database, form.login.data or "", form.password.data or "", form.code.data or "", rooms().now
    )
    if answer.secret is None:
        wait = answer.wait_until
        problem = _("sign_in.wait", moment=say_moment(wait, language)) if wait else _("sign_in.not_opened")
        return render_template("team/sign_in.html", form=form, problem=problem), 422
    if (old := cookies.read(cookies.TEAM)) is not None:
        sign_out(rooms().database, old)
    response = redirect(url_for(".today", language=language), 303)
    cookies.set_secret(response, cookies.TEAM, answer.secret)
    return make_response(response)


@blueprint.post("/out")
@signed_in
def out(language: Language) -> ResponseReturnValue:
    """Sign out."""
    _checked(ConfirmForm)
    sign_out(rooms().database, cookies.read(cookies.TEAM) or "")
    response = redirect(url_for(".enter", language=language), 303)
    cookies.expire(response, cookies.TEAM)
    return make_response(response)


@blueprint.get("/")
@signed_in
def today(language: Language) -> ResponseReturnValue:
    """Show what waits for this centre and whose last day comes first."""
    member: Member = g.member
    database = rooms().database
    with database.reading() as session:
        waiting = [
            (one, open_case(database, session, member.centre_id, one.case_id))
            for one in requests.inbox(session, member.centre_id, WAITING_SHOWN)
        ]
        due = [
            open_case(database, session, member.centre_id, case.id)
            for case in cases_due(session, member.centre_id, rooms().today, DUE_SHOWN)
        ]
        past = count_past(session, member.centre_id, rooms().today)
    return render_template(
        "team/today.html",
        waiting=waiting,
        due=[(case, law.own_keeping(case.law_case)) for case in due if case],
        past=past,
        form=_form(ConfirmForm),
        can_be_extended=requests.can_be_extended,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new_case(language: Language) -> ResponseReturnValue:
    """Register a case for this centre."""
    member: Member = g.member
    form = CaseForm(request.form, today=rooms().today, meta={"csrf_context": member.secret_hash})
    if request.method != "POST" or not form.validate():
        return render_template("team/new_case.html", form=form), 422 if form.errors else 200
    try:
        case_id = register_case(rooms().database, member.centre_id, member.staff_id, _admission(form), rooms().now)
    except AlreadyRegisteredError as known:
        form.reference.errors = [_("case.reference_known")]
        return render_template("team/new_case.html", form=form, known=known.case_id), 422
    return redirect(url_for(".case", language=language, case_id=case_id), 303)


@blueprint.post("/c/<case_id>/open")
@signed_in
def open_one(language: Language, case_id: str) -> ResponseReturnValue:
    """Open a case, and write in the journal who did; for fifteen minutes it can then be read."""
    _checked(ConfirmForm)
    _case(case_id)
    note_viewing(rooms().database, g.member.centre_id, g.member.staff_id, case_id, rooms().now)
    return redirect(url_for(".case", language=language, case_id=case_id), 303)


@blueprint.get("/c/<case_id>")
@signed_in
def case(language: Language, case_id: str) -> ResponseReturnValue:
    """Show a case of this centre that was opened: its dates, its requests, and the form for a link."""
    opened = _opened_case(case_id)
    with rooms().database.reading() as session:
        asked = requests.of_case(session, case_id)
    return render_template(
        "team/case.html",
        case=opened,
        openings=law.open_requests(opened.law_case, rooms().today),
        keeping=law.own_keeping(opened.law_case),
        asked=asked,
        form=_form(LinkForm),
        extendable=requests.can_be_extended(opened),
        RequestKind=law.RequestKind,
    )


@blueprint.post("/c/<case_id>/link")
@signed_in
def new_link(language: Language, case_id: str) -> ResponseReturnValue:
    """Make a link and a code, and show them this once."""
    member: Member = g.member
    opened = _opened_case(case_id)
    form = _checked(LinkForm)
    power = Power(form.power.data)
    link = make_link(rooms().database, member.centre_id, case_id, member.staff_id, rooms().now, power)
    her_language = Language(opened.admission.language)
    address = rooms().settings.base_url + url_for("followup.code", language=her_language, token=link.token)
    message = link_message(rooms().library, her_language, address)
    return render_template("team/link.html", case=opened, link=link, message=message)


@blueprint.post("/r/<request_id>/take-up")
@signed_in
def take_up(language: Language, request_id: str) -> ResponseReturnValue:
    """Mark a request as taken up."""
    _checked(ConfirmForm)
    return _move(requests.take_up, language, request_id)


@blueprint.post("/r/<request_id>/enter")
@signed_in
def enter_extension(language: Language, request_id: str) -> ResponseReturnValue:
    """Mark an extension as entered."""
    _checked(ConfirmForm)
    return _move(requests.enter_extension, language, request_id)


@blueprint.post("/r/<request_id>/answer")
@signed_in
def answer(language: Language, request_id: str) -> ResponseReturnValue:
    """Mark a request that cannot be entered as answered with the person."""
    _checked(ConfirmForm)
    return _move(requests.answer, language, request_id)


def _move(step: Callable[..., None], language: Language, request_id: str) -> ResponseReturnValue:
    member: Member = g.member
    try:
        step(rooms().database, member.centre_id, request_id, member.staff_id, rooms().now)
    except LookupError:
        abort(404)
    except requests.NotPossibleError:
        pass  # somebody else was first, or a button was pressed twice: the page shows how it stands
    return redirect(url_for(".today", language=language), 303)


def _case(case_id: str) -> OpenedCase:
    with rooms().database.reading() as session:
        return open_case(rooms().database, session, g.member.centre_id, case_id) or abort(404)


def _opened_case(case_id: str) -> OpenedCase:
    """Return a case that this member opened a short while ago; lead back to today where it was not."""
    opened = _case(case_id)
    if not was_viewed(rooms().database, g.member.centre_id, g.member.staff_id, case_id, rooms().now):
        abort(redirect(url_for("team.today", language=(request.view_args or {})["language"]), 303))
    return opened


def _form(kind: type[F]) -> F:
    return kind(meta={"csrf_context": g.member.secret_hash})


def _checked(kind: type[F]) -> F:
    """Return a form that was sent with this session's token; nothing is changed without one."""
    form = session_form(kind, g.member.secret_hash)
    if not form.validate():
        abort(400)
    return form


def _admission(form: CaseForm) -> Admission:
    return Admission(
        reference=form.reference.data or "",
        exam_on=None if form.no_exam.data else form.exam_on.data,
        minor=form.age.data == "minor",
        complaint=law.Complaint(form.complaint.data),
        language=form.language.data,
    )
