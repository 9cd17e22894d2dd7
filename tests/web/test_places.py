"""One field finds a place; its page says what is near, how far, and a number that answers; nothing typed is kept."""

import logging
import re

import pytest
from flask import Flask

from portal.library import LANGUAGES, Library
from portal.library.places import Municipality
from portal.web.places import place_paths
from portal.web.press import public_paths
from portal.web.safety import STATIC
from tests.reader import Page, Reader, words

SAMPLE = (
    "Liège",
    "Sint-Niklaas",
    "Eupen",
    "Ieper",
    "Virton",
    "Mouscron",
    "Antwerpen",
    "Namur",
    "Arlon",
    "Beveren-Waas",
)


def page_of(library: Library, name: str) -> str:
    (match,) = library.places.find(name)
    return match.place.code


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("1000", "Brussel"),
        ("4700", "Eupen"),
        (" 7500 ", "Doornik"),
        ("B-1000", "Brussel"),
        ("9000 Gent", "Gent"),
        ("2 0 0 0", "Antwerpen"),
        ("luik", "Luik"),
        ("Lüttich", "Luik"),
        ("Heverlee", "Leuven"),
        ("Ixelles/Elsene", "Elsene"),
    ],
)
def test_a_place_leads_to_its_page(reader: Reader, library: Library, typed: str, name: str) -> None:
    to = reader.send("/nl/p/", {"place": typed})
    assert to == f"/nl/p/{page_of(library, name)}"
    assert reader.get(to).title.startswith(f"{name} –")


def test_a_province_leads_to_its_area(reader: Reader) -> None:
    assert reader.send("/de/p/", {"place": "Westflandern"}) == "/de/p/vwv"
    assert reader.send("/fr/p/", {"place": "province de Liège"}) == "/fr/p/wlg"


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_places_are_a_calm_choice(reader: Reader, library: Library, language: str) -> None:
    page = reader.post(f"/{language}/p/", {"place": "Saint-Nicolas"})
    assert {f"/{language}/p/{page_of(library, name)}" for name in ("Sint-Niklaas", "4420")} <= set(page.links)
    assert typed_in(page) == "Saint-Nicolas"
    assert not alerts(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_typing_mistake_brings_suggestions(reader: Reader, library: Library, language: str) -> None:
    page = reader.post(f"/{language}/p/", {"place": "Charlroi"}, status=422)
    assert f"/{language}/p/{page_of(library, 'Charleroi')}" in page.links
    assert typed_in(page) == "Charlroi"
    assert len(alerts(page)) == 1


@pytest.mark.parametrize(
    "typed", ["", "12", "99999", "xqzwvk", "0999", "1000 2000", "\x00\x00\x00\x00", "٤٠٠٠", "1" * 5000, "a" * 5000]
)
def test_anything_else_is_answered_calmly_and_stays_typed(reader: Reader, typed: str) -> None:
    page = reader.post("/de/p/", {"place": typed}, status=422)
    assert page.one("form") is not None
    assert len(alerts(page)) == 1
    if "\x00" not in typed:
        assert typed_in(page) == typed
        (field,) = [field for field in page.all("input") if field.get("id") == "place"]
        assert field.get("aria-invalid") == "true"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_municipality_offers_what_is_near_and_one_checked_number(
    reader: Reader, library: Library, language: str
) -> None:
    checked = {centre.phone.replace(" ", "") for centre in library.directory.centres.values() if centre.phone}
    for name in SAMPLE:
        page = reader.get(f"/{language}/p/{page_of(library, name)}")
        (match,) = library.places.find(name)
        assert isinstance(match.place, Municipality)
        nearest, *others = library.places.centres_near(match.place)
        assert nearest.centre.names[language] in page.heading
        called = [href.removeprefix("tel:") for href in page.links if href.startswith("tel:")]
        assert called[1] in checked  # the first is 112, in the bar
        assert all(other.centre.names[language] in page.main for other in others[:3])
        assert f" {others[0].whole_km} km" in page.main
        assert "None" not in page.main


def test_less_than_a_kilometre_is_said_in_words(reader: Reader, library: Library) -> None:
    page = reader.get(f"/en/p/{page_of(library, 'Ghent')}")
    assert "This centre is in Ghent itself, or very near." in page.main
    assert " 0 km" not in page.main
    far = reader.get(f"/en/p/{page_of(library, 'Eupen')}").main
    assert "From Eupen: about 30 km as the crow flies; the road is longer." in far


def test_an_announced_centre_is_told_as_on_the_area_page(reader: Reader, library: Library) -> None:
    announced = library.directory.centres["tournai"].names["fr"]
    assert announced in reader.get("/fr/p/wht").main
    assert announced in reader.get(f"/fr/p/{page_of(library, 'Mouscron')}").main
    assert announced not in reader.get(f"/fr/p/{page_of(library, 'Eupen')}").main


def test_only_a_page_that_is_made_when_asked_says_that_a_centre_is_open_now(reader: Reader, library: Library) -> None:
    assert "Open now" in reader.get(f"/en/p/{page_of(library, 'Ghent')}").main
    assert "Open now" not in reader.get(f"/en/p/{page_of(library, 'Arlon')}").main  # its nights are not confirmed
    assert "Open now" not in reader.get("/en/p/vov").main


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_lists_its_municipalities_folded(reader: Reader, library: Library, language: str) -> None:
    linked: list[str] = []
    for area in library.directory.areas:
        page = reader.get(f"/{language}/p/{area}")
        (folded,) = page.all("details")
        assert folded.get("open") is None
        linked += [href for href in page.links if len(href) == len("/xx/p/abcd")]
    assert sorted(linked) == sorted(f"/{language}/p/{code}" for code in library.places.by_code)


def test_pages_of_municipalities_are_known_but_not_pressed(app: Flask, library: Library, reader: Reader) -> None:
    with app.app_context():
        every = place_paths()
    assert len(every) == len(set(every)) == len(LANGUAGES) * len(library.places.by_code)
    assert not set(every) & set(public_paths(app))
    assert all(not re.search("[aeiou]", path.rsplit("/", 1)[1]) for path in every)
    for path in every[:: len(every) // 40]:
        response = reader.client.get(path, headers={"Accept-Encoding": "identity"})
        assert len(response.data) < 20_000
        assert "Set-Cookie" not in response.headers


def test_what_was_typed_is_in_no_log_address_or_title(
    reader: Reader, caplog: pytest.LogCaptureFixture, library: Library
) -> None:
    caplog.set_level(logging.DEBUG)
    to = reader.send("/fr/p/", {"place": "Wépion"})
    assert "Wépion" not in reader.get(to).text
    refused = reader.post("/fr/p/", {"place": "Wépionnnnz"}, status=422)
    assert "Wépionnnnz" not in refused.title
    assert "pion" not in caplog.text
    assert "pion" not in to


def test_a_place_prints_as_a_clean_sheet(reader: Reader, library: Library) -> None:
    page = reader.get(f"/nl/p/{page_of(library, 'Kortrijk')}")
    for link in page.all("a"):
        if "go" in (link.get("class") or "").split() and "tel" not in (link.get("class") or "").split():
            assert "noprint" in (link.get("class") or "")
    style = (STATIC / "site.css").read_text(encoding="utf-8")
    printed = style[style.index("@media print") :]
    assert ".noprint" in printed
    (now,) = [bold for bold in page.all("b") if words(bold) == "Nu open."]
    assert now.get("class") == "noprint"  # paper does not know the hour
    assert "--on:#000" in printed  # white on teal would be white on white: printers leave backgrounds out


def alerts(page: Page) -> list[object]:
    return [element for element in page.tree.iter() if element.get("role") == "alert"]


def typed_in(page: Page) -> str | None:
    (field,) = [field for field in page.all("input") if field.get("id") == "place"]
    return field.get("value")
