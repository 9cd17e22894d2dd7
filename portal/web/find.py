"""Find an answer: a field, the list of all questions, and what the pages say. Touches no database, keeps nothing."""

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.library import addresses
from portal.library.languages import LANGUAGES, Language
from portal.web.forms import FindForm
from portal.web.sealing import Typed
from portal.web.shelf import library, seal

blueprint = Blueprint("find", __name__)


@blueprint.route("/<lang:language>/f/", methods=["GET", "POST"])
def find(language: Language) -> ResponseReturnValue:
    """Show the field and every question; what is typed is sealed into the address of its answer."""
    form = FindForm(request.form)
    if request.method == "POST" and form.validate():
        sealed = seal().close(Typed(language, form.words.data or ""))
        return redirect(url_for(".found", language=language, sealed=sealed), 303)
    return _field(form), 422 if form.errors else 200


@blueprint.get("/<lang:language>/f/<sealed>")
def found(language: Language, sealed: str) -> ResponseReturnValue:
    """Show what answers, or the field again where the address has ended or was made in another language."""
    g.private = True
    typed = seal().open(sealed)
    if typed is None:
        g.is_error = True  # what stands in such an address is not repeated on the page
        return make_response(_field(FindForm(), why="ended"), 410)
    form = FindForm(words=typed.words)
    if typed.language != language:
        return _field(form, why="other_language")
    return render_template(
        "find.html",
        form=form,
        answer=library().search.find(language, typed.words),
        dark=library().services.lines_for("dark", language),
    )


def public_paths() -> list[str]:
    """Return the address of the field in each language."""
    return [addresses.named(language, "find") for language in LANGUAGES]


def _field(form: FindForm, why: str = "") -> str:
    return render_template(
        "find.html",
        form=form,
        why=why,
        pages=library().pages,
        situations=library().menu.situations,
        asked=library().questions.of_page,
    )
