"""The content builds, says the same in four languages, and fails loudly where it does not."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from portal.law import keeping
from portal.library import LANGUAGES, ContentError, Library, load_library
from portal.library.build import CONTENT
from portal.library.languages import say_date, say_moment
from portal.library.messages import LONGEST_LINK
from portal.library.sms import segments
from portal.library.words import TELLING
from tests.clock import at


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy that may be broken."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def problems(content: Path) -> str:
    with pytest.raises(ContentError) as error:
        load_library(content)
    return str(error.value)


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_page_stands_in_four_languages(real: Library) -> None:
    assert len(real.menu.entries) == 45
    assert len(real.menu.easy) == 10
    assert len(real.pages) == (45 + 10) * len(LANGUAGES)


def test_every_section_cites_and_every_page_begins_with_the_short_answer(real: Library) -> None:
    for page in real.pages.values():
        assert 2 <= len(page.short) <= 4
        assert 3 <= len(page.sections) <= 11
        assert all(section.sources for section in page.sections)


def test_a_missing_language_stops_the_build(content: Path) -> None:
    (content / "pages/exam/de.md").unlink()
    assert "exam/de.md: is missing" in problems(content)


def test_an_unknown_mark_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/fr.md", "{src: art. 29 § 3 al. 1}", "{src: art. 99}")
    assert "unknown source 'art. 99'" in problems(content)


def test_a_dangling_link_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/nl.md", "](page:", "](page:nowhere-")
    assert "unknown page 'nowhere-" in problems(content)


def test_a_link_outside_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/nl.md", "](page:", "](https://elsewhere.example/")
    assert "links outside the list of pages" in problems(content)


def test_an_unknown_fact_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/en.md", "{fact: keep-adult-months}", "{fact: forever}")
    assert "unknown placeholder fact: forever" in problems(content)


def test_a_number_in_prose_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/en.md", "{fact: keep-adult-months}", "6")
    assert "has a number in prose" in problems(content)


def test_a_section_id_twice_stops_the_build(content: Path) -> None:
    path = content / "pages/keeping/en.md"
    ids = [line.split("{#")[1][:-1] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("## ")]
    change(path, f"{{#{ids[1]}}}", f"{{#{ids[0]}}}")
    assert f"section id '{ids[0]}' stands twice" in problems(content)


def test_a_statement_that_lost_its_source_in_one_language_stops_the_build(content: Path) -> None:
    change(content / "pages/keeping/de.md", "{src: art. 29 § 1}", "")
    assert "keeping/de.md: section" in problems(content)


def test_two_pages_under_one_code_stop_the_build(content: Path) -> None:
    change(content / "site.toml", 'code = "5"', 'code = "6"')
    assert "code '6' stands twice" in problems(content)


def test_a_folder_nobody_listed_stops_the_build(content: Path) -> None:
    shutil.copytree(content / "pages/exam", content / "pages/forgotten")
    assert "pages/forgotten: is not listed" in problems(content)


@pytest.mark.parametrize("promise", ["You stay anonymous", "It leaves no trace", "It is too late"])
def test_a_promise_that_cannot_be_proved_stops_the_build(content: Path, promise: str) -> None:
    change(content / "pages/leaving/en.md", "\n## ", f"\n## {promise} ")
    assert re.search(r"leaving/en\.md:\d+: says", problems(content))


def test_a_tab_that_tells_stops_the_build(content: Path) -> None:
    path = content / "pages/exam/nl.md"
    (tab,) = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("tab = ")]
    change(path, tab, 'tab = "Onderzoek in het ziekenhuis"')
    assert "exam/nl.md: its tab tells" in problems(content)


def test_a_message_that_tells_or_is_too_long_stops_the_build(content: Path) -> None:
    change(content / "messages.toml", "Your information is ready", "Your hospital information is ready")
    change(content / "messages.toml", "Uw informatie staat klaar", "Uw informatie staat klaar " + "en klaar " * 20)
    found = problems(content)
    assert "link in en tells: 'hospital'" in found
    assert "link in nl is longer than one SMS" in found


def test_a_message_with_a_date_another_mark_or_an_unknown_kind_stops_the_build(content: Path) -> None:
    change(content / "messages.toml", "Bel ons wanneer", "Bel ons op 3 mei wanneer")
    change(content / "messages.toml", "Call us whenever", "Call us by {link} whenever")
    change(content / "messages.toml", "[call]", "[greeting]\nfr = 'x'\n[call]")
    found = problems(content)
    assert "call in nl has a number or a second line" in found
    assert "call is missing in en or has other marks" in found
    assert "greeting is a kind that nothing sends" in found


def test_every_wording_is_neutral_and_one_text_message_long(real: Library) -> None:
    link = "https://a-name-of-23.exampl" + "/fr/l/" + "_" * 22
    for kind, texts in real.messages.items():
        assert set(texts) == set(LANGUAGES)
        for text in texts.values():
            assert segments(text.replace("{link}", link[:LONGEST_LINK])) == 1, (kind, text)
            assert not TELLING.search(text)


def test_how_many_text_messages_a_text_is() -> None:
    assert [segments("a" * length) for length in (0, 160, 161, 306, 307)] == [1, 1, 2, 2, 3]
    assert [segments("é" * length) for length in (160, 161)] == [1, 2]
    assert [segments("€" * length) for length in (80, 81)] == [1, 2]  # each counts as two
    assert [segments("ç" * length) for length in (70, 71, 134, 135)] == [1, 2, 2, 3]  # not in the alphabet
    assert segments("ç" + "a" * 70) == 2


def test_an_answer_of_the_guide_missing_in_one_language_stops_the_build(content: Path) -> None:
    change(content / "guide/de.toml", 'self = "Für mich"', 'self = ""')
    assert "question.who.answers.self is empty" in problems(content)


def test_a_step_without_words_for_a_voice_stops_the_build(content: Path) -> None:
    path = content / "guide/nl.toml"
    text = path.read_text(encoding="utf-8")
    start = text.index("[step.person-decides]")
    path.write_text(text[:start] + text[text.index("[step.parent-words]") :], encoding="utf-8")
    found = problems(content)
    assert "guide/nl.toml" in found
    assert "step.person-decides.other is missing" in found


def test_a_fact_that_differs_in_one_language_stops_the_build(content: Path) -> None:
    change(content / "guide/fr.toml", "{fact: keep-adult-months}", "{fact: extension-months}")
    assert "has other facts than English" in problems(content)


def test_a_line_whose_phone_is_not_confirmed_stops_the_build(content: Path) -> None:
    change(
        content / "help.toml",
        'phone = { value = "106", confidence = "confirmed"',
        'phone = { value = "106", confidence = "one-source"',
    )
    assert "line tele-onthaal-106 has no confirmed phone" in problems(content)


def test_html_in_a_page_is_only_text(content: Path) -> None:
    change(content / "pages/about/en.md", "\n## ", "\n## ")
    path = content / "pages/about/en.md"
    text = path.read_text(encoding="utf-8")
    end = text.index("{src:")
    path.write_text(text[:end] + "<script>alert</script> <b onclick=x>bold</b> " + text[end:], encoding="utf-8")
    library = load_library(content)
    html = "".join(section.html for section in library.pages["en", "about"].sections)
    assert "<script" not in html
    assert "<b" not in html.replace("<blockquote", "")
    assert "&lt;script&gt;" in html


def test_the_artefact_is_used_until_something_changes(content: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    built = load_library(content, cache)
    (artefact,) = cache.glob("pages-*.json")
    assert load_library(content, cache).pages == built.pages
    change(content / "pages/about/en.md", 'title = "', 'title = "Now: ')
    assert load_library(content, cache).pages["en", "about"].title.startswith("Now: ")
    assert not artefact.exists()


def test_overdue_sources_are_reported(real: Library) -> None:
    assert real.sources.overdue(date(2026, 11, 21)) == []
    assert "institute" in [source.id for source in real.sources.overdue(date(2027, 3, 1))]


def test_a_date_is_said_in_one_way() -> None:
    day = date(2026, 5, 21)
    assert [say_date(day, language) for language in LANGUAGES] == [
        "21 mai 2026",
        "21 mei 2026",
        "21. Mai 2026",
        "21 May 2026",
    ]
    assert say_date(date(2026, 2, 1), "fr") == "1er février 2026"
    # In summer and in winter it is the time of Brussels.
    assert say_moment(at("2026-08-01T22:30:00"), "en") == "2 August 2026 at 00:30"
    assert say_moment(at("2026-12-31T23:30:00"), "fr") == "1er janvier 2027 à 00:30"


def test_the_example_on_the_pages_is_the_laws(real: Library) -> None:
    exam, ask_by = real.sources.facts["example-exam-on"].value, real.sources.facts["example-ask-by"].value
    assert isinstance(exam, date)
    assert keeping(exam, minor=False).ask_by == ask_by


def test_a_number_to_call_that_differs_in_one_language_stops_the_build(content: Path) -> None:
    change(content / "pages/trafficking/nl.md", "{phone: 112}", "{phone: 101}")
    assert "trafficking/nl.md: section" in problems(content)
    assert "numbers" in problems(content)
