"""The arrival card: what a desk must know, ticked and shown in its language. Touches no database, keeps nothing."""

from flask import Blueprint, render_template

from portal.library import addresses
from portal.library.languages import LANGUAGES, Language
from portal.web.shelf import library

blueprint = Blueprint("arrival", __name__)

PLEASE = ("call", "wait", "unasked")
NEEDS = ("expected", "silent", "interpreter", "sign", "woman", "man", "walk", "alone", "name", "medicine")


@blueprint.get("/<lang:language>/a/")
def desks(language: Language) -> str:
    """Say what the card is and let the reader choose the language of the desk."""
    return render_template("desks.html")


@blueprint.get("/<lang:language>/a/<lang:desk>")
def card(language: Language, desk: Language) -> str:
    """Show the card in the desk's language, and below each line in the reader's."""
    return render_template("arrival.html", desk=desk, please=PLEASE, needs=NEEDS, tongues=library().tongues)


def public_paths() -> list[str]:
    """Return the address of every page here that can be made ahead."""
    return [
        path
        for language in LANGUAGES
        for path in (
            addresses.named(language, "arrival"),
            *(addresses.arrival(language, desk) for desk in LANGUAGES),
        )
    ]
