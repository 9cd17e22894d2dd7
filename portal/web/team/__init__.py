"""The nurses' console: what waits, a case, and the plain steps of each request. Nothing here destroys anything."""

from portal.web.team import (
    account,
    cases,
    centre,
    find,
    following,
    handover,
    lines,
    noting,
    signing_in,
    today,
    working,
)
from portal.web.team.desk import blueprint
from portal.web.team.menu import install

__all__ = ["blueprint", "install"]

# Importing them gives the blueprint its views.
VIEWS = (signing_in, account, today, lines, following, handover, find, centre, cases, noting, working)
