"""Builds the library from `content/` and keeps the cleaned pages in one artefact, keyed by a hash of the content."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from portal.library.artefact import keep
from portal.library.check import problems_across
from portal.library.directory import Directory, load_directory
from portal.library.guide import Guide, problems_of_guide, problems_of_reading_on
from portal.library.languages import LANGUAGES, Language, Translated
from portal.library.menu import Menu, load_menu
from portal.library.messages import load_messages
from portal.library.pages import Page, PageReader, Section
from portal.library.places import Places, load_places
from portal.library.problems import ContentError
from portal.library.prose import Vocabulary, load_vocabulary
from portal.library.questions import Questions, load_questions, problems_of_questions
from portal.library.search import Search, load_everyday, load_phrases, problems_of_phrases
from portal.library.services import Services, load_services
from portal.library.sets import PageSet, load_sets, may_be_chosen, problems_of_sets
from portal.library.sources import Sources, load_sources
from portal.library.space import SpaceWords, load_space, problems_of_space
from portal.library.tongues import Tongue, load_tongues
from portal.library.whole import problems_of_languages

CONTENT = Path(__file__).resolve().parents[2] / "content"
A_PAGE_IS_READ_AGAIN_AFTER = timedelta(days=183)


@dataclass(frozen=True)
class Library:
    """Everything that is read, in every language."""

    sources: Sources
    directory: Directory
    services: Services
    places: Places
    guide: Guide
    space: dict[Language, SpaceWords]
    messages: dict[str, Translated]
    vocabulary: Vocabulary
    menu: Menu
    questions: Questions
    search: Search
    tongues: tuple[Tongue, ...]
    sets: tuple[PageSet, ...]
    folder: Path
    pages: dict[tuple[str, str], Page]  # by (language, id)

    def by_code(self, language: str, code: str) -> Page | None:
        """Return the page at a code, or None."""
        return next((page for page in self.in_order(language) if page.code == code), None)

    def easy_by_code(self, language: str, code: str) -> Page | None:
        """Return the easy version of the page at a code, or None."""
        return next((page for page in self.easy_in_order(language) if page.code == code), None)

    def overdue(self, today: date) -> list[str]:
        """Return everything that somebody should have looked at again before a day."""
        late = [f"source {source.id}, since {source.review_by}" for source in self.sources.overdue(today)]
        if self.directory.review_by < today:
            late.append(f"services.toml, since {self.directory.review_by}")
        if self.services.review_by < today:
            late.append(f"help.toml, since {self.services.review_by}")
        oldest = today - A_PAGE_IS_READ_AGAIN_AFTER
        return late + [
            f"{p.id}/{p.language}.md, read on {p.reviewed_on}" for p in self.pages.values() if p.reviewed_on < oldest
        ]

    def in_order(self, language: str) -> list[Page]:
        """Return the pages of a language in the order readers meet them."""
        return [self.pages[language, name] for name in self.menu.entries]

    def may_be_chosen(self, page_id: str) -> bool:
        """Tell whether a page may be named on somebody's space: that it was chosen must not tell of a complaint."""
        return may_be_chosen(self.pages, page_id)

    def easy_in_order(self, language: str) -> list[Page]:
        """Return the easy versions of a language in the order readers meet them."""
        return [self.pages[language, name] for name in self.menu.easy]


def load_library(content: Path = CONTENT, cache: Path | None = None) -> Library:
    """Return the library, from the artefact in `cache` when it matches the content, else built anew.

    Raises:
        ContentError: with everything that is wrong, when the content cannot be built.

    """
    if unsaid := problems_of_languages(content):
        raise ContentError(unsaid)
    sources, problems = load_sources(content)
    directory, more = load_directory(content)
    problems += more
    services, more = load_services(content)
    problems += more
    places, more = load_places(content, directory)
    problems += more
    messages, more = load_messages(content)
    problems += more
    menu, more = load_menu(content)
    problems += more
    tongues, more = load_tongues(content)
    problems += more
    everyday, more = load_everyday(content)
    problems += more
    vocabulary = load_vocabulary(content)
    guide = Guide(content, sources)
    pages = _cached(content, cache)
    if pages is None:
        problems += problems_of_guide(guide, content, sources, vocabulary)
        problems += problems_of_space(content, sources, vocabulary)
        reader = PageReader(sources, services, menu.codes, vocabulary, frozenset(menu.easy))
        pages = _read_all(content, menu, reader)
        problems += reader.problems + problems_across(pages, menu)
    questions = load_questions(content)
    by_key = {(page.language, page.id): page for page in pages}
    problems += problems_of_questions(questions, by_key, sources)
    problems += problems_of_reading_on(guide, by_key)
    sets = load_sets(content)
    problems += problems_of_sets(sets, by_key)
    phrases = load_phrases(content)
    problems += problems_of_phrases(phrases, by_key)
    if problems:
        raise ContentError(problems)
    _keep(content, cache, pages)
    search = Search(
        lambda language: [by_key[language, name] for name in menu.entries], questions.questions, everyday, phrases
    )
    return Library(
        sources=sources,
        directory=directory,
        services=services,
        places=places,
        guide=guide,
        space=load_space(content, sources),
        messages=messages,
        vocabulary=vocabulary,
        menu=menu,
        questions=questions,
        search=search,
        tongues=tongues,
        sets=sets,
        folder=content,
        pages=by_key,
    )


def content_hash(*folders: Path) -> str:
    """Return a hash of every file below some folders: its name and its bytes."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _read_all(content: Path, menu: Menu, reader: PageReader) -> list[Page]:
    folders = [content / "pages" / name for name in menu.entries] + [content / name for name in menu.easy]
    files = [(folder / f"{language}.md", language) for folder in folders for language in LANGUAGES]
    return [page for path, language in files if path.exists() and (page := reader.read(path, language))]


def _artefact(content: Path, cache: Path) -> Path:
    code = Path(__file__).resolve().parent  # a change of the builder, or of the law, makes the artefact stale too
    return cache / f"pages-{content_hash(content, code, code.parent / 'law')[:24]}.json"


def _cached(content: Path, cache: Path | None) -> list[Page] | None:
    if cache is None:
        return None
    try:
        kept = _artefact(content, cache).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return [_page(entry) for entry in json.loads(kept)]


def _keep(content: Path, cache: Path | None, pages: list[Page]) -> None:
    if cache is None or (path := _artefact(content, cache)).exists():
        return
    text = json.dumps([asdict(page) for page in pages], default=str, ensure_ascii=False)
    keep(path, text.encode(), "pages-*.json")


def _page(entry: dict[str, Any]) -> Page:
    sections = tuple(
        Section(s["id"], s["title"], s["html"], tuple(s["sources"]), tuple(tuple(part) for part in s["parity"]))
        for s in entry["sections"]
    )
    return Page(
        id=entry["id"],
        code=entry["code"],
        language=entry["language"],
        title=entry["title"],
        tab=entry["tab"],
        short=tuple(entry["short"]),
        reviewed_on=date.fromisoformat(entry["reviewed_on"]),
        to_check=tuple(entry["to_check"]),
        sections=sections,
    )
