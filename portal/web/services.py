"""Who helps, by need. Touches no database, sets no cookie, keeps nothing."""

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from portal.library import addresses
from portal.library.languages import LANGUAGES, Language, say_date
from portal.library.services import Service
from portal.web.shelf import library

blueprint = Blueprint("services", __name__)

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
YEAR = re.compile(r"\d{4}")


class Cited(NamedTuple):
    """A source as readers see it: who said it and when; its address where it leads further than a front door."""

    host: str
    address: str | None
    when: str


@blueprint.get("/<lang:language>/s/")
def needs(language: Language) -> str:
    """List the needs; the one for people afraid of their own acts stands apart."""
    return render_template("needs.html", needs=library().services.needs.values())


@blueprint.get("/<lang:language>/s/<code>")
def need(language: Language, code: str) -> str:
    """Show who answers a need, those who speak the reader's language first."""
    services = library().services
    found = services.by_code(code) or abort(404)
    listening = next(iter(services.needs.values()))
    return render_template(
        "need.html",
        need=found,
        members=services.for_need(found.id, language),
        listening=addresses.need(language, listening.code),
        checked_on=services.checked_on,
        cited=lambda one: _cited(one, language),
        host=_host,
    )


def public_paths() -> list[str]:
    """Return the address of the list of needs and of every need."""
    codes = [need.code for need in library().services.needs.values()]
    return [
        path
        for language in LANGUAGES
        for path in (addresses.named(language, "help"), *(addresses.need(language, code) for code in codes))
    ]


def _cited(one: Service, language: Language) -> list[Cited]:
    return [Cited(_host(url), _further(url), _when(as_of, language)) for url, as_of in one.sources]


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _further(url: str) -> str | None:
    return None if _host(url) == "github.com" and not urlsplit(url).path.strip("/") else url


def _when(as_of: str, language: Language) -> str:
    """Say the date of a source: the day where it is known, else the year, else that it has none."""
    if match := DAY.search(as_of):
        return say_date(date.fromisoformat(match[0]), language)
    if as_of.startswith("undated") or not (match := YEAR.search(as_of)):
        return str(_("help.undated"))
    return match[0]
