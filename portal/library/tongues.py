"""The card to show at a reception: "I speak …", in the languages spoken most, each in its own words."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.problems import Problem

TONGUES_FILE = "tongues.toml"


@dataclass(frozen=True)
class Tongue:
    """A language somebody speaks: its own name, its sentence, and its name for whoever stands at the desk."""

    code: str  # BCP 47, for `lang`
    direction: str
    own_name: str
    sentence: str
    names: Translated


def load_tongues(content: Path) -> tuple[tuple[Tongue, ...], list[Problem]]:
    """Read tongues.toml; return the languages with what is wrong."""
    listed = tomllib.loads((content / TONGUES_FILE).read_text(encoding="utf-8"))["tongue"]
    tongues = tuple(
        Tongue(one["code"], one.get("direction", "ltr"), one["own_name"], one["sentence"], one["names"])
        for one in listed
    )
    codes = [tongue.code for tongue in tongues]
    problems = [
        Problem(TONGUES_FILE, f"{code} stands twice") for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    problems += [
        Problem(TONGUES_FILE, f"{tongue.code} has no name in {language}")
        for tongue in tongues
        for language in LANGUAGES
        if not tongue.names.get(language)
    ]
    problems += [
        Problem(TONGUES_FILE, f"{code} is a language of the site", None, "take it out here")
        for code in codes
        if code in set(LANGUAGES)
    ]
    return tongues, problems
