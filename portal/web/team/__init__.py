"""The nurses' console: what waits, a case, and the plain steps of each request. Nothing here destroys anything."""

from portal.web.team import (
    account,
    cases,
    consenting,
    contacting,
    correcting,
    ending,
    figures,
    filecopy,
    fresh,
    joining,
    journal,
    keys,
    links,
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
    cases,
    links,
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
