"""Adds Italian to a copy of the house: what English says, with a few small words changed to tell the two apart.

Each step here is a step of docs/editing.md, "Add a language".
"""

import re
import shutil
from pathlib import Path

IT = "it"
LISTED = """
[[language]]
code = "it"
own_name = "Italiano"
day = "d MMMM y"
first_day = "d'º' MMMM y"
moment = "{} alle {}"
paragraph = "comma"
search = "italian"
never = 'senza lasciare tracce|troppo tardi'
tells = 'ospedal|violenz|vittim|polizi|denunci|tracci'
complaint = 'denunci|polizi|violenz'
"""
SMALL_WORDS = {"the": "il", "The": "Il", "and": "e"}
SMALL_WORD = re.compile(rf"\b({'|'.join(SMALL_WORDS)})\b(?![^{{\n]*}}|-)(?<!-)")
IN_A_ROW = re.compile(r"""\ben = ("(?:[^"\\]|\\.)*")(?=[^"\n]*\})""")
ON_A_LINE = re.compile(r"""^en = (".*"|'.*')$""", re.MULTILINE)
TABLE = re.compile(r"^\[en(\.\w+)?\]\n(?:(?!\[).*\n?)*", re.MULTILINE)
NOT_BY_LANGUAGE = ("languages.toml", "headings.toml", "tongues.toml")


def add_italian(house: Path) -> None:
    """Add the language to a house: the list, the catalogue, the files and the tables of the content."""
    content = house / "content"
    with (content / "languages.toml").open("a", encoding="utf-8") as file:
        file.write(LISTED)
    for english in [*content.rglob("en.md"), *content.rglob("en.toml")]:
        _write(english.with_stem(IT), in_italian(_read(english)))
    for path in content.glob("*.toml"):
        if path.name not in NOT_BY_LANGUAGE:
            _write(path, with_rows(_read(path)))
    _write(content / "tongues.toml", of_another_tongue(_read(content / "tongues.toml")))
    _write(content / "municipalities.csv", with_a_column(_read(content / "municipalities.csv")))
    catalogue = house / "translations" / IT / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    catalogued = _read(house / "translations" / "en" / "LC_MESSAGES" / "messages.po")
    said = re.sub(r"^msgstr .*(?:\n\".*)*", lambda found: in_italian(found[0]), catalogued, flags=re.MULTILINE)
    _write(catalogue / "messages.po", said.replace("Language: en", "Language: it", 1))


def copied_house(house: Path, into: Path) -> Path:
    """Copy what the house is made of, without what was built from it."""
    for folder in ("portal", "content", "translations", "tests"):
        shutil.copytree(house / folder, into / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(house / "pyproject.toml", into)
    return into


def in_italian(english: str) -> str:
    """Change the small words; what stands in braces, and what has a hyphen, is a name."""
    return SMALL_WORD.sub(lambda found: SMALL_WORDS[found[1]], english)


def with_rows(text: str) -> str:
    """Add the language wherever a file holds the others beside each other."""
    text = IN_A_ROW.sub(lambda found: f"{found[0]}, it = {in_italian(found[1])}", text)
    text = ON_A_LINE.sub(lambda found: f"{found[0]}\nit = {in_italian(found[1])}", text)
    tables = [found[0] for found in TABLE.finditer(text)]
    return text + "".join("\n" + in_italian(table.replace("[en", "[it", 1)) for table in tables)


def of_another_tongue(text: str) -> str:
    """Name the languages of the card in Italian too, and take Italian out: the site itself speaks it now."""
    head, *tongues = text.split("[[tongue]]\n")
    kept = [tongue for tongue in tongues if f'code = "{IT}"\n' not in tongue]
    return with_rows(head + "".join("[[tongue]]\n" + tongue for tongue in kept))


def with_a_column(text: str) -> str:
    """Say each municipality's name in the language."""
    lines = text.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    heads, *rows = [line.split("|") for line in lines if not line.startswith("#")]
    place = heads.index("en") + 1
    named = [[*row[:place], IT if row is heads else row[place - 1], *row[place:]] for row in [heads, *rows]]
    return "\n".join([*comments, *("|".join(row) for row in named), ""])


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
