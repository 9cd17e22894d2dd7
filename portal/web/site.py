"""What everybody may read: pages and numbers. Touches no database, sets no cookie, keeps nothing."""

from flask import Blueprint, abort, render_template

from portal.law import Age, Answers, ComplaintSoFar, What, When, Who
from portal.library import addresses
from portal.library.languages import LANGUAGES, Language
from portal.library.menu import EASY
from portal.library.pages import Page
from portal.library.report import sources_by_subject
from portal.library.sources import Source
from portal.web.languages import present_language
from portal.web.shelf import library

blueprint = Blueprint("site", __name__)

LONG_AGO = Answers(Who.SELF, What.UNSURE, When.LONGER, Age.UNKNOWN, ComplaintSoFar.NONE)
GROUPS = ("emergency", "listen", "dark", "home", "young")


@blueprint.get("/")
def chooser() -> str:
    """Let the reader choose a language; nothing is guessed and nobody is sent on."""
    return render_template("chooser.html")


@blueprint.get("/<lang:language>/")
def home(language: Language) -> str:
    """Say the first words."""
    return render_template("home.html", long_ago=addresses.step(language, library().guide.plan_code(LONG_AGO)))


@blueprint.get("/<lang:language>/i/")
def topics(language: Language) -> str:
    """List the pages."""
    return render_template("topics.html", situations=library().menu.situations, pages=library().pages)


@blueprint.get("/<lang:language>/i/<code>")
def page(language: Language, code: str) -> str:
    """Show a page with its sources folded under each section."""
    return _shown(language, library().by_code(language, code) or abort(404))


@blueprint.get("/<lang:language>/e/")
def easy_topics(language: Language) -> str:
    """List the pages that are easy to read."""
    return render_template("easy.html", pages=library().easy_in_order(language))


@blueprint.get("/<lang:language>/e/<code>")
def easy_page(language: Language, code: str) -> str:
    """Show the easy version of a page."""
    return _shown(language, library().easy_by_code(language, code) or abort(404))


@blueprint.get("/<lang:language>/k/")
def tongues(language: Language) -> str:
    """Show "I speak …" in the languages spoken most, for whoever stands at a desk."""
    return render_template("tongues.html", tongues=library().tongues)


@blueprint.get("/<lang:language>/b/")
def sources(language: Language) -> str:
    """List every source by subject, with its dates, and the pages that cite it."""
    return render_template("sources.html", subjects=sources_by_subject(library(), language))


@blueprint.get("/<lang:language>/h/")
def numbers(language: Language) -> str:
    """List every number, and the ways for those who cannot speak or hear."""
    directory = library().directory
    services = library().services
    groups = {group: services.lines_for(group, language) for group in GROUPS}
    centres = [centre for centre in directory.centres.values() if centre.phone]
    return render_template("numbers.html", groups=groups, centres=centres, directory=directory, services=services)


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
            *(addresses.named(language, name) for name in ("topics", "numbers", "sources", "easy", "tongues")),
        ]
        paths += [addresses.page(language, page.code) for page in shelf.in_order(language)]
        paths += [addresses.easy(language, page.code) for page in shelf.easy_in_order(language)]
    return paths


def _shown(language: Language, found: Page) -> str:
    name = found.id.removeprefix(EASY)
    entry = library().menu.entries[name]
    return render_template(
        "page.html",
        page=found,
        is_easy=found.id != name,
        other_version=library().pages.get((language, name if found.id != name else EASY + name)),
        following=[_version(language, other, is_easy=found.id != name) for other in entry.next],
        someone=library().services.night_line(language),
        cited=_cited,
        fact=_fact,
    )


def _version(language: Language, name: str, *, is_easy: bool) -> Page:
    pages = library().pages
    return (pages.get((language, EASY + name)) if is_easy else None) or pages[language, name]


def _fact(name: str) -> str:
    return str(library().sources.facts[name].value)


def _cited(marks: tuple[str, ...]) -> list[Source]:
    return [library().sources[mark] for mark in marks]
