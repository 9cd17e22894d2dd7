"""The arrival card: neutral words, every need once in two languages, and nothing that could be sent or kept."""

import re
from itertools import product
from xml.etree.ElementTree import Element

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from portal.library import LANGUAGES, Library
from portal.library.languages import OWN_NAMES, Language
from portal.library.words import TELLING
from portal.web.arrival import NEEDS, PLEASE
from portal.web.languages import TRANSLATIONS
from portal.web.press import public_paths
from tests.reader import XHTML, Page, Reader, words

CARDS = [*product(LANGUAGES, LANGUAGES)]
THE_NURSE = re.compile(
    r"l’infirmière ou l’infirmier de garde|verpleegkundige( van wacht)?|(diensthabenden )?Pflegekraft|nurse( on duty)?"
)


def catalogue(language: Language) -> dict[str, str]:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): " ".join(str(message.string).split()) for message in read_po(file)}


CATALOGUES = {language: catalogue(language) for language in LANGUAGES}


def said(language: Language, name: str) -> str:
    return CATALOGUES[language][f"arrival.say_{name}"]


def spans(page: Page, kind: str) -> list[Element]:
    return [span for span in page.one("main").iter(f"{XHTML}span") if span.get("class") == kind]


def test_there_are_twenty_addresses_and_no_other(app: Flask, reader: Reader) -> None:
    found = [path for path in public_paths(app) if path.split("/")[2:3] == ["a"]]
    assert set(found) == {f"/{language}/a/{desk}" for language, desk in CARDS} | {f"/{each}/a/" for each in LANGUAGES}
    assert len(found) == 20
    for path in ("/fr/a/es", "/fr/a/frx", "/fr/a/FR", "/fr/a/nl/5", "/fr/a/5"):
        reader.get(path, status=404)


@pytest.mark.parametrize(("language", "desk"), CARDS)
def test_whoever_looks_learns_nothing_but_that_a_nurse_is_asked_for(
    reader: Reader, language: Language, desk: Language
) -> None:
    page = reader.get(f"/{language}/a/{desk}")
    shown = THE_NURSE.sub("", words(page.one("body")))
    assert not TELLING.search(shown), TELLING.search(shown)
    named = {words(a) for a in page.all("a")} | {page.title}
    assert not {reader.get(f"/{each}/").one("title").text for each in LANGUAGES} & named  # nor does it name this site
    assert not TELLING.search(page.title)
    assert not TELLING.search(f"/{language}/a/{desk}")


@pytest.mark.parametrize(("language", "desk"), CARDS)
def test_every_line_stands_once_in_each_language_the_desks_first(
    reader: Reader, language: Language, desk: Language
) -> None:
    page = reader.get(f"/{language}/a/{desk}")
    lines = ["come", *PLEASE, "ticked", *(line for need in NEEDS for line in with_its_tongue(need))]
    assert [words(span) for span in spans(page, "desk")] == [said(desk, line) for line in lines]
    if desk == language:
        assert not spans(page, "own")
        assert not [span for span in spans(page, "desk") if span.get("lang")]
    else:
        assert [words(span) for span in spans(page, "own")] == [said(language, line) for line in lines]
        assert {span.get("lang") for span in spans(page, "desk")} == {desk}
        assert [span.get("class") for span in page.one("h1")] == ["desk", "own"]


def with_its_tongue(need: str) -> list[str]:
    return [need, "tongue"] if need == "interpreter" else [need]


@pytest.mark.parametrize(("language", "desk"), CARDS)
def test_nothing_on_it_can_be_sent_or_remembered(reader: Reader, language: Language, desk: Language) -> None:
    page = reader.get(f"/{language}/a/{desk}")
    assert not [tag for tag in ("form", "button", "textarea") if page.all(tag)]
    fields = [*page.all("input"), *page.all("select")]
    assert [field.get("type", "select") for field in fields] == ["checkbox"] * (len(NEEDS) + 1) + ["select"]
    for field in fields:
        assert {"name", "value", "checked", "form"} & set(field.attrib) == set()
        assert field.get("autocomplete") == "off"  # a browser gives ticks back after Reload and Back without it
    labels = {label.get("for") for label in page.all("label")}
    assert labels == {field.get("id") for field in fields}
    assert "Set-Cookie" not in page.response.headers


@pytest.mark.parametrize("desk", LANGUAGES)
def test_she_finds_her_language_in_its_own_name_and_the_desk_reads_it(
    reader: Reader, library: Library, desk: Language
) -> None:
    options = reader.get(f"/fr/a/{desk}").all("option")
    assert [option.get("lang") for option in options[:1]] == [None]  # nothing is chosen for her
    shown = {option.get("lang"): words(option) for option in options[1:]}
    assert len(options) == 1 + len(library.tongues) + len(LANGUAGES) - 1
    for tongue in library.tongues:
        assert shown[tongue.code] == f"{tongue.own_name} – {tongue.names[desk]}"
    assert {code: name for code, name in shown.items() if code in set(LANGUAGES)} == {
        other: OWN_NAMES[other] for other in LANGUAGES if other != desk
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_leads_to_it_and_it_leads_back_to_the_name_of_the_place(reader: Reader, language: Language) -> None:
    assert f"/{language}/a/" in reader.get(f"/{language}/p/van").links
    choice = reader.get(f"/{language}/a/")
    assert {f"/{language}/a/{desk}" for desk in LANGUAGES} | {f"/{language}/p/"} <= set(choice.links)
    for desk in LANGUAGES:
        assert f"/{language}/p/" in reader.get(f"/{language}/a/{desk}").links
