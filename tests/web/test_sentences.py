"""How a template says a sentence: as flask-babel would, without asking it each time."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext

from portal.library.languages import LANGUAGES

SAID = "{{ _('link.card_until', day=day) }}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_a_sentence_is_escaped_and_the_language_is_the_pages(app: Flask, language: str) -> None:
    with app.test_request_context(f"/{language}/"):
        assert render_template_string(SAID, day="<b>") == gettext("link.card_until", day="&lt;b&gt;")
        assert "<b>" in gettext("link.card_until", day="<b>")


def test_a_part_in_another_language_is_said_in_it_and_the_rest_is_not(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        before = render_template_string(SAID, day="1")
        with force_locale("nl"):
            forced = render_template_string(SAID, day="1")
        assert render_template_string(SAID, day="1") == before != forced
