"""The nurses' console: what waits, a case, and the plain steps of each request. Nothing here destroys anything."""

from portal.web.team import cases, noting, signing_in, today, working
from portal.web.team.desk import blueprint

__all__ = ["blueprint"]

VIEWS = (signing_in, today, cases, noting, working)  # importing them gives the blueprint its views
