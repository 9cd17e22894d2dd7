"""What everybody may read: every page, in every language, under the rules of the house."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from portal.library import LANGUAGES, Library
from portal.web.press import public_paths
from tests.reader import Reader

LARGEST_BROTLI, LARGEST_GZIP = 10 * 1024, 12 * 1024


def test_every_public_page_keeps_the_rules_and_no_link_of_it_leads_nowhere(app: Flask, reader: Reader) -> None:
    """Together, because reading a page as strictly as this is what takes the time."""
    titles: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    known: set[str] = set()
    for path in public_paths(app):
        page = reader.get(path)
        if path != "/":
            titles[path.split("/")[1]].add(page.title)
        for href in page.links:
            parts = urlsplit(href)
            if not parts.scheme and parts.path and parts.path not in known:
                response = reader.client.get(parts.path)
                assert response.status_code in (200, 303), f"{path} leads to {href}"
                known.add(parts.path)
    assert min(len(found) for found in titles.values()) >= 12 + 13 + 4  # pages, areas, and the rest, each with its own


def test_every_page_fits_its_budget(app: Flask, reader: Reader) -> None:
    for path in public_paths(app):
        for encoding, largest in (("br", LARGEST_BROTLI), ("gzip", LARGEST_GZIP)):
            response = reader.client.get(path, headers={"Accept-Encoding": encoding})
            assert response.headers["Content-Encoding"] == encoding
            assert len(response.data) <= largest, f"{path} has {len(response.data)} bytes in {encoding}"


def test_a_section_shows_where_it_comes_from(reader: Reader) -> None:
    page = reader.get("/fr/i/5")
    assert len(page.all("details")) >= 4
    assert "29 § 3 al. 1" in page.main
    assert "29 § 3 lid 1" in reader.get("/nl/i/5").main


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_words(reader: Reader, language: str) -> None:
    page = reader.get(f"/{language}/")
    assert f"/{language}/i/2#cost" in page.links  # "no bill" says what it covers
    for part in ("o/", "p/", "i/", "l/", "i/10"):
        assert f"/{language}/{part}" in page.links


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_price_section_exists_where_no_bill_leads(library: Library, language: str) -> None:
    page = library.pages[language, "centre"]
    assert "cost" in [section.id for section in page.sections]


def test_every_place_offers_one_number_that_is_checked(library: Library, reader: Reader) -> None:
    checked = {centre.phone for centre in library.directory.centres.values() if centre.phone}
    unchecked = {
        stated.value.replace(" ", "")
        for centre in library.directory.centres.values()
        for stated in (centre.details.get("phone"), centre.details.get("phone_alt"))
        if stated and not stated.is_checked
    }
    for area in library.directory.areas:
        for language in LANGUAGES:
            page = reader.get(f"/{language}/p/{area}")
            called = [href.removeprefix("tel:") for href in page.links if href.startswith("tel:")]
            assert called[1] in {phone.replace(" ", "") for phone in checked}  # the first is 112, in the bar
            assert not unchecked & set(called)


def test_the_guide_is_a_tree_without_words_in_its_addresses(app: Flask, reader: Reader) -> None:
    codes = {path.split("/")[-1] for path in public_paths(app) if path.split("/")[2:3] == ["o"]} - {""}
    assert len(codes) == 3 + 24
    assert all(len(code) == 4 and not set(code) & set("aeiouy01l") for code in codes)
    for language in LANGUAGES:
        first = reader.get(f"/{language}/o/")
        whos = [href for href in first.links if href.startswith(f"/{language}/o/") and len(href) == 10]
        assert len(set(whos)) >= 3
        whens = {href for who in whos for href in reader.get(who).links if href.startswith(f"/{language}/o/")}
        assert {f"/{language}/o/{code}" for code in codes} <= whens | set(whos)


def test_the_plan_for_three_days_ago(reader: Reader, library: Library) -> None:
    from portal.library.guide import code_of

    for language in LANGUAGES:
        page = reader.get(f"/{language}/o/{code_of('self', 'days-2-to-5')}")
        assert f"tel:{library.directory.first_centre(language).phone}".replace(" ", "") in page.links
        assert f"/{language}/p/" in page.links
        assert "27" in page.main  # the article on the exam, folded below
