"""The library, found through the running app by views that must not know of any database."""

from typing import cast

from flask import current_app

from portal.library import Library
from portal.web.sealing import Seal


def library() -> Library:
    """Return the library of the running app."""
    return cast(Library, current_app.extensions["portal-library"])


def seal() -> Seal:
    """Return what seals typed words into addresses."""
    return cast(Seal, current_app.extensions["portal-seal"])
