"""The team's desk: who is signed in, and forms that nobody but that session can have sent."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal.access.roles import Duty
from portal.access.team import Member, find_member
from portal.web import cookies
from portal.web.rooms import rooms
from portal.web.session_forms import ConfirmForm, SessionForm

blueprint = Blueprint("team", __name__, url_prefix="/<lang:language>/team")

P = ParamSpec("P")
F = TypeVar("F", bound=SessionForm)


@blueprint.before_request
def keep_out_of_searches() -> None:
    """Nothing here belongs in a search engine."""
    g.private = True


def signed_in(duty: Duty) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Give a view who is signed in as `g.member`, where their role has this duty; lead strangers to the sign-in.

    What a role does not do is refused before anything is looked up, in the same way whether it exists or not.
    """

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def with_member(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            secret = cookies.read(cookies.TEAM)
            g.member = find_member(rooms().database, secret, rooms().now) if secret else None
            if g.member is None:
                return redirect(url_for("team.enter", language=(request.view_args or {})["language"]), 303)
            if not member().role.may(duty):
                return render_template("team/other_role.html"), 403
            return view(*args, **kwargs)

        return with_member

    return guard


def member() -> Member:
    """Return who is signed in."""
    signed: Member = g.member
    return signed


def own_form(kind: type[F], sent: MultiDict[str, str] | None = None, **more: Any) -> F:
    """Return a form of this session: fresh, or filled with what was sent."""
    return kind(sent, meta={"csrf_context": member().secret_hash}, **more)


def check_token() -> None:
    """Take nothing that was not sent from a page of this session: before anything is looked up or changed."""
    if not own_form(ConfirmForm, request.form).validate():
        abort(400)
