"""A try to sign in by the hospital, kept sealed by the browser that began it, in cookies that no other site sends."""

from werkzeug.wrappers import Response

from portal.access.hospital.attempts import Attempt
from portal.access.hospital.reasons import NotShownError, Reason
from portal.web import cookies
from portal.web.rooms import rooms

PURPOSE = "hospital"
LONGEST_RETURN = 3900  # a browser keeps no cookie of more than 4096 bytes: then it leads back to the first page


def keep(response: Response, attempt: Attempt, on: str = "") -> None:
    """Let the browser keep a try, and where it leads back to; a try that it kept before is over."""
    cookies.set_secret(response, cookies.ATTEMPT, rooms().seal(PURPOSE).close(attempt.written()))
    if 0 < len(on) <= LONGEST_RETURN:
        cookies.set_secret(response, cookies.RETURN, on)
    else:
        cookies.expire(response, cookies.RETURN)


def kept() -> Attempt:
    """Return the try that this browser began.

    Raises:
        NotShownError: it began none, or it ended long ago.

    """
    text = rooms().seal(PURPOSE).open(cookies.read(cookies.ATTEMPT) or "")
    if text is None:
        raise NotShownError(Reason.STATE)
    return Attempt.read(text)


def leads_back_to() -> str:
    """Return where the try leads back to, still sealed."""
    return cookies.read(cookies.RETURN) or ""


def forget(response: Response) -> Response:
    """Let the browser forget the try: it is used."""
    cookies.expire(response, cookies.ATTEMPT)
    cookies.expire(response, cookies.RETURN)
    return response
