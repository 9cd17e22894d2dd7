"""The questions are the measure: each leads to a section; each article and heading is told or left out for a reason."""

import shutil
from pathlib import Path

import pytest

from portal.library import LANGUAGES, Library, report
from portal.library.build import CONTENT
from portal.library.questions import ARTICLES, article_of
from tests.library.test_content import change, problems


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def test_every_page_answers_something_and_every_question_is_asked_in_four_languages(real: Library) -> None:
    assert {question.page for question in real.questions.questions} == set(real.menu.entries)
    for question in real.questions.questions:
        assert all(question.text[language].strip() for language in LANGUAGES)


def test_the_coverage_report_leaves_nothing_unaccounted(real: Library) -> None:
    lines = list(report.coverage(real))
    assert not [line for line in lines if "UNACCOUNTED" in line]
    assert len([line for line in lines if line.startswith("art. ")]) == len(ARTICLES) == 61
    assert len(lines) == len(ARTICLES) + len(real.questions.headings) + 2


@pytest.mark.parametrize(
    "article", ["2", "4", "7", "9", "10", "11", "12", "13", "14", "15", "16", "17", *map(str, range(19, 44))]
)
def test_what_touches_her_is_told_not_left_out(real: Library, article: str) -> None:
    told = {
        article_of(line.split(":")[0]) for line in report.coverage(real) if line.startswith("art. ") and "#" in line
    }
    assert article in told


def test_the_report_names_what_a_person_must_confirm(real: Library) -> None:
    lines = list(report.to_confirm(real))
    assert "liege" in lines
    assert any(line.startswith("de 'Aufnahme'") for line in lines)
    assert any(line.startswith("clinician: ") for line in lines)


def test_the_reading_levels_are_said_for_every_page_and_language(real: Library) -> None:
    lines = list(report.reading(real))
    assert len(lines) == len(real.menu.entries) + 4
    assert lines[-3].startswith("the guide")
    assert all(name in lines[number] for number, name in enumerate(real.menu.entries, 1))


def test_a_question_that_leads_nowhere_stops_the_build(content: Path) -> None:
    change(content / "questions.toml", 'section = "keep"', 'section = "nowhere"')
    assert "first-steps#nowhere, which is no section" in problems(content)


def test_a_heading_nothing_answers_stops_the_build(content: Path) -> None:
    path = content / "headings.toml"
    path.write_text(
        '[[heading]]\nid = "new"\nen = "A new heading"\n\n' + path.read_text(encoding="utf-8"), encoding="utf-8"
    )
    assert "heading new is answered by no question" in problems(content)


def test_an_article_nobody_tells_stops_the_build(content: Path) -> None:
    path = content / "headings.toml"
    text = path.read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith('"58"')]
    change(path, line, "")
    assert "art. 58 is told by no page" in problems(content)
