"""What readers ask, and where it is answered: the measure of the pages, a way in, and what a search finds first."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.library.languages import LANGUAGES, Translated
from portal.library.pages import Page
from portal.library.problems import Problem
from portal.library.sources import LAW_PREFIX, Sources

QUESTIONS_FILE, HEADINGS_FILE = "questions.toml", "headings.toml"
ARTICLES = tuple(str(number) for number in range(1, 62))  # the law of 26 April 2024 has 61


@dataclass(frozen=True)
class Question:
    """What somebody asks, the section that answers, and what of the law and the justice pages it stands for."""

    id: str
    page: str
    section: str
    provisions: tuple[str, ...]
    headings: tuple[str, ...]
    text: Translated


@dataclass(frozen=True)
class Heading:
    """A heading of the justice pages, in our words; where nothing answers it, why."""

    id: str
    text: str
    left_out: str | None


@dataclass(frozen=True)
class Questions:
    """Every question, every heading, and the articles that no page needs to tell."""

    questions: tuple[Question, ...]
    headings: tuple[Heading, ...]
    articles_left_out: dict[str, str]

    def of_page(self, name: str) -> list[Question]:
        """Return the questions that a page answers, in their order."""
        return [question for question in self.questions if question.page == name]

    def answering(self, heading: str) -> list[Question]:
        """Return the questions that stand for a heading of the justice pages."""
        return [question for question in self.questions if heading in question.headings]


def load_questions(content: Path) -> Questions:
    """Read questions.toml and headings.toml."""
    asked = tomllib.loads((content / QUESTIONS_FILE).read_text(encoding="utf-8"))["question"]
    listed = tomllib.loads((content / HEADINGS_FILE).read_text(encoding="utf-8"))
    return Questions(
        tuple(
            Question(
                one["id"],
                one["page"],
                one["section"],
                tuple(one["provisions"]),
                tuple(one["headings"]),
                {language: one.get(language, "") for language in LANGUAGES},
            )
            for one in asked
        ),
        tuple(Heading(one["id"], one["en"], one.get("left_out")) for one in listed["heading"]),
        listed["left_out"],
    )


def problems_of_questions(asked: Questions, pages: Mapping[tuple[str, str], Page], sources: Sources) -> list[Problem]:
    """Return every question that leads nowhere, and every article or heading that nothing accounts for."""
    found = [Problem(QUESTIONS_FILE, what) for what in _of_questions(asked, pages, sources)]
    found += [Problem(HEADINGS_FILE, what) for what in _of_headings(asked)]
    told = {article_of(mark) for mark in marks_told(pages)}
    found += [
        Problem(HEADINGS_FILE, f"art. {article} is told by no page", None, "tell it, or say under [left_out] why not")
        for article in ARTICLES
        if article not in told and article not in asked.articles_left_out
    ]
    return found


def marks_told(pages: Mapping[tuple[str, str], Page]) -> dict[str, list[str]]:
    """Return the provisions of the law that pages cite, each with the sections that tell it: `keeping#adults`."""
    told: dict[str, list[str]] = {}
    for (language, name), page in pages.items():
        if language == LANGUAGES[0]:
            for section in page.sections:
                for mark in section.sources:
                    if mark.startswith(LAW_PREFIX):
                        told.setdefault(mark, []).append(f"{name}#{section.id}")
    return told


def article_of(mark: str) -> str:
    """Return the article of a mark: `art. 29 § 3 al. 1` and `29 § 3` are both of `29`."""
    return mark.removeprefix(LAW_PREFIX).split()[0].rstrip(",")


def _of_questions(asked: Questions, pages: Mapping[tuple[str, str], Page], sources: Sources) -> Iterator[str]:
    ids = [question.id for question in asked.questions]
    yield from (f"question {name} stands twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    known = {heading.id for heading in asked.headings}
    for question in asked.questions:
        page = pages.get((LANGUAGES[0], question.page))
        if page is None:
            yield f"{question.id} leads to the unknown page {question.page!r}"
        elif question.section not in [section.id for section in page.sections]:
            yield f"{question.id} leads to {question.page}#{question.section}, which is no section"
        for mark in question.provisions:
            if LAW_PREFIX + mark not in sources:
                yield f"{question.id} names the unknown provision {mark!r}"
        yield from (
            f"{question.id} names the unknown heading {name!r}" for name in question.headings if name not in known
        )
        yield from (f"{question.id} is missing in {language}" for language in LANGUAGES if not question.text[language])


def _of_headings(asked: Questions) -> Iterator[str]:
    ids = [heading.id for heading in asked.headings]
    yield from (f"heading {name} stands twice" for name in sorted({name for name in ids if ids.count(name) > 1}))
    for heading in asked.headings:
        if not heading.left_out and not asked.answering(heading.id):
            yield f"heading {heading.id} is answered by no question, and nothing says why it is left out"
