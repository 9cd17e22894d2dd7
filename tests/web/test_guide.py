"""Every page of the guide, in every language, as it is sent: one action, a number, a way to write, no answer told."""

import re

import pytest
from flask import Flask

from portal.library import LANGUAGES, Language, Library

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_has_one_action_a_number_that_answers_and_a_way_to_write(
    app: Flask, library: Library, language: Language
) -> None:
    client = app.test_client(use_cookies=False)
    day_and_night = library.directory.first_centre(language)
    assert day_and_night.phone
    for code in library.guide.tree.plans:
        main = client.get(f"/{language}/o/{code}").text.split("<main", 1)[1].split("</main>", 1)[0]
        assert len(re.findall(r'class="go(?: tel)? main"', main)) == 1, code
        assert f'href="tel:{day_and_night.phone.replace(" ", "")}"' in main
        assert 'href="tel:112"' in main
        assert "112 BE" in main  # the one written way that answers at any hour
        assert f'href="/{language}/h/#written"' in main
        assert "{fact" not in main


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_has_a_number_beside_it_and_a_way_to_say_that_one_does_not_know(
    app: Flask, library: Library, language: Language
) -> None:
    client = app.test_client(use_cookies=False)
    words = library.guide.in_language(language)
    not_knowing = {"who": "unsaid", "what": "unsure", "when": "unknown", "age": "unknown", "complaint": "none"}
    for code, page in library.guide.tree.questions.items():
        main = client.get(f"/{language}/o/{code}").text.split("<main", 1)[1].split("</main>", 1)[0]
        assert main.count('href="tel:') >= 2
        assert words.answer(page.question, not_knowing[page.question]) in main


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_guide_tells_an_answer_by_its_title_address_or_cookie(
    app: Flask, library: Library, language: Language
) -> None:
    client = app.test_client(use_cookies=False)
    tree = library.guide.tree
    titles = set()
    for code in [*tree.questions, *tree.plans]:
        answer = client.get(f"/{language}/o/{code}")
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r'href="/[^"]*\?', answer.text)
        titles.update(TITLE.findall(answer.text))
    assert len(titles) == 1
