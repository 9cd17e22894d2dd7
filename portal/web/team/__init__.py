"""The nurses' console: what waits, a case, and the plain steps of each request. Nothing here destroys anything."""

from portal.web.team import account, cases, figures, journal, noting, signing_in, stafflog, today, working
from portal.web.team.desk import blueprint
from portal.web.team.menu import install

__all__ = ["blueprint", "install"]

VIEWS = (
    signing_in,
    account,
    today,
    cases,
    noting,
    working,
    journal,
    figures,
    stafflog,
)  # importing them gives the blueprint its views
