"""What everybody may read: every page, in every language, under the rules of the house."""

import re
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from flask import Flask

from portal.law import Age, Answers, ComplaintSoFar, What, When, Who
from portal.library import LANGUAGES, Library
from portal.web.press import public_paths
from tests.covering import steps_of_the_guide
from tests.reader import Reader, check_headers

LARGEST_BROTLI, LARGEST_GZIP = 10 * 1024, 12 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_keeps_the_rules_and_no_link_of_it_leads_nowhere(
    app: Flask, reader: Reader, library: Library, language: str
) -> None:
    """Together, because reading a page as strictly as this is what takes the time.

    Of the guide, each page is read so in one language, and each of its lines in every language.
    """
    titles: set[str] = set()
    known: set[str] = set()
    steps = steps_of_the_guide(library)
    for path in public_paths(app):
        if path == "/" or path.startswith(f"/{language}/"):
            if is_read_strictly(steps, path, language):
                page = reader.get(path)
                titles |= {page.title} if path != "/" else set()
                links = page.links
            else:
                links = re.findall(r'<a [^>]*href="([^"]+)"', read_quickly(reader, path))
            assert len(links) > 3, path
            for href in links:
                parts = urlsplit(href)
                if not parts.scheme and parts.path and parts.path not in known:
                    response = reader.client.get(parts.path)
                    assert response.status_code in (200, 303), f"{path} leads to {href}"
                    known.add(parts.path)
    assert len(titles) >= 12 + 13 + 4  # pages, areas, and the rest, each with its own


def is_read_strictly(steps: set[str], path: str, language: str) -> bool:
    """Tell whether a page is read strictly in this language: each of the guide in one of the four."""
    _, room, code = (*path.split("/", 3)[1:], "", "")[:3]
    if room != "o" or code in steps:
        return True
    return LANGUAGES[crc32(code.encode()) % len(LANGUAGES)] == language


def read_quickly(reader: Reader, path: str) -> str:
    """Open a page whose form is that of others; its headers are its own."""
    response = reader.client.get(path)
    assert response.status_code == 200, path
    check_headers(response)
    assert "Set-Cookie" not in response.headers, path
    return response.get_data(as_text=True)


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


def test_the_guide_has_no_words_in_its_addresses_and_the_same_ones_in_four_languages(app: Flask) -> None:
    codes: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for path in public_paths(app):
        if found := re.fullmatch(r"/(..)/o/(.*)", path):
            codes[found[1]].add(found[2])
    assert len(set(map(frozenset, codes.values()))) == 1
    assert all(len(code) == 5 and not set(code) & set("aeiouy01l") for code in codes["fr"] - {""})


def test_no_answer_of_the_guide_is_readable_in_an_address_or_a_title(reader: Reader, library: Library) -> None:
    for language in LANGUAGES:
        titles = set()
        for answers in SOME_ANSWERS:
            for code in library.guide.tree.walk(answers):
                page = reader.get(f"/{language}/o/{code}")
                titles.add(page.title)
                assert not [href for href in page.links if "?" in href]
                assert "Set-Cookie" not in page.response.headers
        assert len(titles) == 1


SOME_ANSWERS = [
    Answers(Who.SELF, What.CONTACT, When.DAYS_6_OR_7, Age.ADULT, ComplaintSoFar.WANTED),
    Answers(Who.CHILD, What.UNSURE, When.UNKNOWN, Age.UNDER_12, ComplaintSoFar.BEFORE_EXAM),
    Answers(Who.SOMEONE, What.IMAGES, When.TODAY, Age.FROM_16_TO_17, ComplaintSoFar.NONE),
    Answers(Who.CANNOT_LEAVE, What.TRAFFICKING, When.STILL_GOING_ON, Age.UNKNOWN, ComplaintSoFar.NONE),
    Answers(Who.PROFESSIONAL, What.MUTILATION, When.LONGER, Age.ADULT_HELPED, ComplaintSoFar.AFTER_EXAM),
]


def test_the_plan_for_three_days_ago(reader: Reader, library: Library) -> None:
    code = library.guide.plan_code(Answers(Who.SELF, What.CONTACT, When.DAYS_2_TO_5, Age.ADULT, ComplaintSoFar.NONE))
    for language in LANGUAGES:
        page = reader.get(f"/{language}/o/{code}")
        assert f"tel:{library.directory.first_centre(language).phone}".replace(" ", "") in page.links
        assert f"/{language}/p/" in page.links
        assert f"/{language}/a/" in page.links
        assert "27" in page.main  # the article on the exam, folded below


def test_a_step_of_the_guide_is_one_public_page_like_any_other(app: Flask, library: Library) -> None:
    made = set(public_paths(app))
    for language in LANGUAGES:
        for code in [*library.guide.tree.questions, *library.guide.tree.plans, *library.guide.pockets]:
            assert f"/{language}/o/{code}" in made
