"""What everybody may read: pages, places and numbers. Touches no database, sets no cookie, keeps nothing."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.law import When, Who
from portal.library import addresses
from portal.library.directory import Area
from portal.library.guide import code_of
from portal.library.languages import LANGUAGES, Language
from portal.library.pages import Page
from portal.library.sources import Source
from portal.web.forms import PostcodeForm, postcode_in
from portal.web.languages import present_language
from portal.web.shelf import library

blueprint = Blueprint("site", __name__)

GROUPS = ("emergency", "listen", "dark", "home", "young")


@blueprint.get("/")
def chooser() -> str:
    """Let the reader choose a language; nothing is guessed and nobody is sent on."""
    return render_template("chooser.html")


@blueprint.get("/<lang:language>/")
def home(language: Language) -> str:
    """Say the first words."""
    return render_template("home.html", long_ago=addresses.step(language, code_of(Who.SELF, When.LONGER)))


@blueprint.get("/<lang:language>/i/")
def topics(language: Language) -> str:
    """List the pages."""
    return render_template("topics.html", situations=library().menu.situations, pages=library().pages)


@blueprint.get("/<lang:language>/i/<code>")
def page(language: Language, code: str) -> str:
    """Show a page with its sources folded under each section."""
    found = library().by_code(language, code) or abort(404)
    return render_template(
        "page.html",
        page=found,
        following=_following(found),
        someone=library().directory.night_line(language),
        cited=_cited,
        fact=_fact,
    )


@blueprint.route("/<lang:language>/p/", methods=["GET", "POST"])
def places(language: Language) -> ResponseReturnValue:
    """Find the nearest centre, by a list or by postcode; the postcode is looked at and forgotten."""
    form = PostcodeForm(request.form)
    if request.method == "POST" and form.validate():
        if area := library().directory.area_of(postcode_in(form.postcode.data or "") or 0):
            return redirect(url_for(".place", language=language, code=area.code), 303)
        form.postcode.errors = [_("places.postcode_unknown")]
    areas = sorted(library().directory.areas.values(), key=lambda area: area.names[language])
    return render_template("places.html", form=form, areas=areas), 422 if form.errors or form.postcode.errors else 200


@blueprint.get("/<lang:language>/p/<code>")
def place(language: Language, code: str) -> str:
    """Show the nearest centre of an area, or its way there and the nearest one whose number is checked."""
    directory = library().directory
    area: Area = directory.areas.get(code) or abort(404)
    centre = directory.centres[area.centre]
    return render_template(
        "place.html",
        area=area,
        centre=centre,
        callable_centre=directory.nearest_with_phone(centre),
        announced=directory.centres[area.announced] if area.announced else None,
        also=[directory.centres[name] for name in area.also],
        directory=directory,
    )


@blueprint.get("/<lang:language>/h/")
def numbers(language: Language) -> str:
    """List every number, and the ways for those who cannot speak or hear."""
    directory = library().directory
    groups = {group: directory.lines_for(group, language) for group in GROUPS}
    centres = [centre for centre in directory.centres.values() if centre.phone]
    return render_template("numbers.html", groups=groups, centres=centres, directory=directory)


@blueprint.app_template_global()
def page_address(name: str, section: str = "") -> str:
    """Return the address of a page, and of a section of it, by their ids; KeyError stops the making of a page."""
    language = present_language()
    found = library().pages[language, name]
    if section and section not in [one.id for one in found.sections]:
        raise KeyError(f"{name} has no section {section}")
    return addresses.page(language, found.code) + (f"#{section}" if section else "")


def public_paths() -> list[str]:
    """Return the address of every page here that can be made ahead."""
    shelf = library()
    paths = ["/"]
    for language in LANGUAGES:
        paths += [
            addresses.home(language),
            *(addresses.named(language, name) for name in ("topics", "places", "numbers")),
        ]
        paths += [addresses.page(language, page.code) for page in shelf.in_order(language)]
        paths += [addresses.place(language, area) for area in shelf.directory.areas]
    return paths


def _following(page: Page) -> list[Page]:
    return [library().pages[page.language, name] for name in library().menu.entries[page.id].next]


def _fact(name: str) -> str:
    return str(library().sources.facts[name].value)


def _cited(marks: tuple[str, ...]) -> list[Source]:
    return [library().sources[mark] for mark in marks]
