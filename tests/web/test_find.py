"""The search keeps nothing: words travel sealed in an address, for an hour, and stand in no log, title or cookie."""

import logging
from dataclasses import replace

import pytest
from flask import Flask

from portal.library import LANGUAGES, Language, Library
from portal.settings import Settings
from portal.web.press import pressed_pages
from portal.web.sealing import Seal, Typed
from tests.clock import StillClock
from tests.reader import Page, Reader, check_headers

PLANTED = "plantedwords kleren zelfmoord"
TYPED = {"fr": "habits", "nl": "kleren terug", "de": "Klamotten zurück", "en": "clothes back"}


def results(page: Page, language: str) -> list[str]:
    return [href for href in page.links if href.startswith(f"/{language}/i/") and "#" in href]


@pytest.mark.parametrize("language", LANGUAGES)
def test_typed_words_lead_to_the_section(reader: Reader, library: Library, language: str) -> None:
    address = reader.send(f"/{language}/f/", {"words": TYPED[language]})
    page = reader.get(address)
    assert f"/{language}/i/{library.menu.codes['requests']}#return" in results(page, language)
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    (field,) = [field for field in page.all("input") if field.get("id") == "words"]
    assert field.get("value") == TYPED[language]
    assert {f"/{language}/f/", f"/{language}/o/", f"/{language}/h/"} <= set(page.links)


def test_back_shows_the_same_again(reader: Reader) -> None:
    address = reader.send("/nl/f/", {"words": "politie"})
    assert reader.get(address).main == reader.get(address).main


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_listed_and_leads_to_its_section(reader: Reader, library: Library, language: str) -> None:
    page = reader.get(f"/{language}/f/")
    for question in library.questions.questions:
        assert " ".join(question.text[language].split()) in page.main
        code = library.menu.codes[question.page]
        assert f"/{language}/i/{code}" + (f"#{question.section}" if question.section else "") in page.links
    asked = {question.page for question in library.questions.questions}
    assert len(page.all("details")) == len(asked)


def test_the_field_stands_before_the_pages_and_is_small_enough(app: Flask, settings: Settings) -> None:
    pages = pressed_pages(app, settings.data / "built")
    for language in LANGUAGES:
        assert b'name="words"' in pages.body(f"/{language}/i/", "identity")
        for path in (f"/{language}/f/", f"/{language}/i/"):
            assert len(pages.body(path, "br")) <= 10 * 1024
            assert len(pages.body(path, "gzip")) <= 12 * 1024


@pytest.mark.parametrize("words", ["", "   ", "x" * 201, "kleren\x00", "\u202ekleren"])
def test_what_cannot_be_looked_for_is_answered_calmly(reader: Reader, words: str) -> None:
    page = reader.post("/en/f/", {"words": words}, status=422)
    assert len([element for element in page.tree.iter() if element.get("role") == "alert"]) == 1


def test_nothing_found_offers_other_ways(reader: Reader) -> None:
    page = reader.get(reader.send("/en/f/", {"words": "zxqwv"}))
    assert not results(page, "en")
    assert {"/en/f/", "/en/o/", "/en/h/"} <= set(page.links)


@pytest.mark.parametrize(
    ("language", "words", "line"),
    [
        ("fr", "j'ai envie de mourrir", "tel:080032123"),
        ("nl", "ik wil niet meer leven", "tel:1813"),
        ("de", "ich denke an selbstmord", "tel:108"),
        ("en", "i want to kill myslef", "tel:1813"),
        ("fr", "il est devant ma porte", "tel:112"),
        ("nl", "hij heeft een mes", "tel:112"),
        ("de", "er steht vor der Tür", "tel:112"),
        ("en", "he says he will kill me", "tel:112"),
    ],
)
def test_words_of_danger_show_whom_to_call_before_all_else(
    reader: Reader, language: str, words: str, line: str
) -> None:
    page = reader.get(reader.send(f"/{language}/f/", {"words": words}))
    inside = [a.get("href") for a in page.one("main").iter() if a.tag.endswith("}a")]
    assert line in inside[: inside.index(results(page, language)[0])]


def test_what_was_typed_stands_nowhere_but_in_the_field(
    reader: Reader, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    address = reader.send("/nl/f/", {"words": PLANTED})
    page = reader.get(address)
    reader.get(f"{address}x", status=410)
    reader.post("/nl/f/", {"words": PLANTED * 20}, status=422)
    said = caplog.text + "".join(capfd.readouterr())
    for word in PLANTED.split():
        assert word not in address
        assert word not in page.title
        assert word not in said
    assert page.text.count(PLANTED) == 1
    assert "Set-Cookie" not in page.response.headers


def test_an_error_while_searching_is_logged_without_the_words(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError(PLANTED)

    reader = Reader(app)
    address = reader.send("/nl/f/", {"words": PLANTED})
    monkeypatch.setattr("portal.library.search.search.Index.best", broken)
    reader.get(address, status=500)
    assert "RuntimeError" in caplog.text
    assert "plantedwords" not in caplog.text
    assert address.split("/")[-1] not in caplog.text


def test_after_an_hour_it_has_ended(reader: Reader, clock: StillClock) -> None:
    address = reader.send("/de/f/", {"words": "Polizei"})
    clock.forward(minutes=59)
    assert results(reader.get(address), "de")
    clock.forward(minutes=2)
    page = reader.get(address, status=410)
    assert "Polizei" not in [field.get("value") for field in page.all("input")]
    assert page.all("form")


@pytest.mark.parametrize("made_up", ["x", "gAAAAA", "A" * 5000, "é", "=", "A" * 100])
def test_what_was_never_sealed_here_reads_as_ended(reader: Reader, made_up: str) -> None:
    page = reader.get(f"/fr/f/{made_up}", status=410)
    assert page.all("form")


def test_a_changed_address_opens_nothing(reader: Reader) -> None:
    address = reader.send("/fr/f/", {"words": "police"})
    middle = len(address) // 2
    other = "A" if address[middle] != "A" else "B"
    reader.get(address[:middle] + other + address[middle + 1 :], status=410)


def test_in_another_language_the_words_stand_in_the_field_but_are_not_looked_for(reader: Reader) -> None:
    address = reader.send("/fr/f/", {"words": "combien de temps"})
    page = reader.get(address.replace("/fr/", "/en/"))
    (field,) = [field for field in page.all("input") if field.get("id") == "words"]
    assert field.get("value") == "combien de temps"
    assert not page.all("ol")
    check_headers(page.response)


def test_keys_rotate_and_serve_nothing_else(clock: StillClock) -> None:
    old, new = "o" * 32, "n" * 32
    typed = Typed(Language("fr"), "police")
    before, both, after = Seal((old,), clock), Seal((old, new), clock), Seal((new,), clock)
    assert both.open(before.close(typed)) == typed
    assert after.open(both.close(typed)) == typed
    assert before.open(both.close(typed)) is None


def test_an_address_tells_no_length_to_the_letter(clock: StillClock) -> None:
    seal = Seal(("k" * 32,), clock)
    assert len(seal.close(Typed(Language("fr"), "viol"))) == len(seal.close(Typed(Language("fr"), "assistance")))
    longest = seal.close(Typed(Language("fr"), "€" * 200))
    assert seal.open(longest) == Typed(Language("fr"), "€" * 200)
    assert seal.open(seal.close(replace(Typed(Language("fr"), ""), words="😀" * 200))) is not None
