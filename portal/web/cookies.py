"""The only cookies. Their names say nothing.

Two are set only after a code or a sign-in; two of the team's hold one try to sign in by the hospital, for minutes.
"""

from http.cookies import SimpleCookie
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from portal.web.rooms import rooms

VISIT: Final = "v"
TEAM: Final = "t"
ATTEMPT: Final = "h"
RETURN: Final = "r"  # where the try leads back to, with what was typed there, sealed


def read(name: str) -> str | None:
    """Return the secret in a cookie, or None."""
    return request.cookies.get(_full(name))


def set_secret(response: Response, name: str, secret: str) -> None:
    """Set a cookie for this browser session, out of reach of scripts and of other sites."""
    response.set_cookie(
        _full(name), secret, httponly=True, samesite="Strict", secure=rooms().settings.secure_cookies, path="/"
    )


def expire(response: Response, name: str) -> None:
    """Delete a cookie."""
    response.delete_cookie(
        _full(name), httponly=True, samesite="Strict", secure=rooms().settings.secure_cookies, path="/"
    )


def newly_set(response: Response, name: str) -> str | None:
    """Return the secret that an answer sets in a cookie, or None."""
    for header in response.headers.getlist("Set-Cookie"):
        for key, morsel in SimpleCookie(header).items():
            if key == _full(name) and morsel.value:
                return morsel.value
    return None


def _full(name: str) -> str:
    return f"__Host-{name}" if rooms().settings.secure_cookies else name
