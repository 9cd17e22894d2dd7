"""The pages of those who help, by need: every language, checked numbers only, within their bytes."""

import pytest
from flask import Flask

from portal.library import LANGUAGES, Library
from portal.web.press import public_paths
from tests.reader import XHTML, Reader, words

LARGEST_BROTLI = 10 * 1024


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def test_every_need_has_its_page_in_four_languages(app: Flask, library: Library) -> None:
    paths = set(public_paths(app))
    assert 14 <= len(library.services.needs) <= 16
    for language in LANGUAGES:
        assert f"/{language}/s/" in paths
        assert {f"/{language}/s/{need.code}" for need in library.services.needs.values()} <= paths


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_that_nobody_confirmed_stands_on_any_page(reader: Reader, library: Library, language: str) -> None:
    services = library.services.services.values()
    checked = {digits(one.phone) for one in services if one.phone} | {"112", "101"}
    withheld = {digits(one.details["phone"].value) for one in services if one.phone_is_withheld} - checked
    for need in library.services.needs.values():
        page = reader.get(f"/{language}/s/{need.code}")
        assert {digits(href) for href in page.links if href.startswith("tel:")} <= checked
        said = digits(page.main)
        assert not [number for number in withheld if len(number) > 4 and number in said]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_service_of_a_need_is_there_with_its_way(reader: Reader, library: Library, language: str) -> None:
    for need in library.services.needs.values():
        page = reader.get(f"/{language}/s/{need.code}")
        members = library.services.for_need(need.id, language)
        assert [words(heading) for heading in page.all("h2")] == [
            " ".join(one.names[language].split()) for one in members
        ]
        for one in members:
            assert " ".join(one.what[language].split()) in page.main
            if one.phone:
                assert f"tel:{one.phone}".replace(" ", "") in page.links
            if one.website:  # a chat on the same site stands for both
                assert {one.site_in(language), one.written.value if one.written else ""} & set(page.links)
        assert len(page.all("details")) == 1
        assert page.response.headers["Cache-Control"] == "no-store"


def test_a_site_on_one_source_is_said_to_be_unconfirmed(reader: Reader) -> None:
    section = next(
        element
        for element in reader.get("/en/s/1").tree.iter(f"{XHTML}section")
        if "Community Help Service" in words(element)
    )
    said = words(section)
    assert "chsbelgium.org (to be confirmed)" in said
    assert "We could not confirm its telephone number" in said


def test_the_page_for_those_afraid_of_their_own_acts_stands_apart(reader: Reader, library: Library) -> None:
    apart = next(need for need in library.services.needs.values() if need.apart)
    for language in LANGUAGES:
        index = reader.get(f"/{language}/s/")
        listed = [href for href in index.links if href.startswith(f"/{language}/s/") and href[-1].isdigit()]
        assert listed[-1] == f"/{language}/s/{apart.code}"
        assert len(index.all("h2")) == 1  # between the needs of those who were harmed and this one
        assert f"/{language}/p/" not in reader.get(f"/{language}/s/{apart.code}").links


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_topics_lead_there(reader: Reader, language: str) -> None:
    for path in ("h", "i"):
        assert f"/{language}/s/" in reader.get(f"/{language}/{path}/").links


def test_every_need_page_fits_its_budget(reader: Reader, library: Library) -> None:
    for language in LANGUAGES:
        for need in library.services.needs.values():
            answer = reader.client.get(f"/{language}/s/{need.code}", headers={"Accept-Encoding": "br"})
            assert len(answer.data) <= LARGEST_BROTLI, f"{need.id} in {language}: {len(answer.data)}"


def test_an_unknown_need_is_answered_calmly(reader: Reader) -> None:
    reader.get("/en/s/99", status=404)
