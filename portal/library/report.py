"""What an editor must know before going live: what is covered and where, what is old, what a person must confirm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.law import ACTION_SOURCES, RULES
from portal.library.build import Library
from portal.library.languages import LANGUAGES
from portal.library.pages import Page
from portal.library.prose import body_of
from portal.library.questions import ARTICLES, article_of, marks_told
from portal.library.reading import Reading, sentences_in
from portal.library.sources import LAW, LAW_PREFIX, Source

UNPROVED = (
    "practice",
    "clinician",
    "criminal-procedure",
)  # marks of our own careful advice: a lawyer, a hospital or a clinician must agree


def coverage(library: Library) -> Iterator[str]:
    """Yield, for each article of the law and each heading of the justice pages, where it is told or why it is not."""
    told: dict[str, set[str]] = {}
    for mark, places in marks_told(library.pages).items():
        told.setdefault(article_of(mark), set()).update(places)
    asked = library.questions
    yield "# Articles of the law of 26 April 2024"
    for article in ARTICLES:
        where = sorted(told.get(article, set()))
        reason = asked.articles_left_out.get(article)
        yield f"art. {article}: " + (", ".join(where) if where else f"left out: {reason}" if reason else "UNACCOUNTED")
    yield "# Headings of the justice pages"
    for heading in asked.headings:
        answers = sorted({f"{question.page}#{question.section}" for question in asked.answering(heading.id)})
        reason = heading.left_out
        where_told = ", ".join(answers) if answers else f"left out: {reason}" if reason else "UNACCOUNTED"
        yield f"{heading.text}: {where_told}"


def overdue(library: Library, today: date) -> Iterator[str]:
    """Yield what somebody should have looked at again before a day."""
    yield "# Overdue"
    yield from library.overdue(today) or ["nothing"]


def to_confirm(library: Library) -> Iterator[str]:
    """Yield what a person must confirm before going live: phones, terms, words on pages, and our own careful advice."""
    yield "# Centres without a checked phone"
    yield from (f"{centre.id}" for centre in library.directory.without_checked_phone())
    yield "# Terms seen in no official text, and the pages that use them"
    for language in LANGUAGES:
        for term in library.vocabulary.terms:
            if language in term.to_check and (used := _pages_saying(library, term.names[language], language)):
                yield f"{language} {term.names[language]!r}: {', '.join(used)}"
    yield "# Words and statements that the pages themselves mark for a check"
    for page in library.pages.values():
        yield from (f"{page.id}/{page.language}.md: {words}" for words in page.to_check)
    yield "# Sections that rest on careful advice, not on a text"
    for mark in UNPROVED:
        places = [
            f"{page.id}#{section.id}"
            for page in library.in_order(LANGUAGES[0])
            for section in page.sections
            if mark in section.sources
        ]
        yield f"{mark}: {len(places)} sections: {', '.join(places)}"
    yield "# What the guide says on careful advice (`portal guide table` prints the words)"
    for mark in UNPROVED:
        steps = dict.fromkeys(rule.step.id for rule in RULES if mark in rule.step.sources)
        first = [action for action, marks in ACTION_SOURCES.items() if mark in marks]
        yield f"{mark}: {len(first)} first actions: {', '.join(first)}; {len(steps)} steps: {', '.join(steps)}"


def reading(library: Library) -> Iterator[str]:
    """Yield the reading level of each page in each language: words a sentence on average, the longest, and LIX."""
    yield f"{'page':<16}" + "".join(f"{language:>16}" for language in LANGUAGES)
    kept: dict[str, list[Reading]] = {language: [] for language in LANGUAGES}
    for name in library.menu.entries:
        row = f"{name:<16}"
        for language in LANGUAGES:
            text = (library.folder / "pages" / name / f"{language}.md").read_text(encoding="utf-8")
            level = Reading.of(sentences_in(*body_of(text)))
            kept[language].append(level)
            row += f"{level.average:>7} {level.longest:>3} {level.lix:>4}"
        yield row
    yield f"{'the guide':<16}" + "".join(
        f"{level.average:>7} {level.longest:>3} {level.lix:>4}"
        for level in (Reading.of(sentences_in(library.guide.in_language(lang).every_line())) for lang in LANGUAGES)
    )
    average = [sum(one.average for one in kept[lang]) / len(kept[lang]) for lang in LANGUAGES]
    yield f"{'all pages':<16}" + "".join(f"{one:>16.1f}" for one in average)
    yield "(words a sentence on average, longest sentence, LIX: below 30 very easy, 30–40 easy, 40–50 as a newspaper)"


def _pages_saying(library: Library, term: str, language: str) -> list[str]:
    plain = re.sub(r"\s*\([^)]*\)|[,;].*", "", term)
    pattern = re.compile(rf"(?<!\w){re.escape(plain)}", re.IGNORECASE)
    return [
        page.id
        for page in library.in_order(language)
        if any(pattern.search(text) for section in page.sections for text in (section.title, section.html))
    ]


@dataclass(frozen=True)
class Cited:
    """A source, and the pages of one language that rest on it."""

    source: Source
    pages: tuple[Page, ...]


def sources_by_subject(library: Library, language: str) -> dict[str, list[Cited]]:
    """Return each source that pages of a language cite, by subject, with those pages; the law counts as one."""
    pages_of: dict[str, dict[str, Page]] = {}
    for page in library.in_order(language):
        for mark in {mark for section in page.sections for mark in section.sources}:
            pages_of.setdefault(LAW if mark.startswith(LAW_PREFIX) else mark, {})[page.id] = page
    found: dict[str, list[Cited]] = {}
    for source in library.sources.listed:
        if source.id in pages_of:
            found.setdefault(source.subject, []).append(Cited(source, tuple(pages_of[source.id].values())))
    return found
