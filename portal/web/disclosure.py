"""Where somebody who found a weakness can say so: /.well-known/security.txt (RFC 9116), where a contact was set."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, abort

from portal.library.languages import LANGUAGES
from portal.settings import Settings
from portal.web.rooms import rooms

ADDRESS = "/.well-known/security.txt"
LASTS = timedelta(days=180)  # whoever reads it later than this should doubt it: RFC 9116 asks for less than a year

blueprint = Blueprint("disclosure", __name__)


@blueprint.get(ADDRESS)
def security_txt() -> Response:
    """Say whom to tell; where no contact was set, there is no such page."""
    settings = rooms().settings
    text = told(settings, rooms().now, (f"{settings.base_url}{ADDRESS}",)) or abort(404)
    return Response(text, content_type="text/plain; charset=utf-8")


def told(settings: Settings, now: datetime, canonical: Sequence[str] = ()) -> str | None:
    """Return the file as it stands on a day, until midnight (UTC) 180 days later; None where no contact was set.

    `canonical` are the addresses it is found at; an export does not know its own.
    """
    if not settings.security_contacts:
        return None
    ends = datetime.combine((now + LASTS).date(), time(), UTC)
    lines = [f"Contact: {contact}" for contact in settings.security_contacts]
    lines.append(f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}")
    lines.append(f"Preferred-Languages: {', '.join(LANGUAGES)}")
    lines += [f"Canonical: {address}" for address in canonical]
    if settings.security_policy:
        lines.append(f"Policy: {settings.security_policy}")
    return "".join(f"{line}\n" for line in lines)
