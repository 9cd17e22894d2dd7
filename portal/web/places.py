"""Where somebody is, and the centres near there. Touches no database; what is typed is looked at and forgotten."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.library import addresses
from portal.library.directory import Area
from portal.library.languages import LANGUAGES, Language
from portal.library.places import Match, Municipality
from portal.web.forms import PlaceForm
from portal.web.shelf import library

blueprint = Blueprint("places", __name__)

OTHER_CENTRES = 3


@blueprint.route("/<lang:language>/p/", methods=["GET", "POST"])
def choose(language: Language) -> ResponseReturnValue:
    """Find a place by one field or by a list: one leads on, several are a choice, none brings the likeliest names."""
    form = PlaceForm(request.form)
    if request.method != "POST" or not form.validate():
        return _choice(form, language), 422 if form.errors else 200
    typed = form.place.data or ""
    found = library().places.find(typed)
    if len(found) == 1:
        return redirect(url_for(".place", language=language, code=found[0].place.code), 303)
    if found:
        return _choice(form, language, found)
    near = library().places.near(typed)
    form.place.errors = [_("places.perhaps") if near else _("places.unknown")]
    return _choice(form, language, near), 422


@blueprint.get("/<lang:language>/p/<code>")
def place(language: Language, code: str) -> str:
    """Show the centre for an area or near a municipality; where its number is not checked, the nearest whose is."""
    directory, services = library().directory, library().services
    if area := directory.areas.get(code):
        shown = _of_area(area, language)
    else:
        shown = _of_municipality(library().places.by_code.get(code) or abort(404), language)
    return render_template("place.html", directory=directory, services=services, **shown)


def public_paths() -> list[str]:
    """Return the address of every page here that can be made ahead."""
    areas = library().directory.areas
    return [
        path
        for language in LANGUAGES
        for path in (addresses.named(language, "places"), *(addresses.place(language, code) for code in areas))
    ]


def place_paths() -> list[str]:
    """Return the address of the page of every municipality: made when asked for, because there are so many."""
    return [addresses.place(language, code) for language in LANGUAGES for code in library().places.by_code]


def _choice(form: PlaceForm, language: Language, matches: Iterable[Match] = ()) -> str:
    areas = library().directory.areas
    in_order = sorted(areas.values(), key=lambda area: area.names[language])
    return render_template("places.html", form=form, areas=in_order, all_areas=areas, matches=matches)


def _of_area(area: Area, language: Language) -> dict[str, Any]:
    directory = library().directory
    centre = directory.centres[area.centre]
    return {
        "name": area.names[language],
        "area": area,
        "centre": centre,
        "km": None,
        "callable_centre": directory.nearest_with_phone(centre),
        "also": [(directory.centres[name], None) for name in area.also],
        "municipalities": library().places.in_area(area.code, language),
    }


def _of_municipality(municipality: Municipality, language: Language) -> dict[str, Any]:
    nearest, *others = library().places.centres_near(municipality)
    return {
        "name": municipality.names[language],
        "area": library().directory.areas[municipality.area],
        "centre": nearest.centre,
        "km": nearest.whole_km,
        "callable_centre": next(one.centre for one in (nearest, *others) if one.centre.phone),
        "also": [(one.centre, one.whole_km) for one in others[:OTHER_CENTRES]],
        "municipalities": [],
    }
