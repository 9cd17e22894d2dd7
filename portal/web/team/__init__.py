"""The nurses' console: what waits, a case, and the plain steps of each request. Nothing here destroys anything."""

from portal.web.team import (
    account,
    cases,
    centre,
    consenting,
    contacting,
    correcting,
    ending,
    figures,
    filecopy,
    find,
    following,
    fresh,
    handover,
    joining,
    journal,
    keys,
    lines,
    links,
    moved,
    noting,
    people,
    sending,
    signing_in,
    stafflog,
    today,
    working,
)
from portal.web.team.desk import blueprint
from portal.web.team.menu import install

__all__ = ["blueprint", "install"]

# Importing them gives the blueprint its views.
VIEWS = (
    signing_in,
    joining,
    account,
    keys,
    fresh,
    people,
    today,
    lines,
    following,
    handover,
    find,
    centre,
    cases,
    links,
    moved,
    noting,
    contacting,
    consenting,
    correcting,
    ending,
    filecopy,
    sending,
    working,
    journal,
    figures,
    stafflog,
)
