"""What keeps a reader safe on every answer: headers, where a form may come from, leaving, errors that never blame."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, ServiceUnavailable

from portal.access.hashing import BusyError
from portal.access.team import sign_out
from portal.access.visits import centre_of_visit, end_visit
from portal.events import Event, tell_error, tell_unreadable
from portal.library.languages import Language
from portal.records.case_codes import case_code
from portal.records.database import is_away
from portal.records.seal import UnreadableError
from portal.records.wrapping import NotGivenError
from portal.settings import Settings
from portal.web import cookies
from portal.web.forms import typed
from portal.web.rooms import rooms

STATIC = Path(__file__).resolve().parents[1] / "static"
LARGEST_BODY = 16 * 1024
EXPLAINED = {400, 403, 404, 405, 413, 429, 500, 503}

blueprint = Blueprint("safety", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Give the app its headers, its limits and its error pages."""
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, MAX_FORM_PARTS=40)
    style, team_style, script = _squeezed("site.css"), _squeezed("team.css"), _squeezed("leave.js")
    passkey_script = _squeezed("passkey.js")
    app.jinja_env.globals.update(style=Markup(style), team_style=Markup(team_style), script=Markup(script))
    app.jinja_env.globals.update(passkey_script=Markup(passkey_script))
    app.jinja_env.filters.update(typed=typed, case_code=case_code)
    policy = _content_policy((style, team_style), (script,))
    team_policy = _content_policy((style, team_style), (script, passkey_script))
    app.url_map.strict_slashes = app.url_map.merge_slashes = False  # no redirect is ever built from `Host`
    app.before_request(refuse_what_no_browser_sends)
    app.before_request(refuse_other_sites)
    app.before_request(refuse_what_was_cut_off)
    app.after_request(
        lambda response: with_headers(response, team_policy if request.blueprint == "team" else policy, settings)
    )
    app.register_error_handler(HTTPException, error_page)
    app.register_error_handler(Exception, unexpected)
    app.register_blueprint(blueprint)


def with_headers(response: Response, policy: str, settings: Settings) -> Response:
    """Set the headers of every answer, in this one place."""
    headers = response.headers
    headers["Content-Security-Policy"] = policy
    headers["Cache-Control"] = "no-store"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), browsing-topics=()"
    if g.get("private"):
        headers["X-Robots-Tag"] = "noindex, nofollow"
    if settings.secure_cookies:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response


def refuse_what_no_browser_sends() -> None:
    """Refuse a NUL in an address, on which PostgreSQL would break, and a body that does not say its length.

    What comes in chunks would be cut where it is too large, and read as if it were whole.
    """
    if "\0" in request.path:
        abort(404)
    if request.headers.get("Transfer-Encoding"):
        abort(400)


def refuse_other_sites() -> None:
    """Refuse a form sent from another site. Old browsers say no `Sec-Fetch-Site`; ours then send `Origin: null`."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    fetched_from = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    if fetched_from is None:
        refused = origin not in (rooms().settings.base_url, "null")
    else:
        refused = fetched_from not in ("same-origin", "none")
    if refused:
        abort(403)


def refuse_what_was_cut_off() -> None:
    """Refuse a form that did not arrive whole: half of what she chose is not what she chose."""
    if request.content_length and len(request.get_data()) < request.content_length:
        abort(400)


@blueprint.get("/<lang:language>/q")
def leave(language: Language) -> ResponseReturnValue:
    """End whatever session runs and lead to the neutral site. Works as a plain link, without scripts.

    She is led away and her cookie expires even when the records cannot be reached: leaving waits for nothing.
    """
    response = redirect(rooms().settings.neutral_site.replace("{lang}", language), 303)
    for cookie, end in ((cookies.VISIT, end_visit), (cookies.TEAM, sign_out)):
        if (secret := cookies.read(cookie)) is not None:
            cookies.expire(response, cookie)
            try:
                end(rooms().database, secret)
            except SQLAlchemyError as error:  # the session then ends by itself, within minutes
                tell_error(Event.SESSION_NOT_ENDED, error)
    for cookie in (cookies.ATTEMPT, cookies.RETURN):
        if cookies.read(cookie) is not None:
            cookies.expire(response, cookie)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return make_response(response)


def error_page(error: HTTPException) -> ResponseReturnValue:
    """Make every error page: calm, in the reader's language, with the ways on, also when the database is gone."""
    if error.response is not None:
        return error.response
    g.is_error = g.private = True
    status = error.code or 500
    shown = status if status in EXPLAINED else (400 if status < 500 else 500)
    response = make_response(render_template("error.html", status=shown, is_team=_is_team()), status)
    if isinstance(allowed := getattr(error, "valid_methods", None), list):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _is_team() -> bool:
    """Tell whether it is somebody of the team who looks, by the address alone: nothing else may be there to ask."""
    return request.path.split("/")[2:3] == ["team"]


def closed_page() -> ResponseReturnValue:
    """Answer where a hospital has not given its centre's key: calm, with nothing read and nothing written."""
    g.is_error = g.private = True
    return make_response(render_template("closed.html", is_team=_is_team()), 503)


def unreadable_page(damaged: UnreadableError) -> ResponseReturnValue:
    """Answer where something sealed does not open: nothing was done to it, and nothing is offered that would be.

    A nurse is given the code of the case, for whoever puts it back; she is given the checked phone of her centre.
    """
    tell_unreadable(*damaged.place)
    g.is_error = g.private = True
    if request.blueprint == "team":
        case_id = (request.view_args or {}).get("case_id")
        return make_response(render_template("unreadable.html", text="team", case_id=case_id), 503)
    return make_response(render_template("unreadable.html", text="text", phone=_phone_of_visit()), 503)


def _phone_of_visit() -> str | None:
    secret = cookies.read(cookies.VISIT)
    centre_id = centre_of_visit(rooms().database, secret) if secret else None
    return rooms().phone_of(centre_id) if centre_id else None


def unexpected(error: Exception) -> ResponseReturnValue:
    """Answer for an error nobody foresaw. Its kind and place are logged, not its text: it may hold what was typed."""
    if isinstance(error, BusyError):
        return error_page(ServiceUnavailable())
    if isinstance(error, NotGivenError):
        return closed_page()
    if isinstance(error, UnreadableError):
        return unreadable_page(error)
    if isinstance(error, TimeoutError) or type(error).__module__.startswith("gunicorn.http"):
        return error_page(BadRequest())  # what was sent never arrived whole
    if is_away(error):
        tell_error(Event.RECORDS_AWAY, error, endpoint=request.endpoint or "none")
        return error_page(ServiceUnavailable())
    tell_error(Event.UNEXPECTED, error, endpoint=request.endpoint or "none")
    return error_page(InternalServerError())


def _squeezed(name: str) -> str:
    """Return a static file without its indentation and comment lines: it travels inside every page."""
    lines = (line.strip() for line in (STATIC / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("/*", "//")))


def _content_policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    def hashed(texts: Sequence[str]) -> str:
        return " ".join(
            "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'" for text in texts
        )

    return (
        f"default-src 'none'; style-src {hashed(styles)}; script-src {hashed(scripts)}; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
