"""The languages in the path. Their catalogues are compiled when they are stale; a missing sentence stops the start."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations, gettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.routing import BaseConverter

from portal.library.build import content_hash
from portal.library.languages import FIRST, LANGUAGES, OWN_NAMES, REFERENCE, Language, say_date, say_moment
from portal.library.sources import article_label
from portal.library.words import NEVER_SAID

TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"

PROOF = "site.name"


class CatalogueError(Exception):
    """The interface is not complete in every language; the message lists what is missing."""


class LanguageConverter(BaseConverter):
    """Lets only our languages be the first part of an address."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> Language:
        """Return the language of an address."""
        return Language(value)


def install(app: Flask, cache: Path) -> None:
    """Give the app its languages.

    Raises:
        CatalogueError: a sentence is missing in one of them.

    """
    app.url_map.converters["lang"] = LanguageConverter
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(compiled_catalogues(cache))
    Babel(app, locale_selector=lambda: str(present_language()))
    _prove_spoken(app)
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES,
        OWN_NAMES=OWN_NAMES,
        present_language=present_language,
        other_language=other_language,
        say_in=say_in,
        _=_of_templates(),
    )
    app.jinja_env.filters.update(
        article=lambda provision: article_label(provision, present_language()),
        say_date=lambda day: say_date(day, present_language()),
        say_moment=lambda moment: say_moment(moment, present_language()),
    )


def _prove_spoken(app: Flask) -> None:
    """Refuse to start where a language would silently say keys, or another language's words."""
    with app.app_context():
        for language in LANGUAGES:
            with force_locale(str(language)):
                if gettext(PROOF) == PROOF:
                    raise CatalogueError(f"{language}: the compiled catalogue is not found")


def present_language() -> Language:
    """Return the language of the page being made: that of its address, else the nearest to what the reader asks."""
    if not has_request_context():
        return FIRST
    if "language" not in g:
        values = request.view_args or {}
        g.language = values.get("language") or nearest_language(request.path, request.accept_languages)
    return Language(g.language)


def _of_templates() -> Callable[..., str]:
    """Return the `_` of templates: what flask-babel's says, for half of what a page takes to be made.

    A page says a hundred sentences, and flask-babel asks three times each which request it is in.
    """
    catalogues: dict[str, Any] = {}

    @pass_eval_context
    def said(context: EvalContext, key: str, /, **variables: object) -> str:
        """Say a sentence in the language of the moment; in a page, as markup with its variables escaped."""
        language = str(getattr(get_locale(), "language", ""))
        catalogue = catalogues.get(language) or catalogues.setdefault(language, get_translations())
        words: str = catalogue.ugettext(key)
        if context.autoescape:
            words = Markup(words)  # noqa: S704  our own sentences; what stands in them is escaped
        return words % variables if "%" in words else words

    return said


def nearest_language(path: str, accepted: LanguageAccept) -> Language:
    """Return the language an unknown address probably meant (`/fr-be/…` means French), else what the browser asks."""
    first = path.strip("/").split("/")[0].casefold()
    for language in LANGUAGES:
        if first == language or first.startswith(f"{language}-"):
            return language
    return Language(accepted.best_match([str(language) for language in LANGUAGES]) or FIRST)


def say_in(language: Language, key: str) -> str:
    """Say a sentence of the interface in a language that need not be the page's."""
    with force_locale(str(language)):
        return str(gettext(key))


def other_language(language: Language) -> str:
    """Return the address of the page being shown in another language."""
    parts = request.path.split("/")
    if len(parts) > 1 and parts[1] in set(LANGUAGES) and request.method == "GET" and not g.get("is_error"):
        return "/".join(["", language, *parts[2:]])
    return f"/{language}/"


def compiled_catalogues(cache: Path, translations: Path = TRANSLATIONS) -> Path:
    """Return a folder with the compiled catalogues, compiling them when they are stale.

    Raises:
        CatalogueError: a sentence is missing, empty, doubtful, or has other placeholders in one language.

    """
    folder = cache / f"catalogues-{content_hash(translations)[:24]}"
    if folder.exists():
        return folder
    problems = catalogue_problems(translations)
    if problems:
        raise CatalogueError("\n".join(problems))
    unfinished = folder.with_suffix(f".{os.getpid()}")
    for language in LANGUAGES:
        target = unfinished / language / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        with _po(translations, language).open("rb") as source, (target / "messages.mo").open("wb") as compiled:
            write_mo(compiled, read_po(source, locale=language))
    try:
        unfinished.rename(folder)
    except OSError:  # another start was first
        shutil.rmtree(unfinished)
    return folder


def words_of(language: str, translations: Path = TRANSLATIONS) -> dict[str, str]:
    """Return the words of a language by their keys, for a command that runs without an installation."""
    with _po(translations, Language(language)).open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale=language) if one.id}


def catalogue_problems(translations: Path = TRANSLATIONS) -> list[str]:
    """Return what is missing or doubtful in the catalogues of the interface."""
    texts: dict[Language, dict[str, str]] = {}
    problems = []
    for language in LANGUAGES:
        if not (path := _po(translations, language)).exists():
            problems.append(f"{language}: {path.relative_to(translations.parent)} is missing")
            texts[language] = {}
            continue
        with path.open("rb") as file:
            messages = [message for message in read_po(file, locale=language) if message.id]
        texts[language] = {str(message.id): str(message.string) for message in messages}
        problems += [f"{language}: {message.id} is marked fuzzy" for message in messages if message.fuzzy]
    every = set().union(*texts.values())
    for language in (one for one in LANGUAGES if texts[one]):
        for key in sorted(every):
            text = texts[language].get(key, "")
            if not text.strip():
                problems.append(f"{language}: {key} is missing")
            elif said := NEVER_SAID.search(text):
                problems.append(f"{language}: {key} says {said[0]!r}")
            elif _placeholders(text) != _placeholders(texts[REFERENCE].get(key, text)):
                problems.append(f"{language}: {key} has other placeholders than {OWN_NAMES[REFERENCE]}")
    return problems


def _placeholders(text: str) -> list[str]:
    return sorted(part.split(")")[0] for part in text.split("%(")[1:])


def _po(translations: Path, language: Language) -> Path:
    return translations / language / "LC_MESSAGES" / "messages.po"
