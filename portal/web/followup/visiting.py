"""A running session of hers: what every page of her space begins with."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, g, make_response, render_template
from flask.typing import ResponseReturnValue

from portal.access.visits import find_visit
from portal.web import cookies
from portal.web.rooms import rooms

blueprint = Blueprint("followup", __name__)

P = ParamSpec("P")


@blueprint.before_request
def keep_out_of_searches() -> None:
    """Nothing here belongs in a search engine."""
    g.private = True


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


def _ended(*, had_one: bool) -> Response:
    response = make_response(render_template("ended.html", had_one=had_one), 403)
    if had_one:
        cookies.expire(response, cookies.VISIT)
    return response
