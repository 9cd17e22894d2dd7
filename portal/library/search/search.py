"""The search as the rest of the house knows it: a question in, sections out, and what must come before them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from portal.library.languages import LANGUAGES
from portal.library.pages import Page
from portal.library.questions import Question
from portal.library.search.fold import words_in
from portal.library.search.index import Found, Index
from portal.library.search.phrases import Phrases
from portal.library.search.synonyms import Everyday

MOST_FOUND = 8
MOST_WORDS = 40  # a longer text is read up to here


@dataclass(frozen=True)
class Answer:
    """What was found, best first, and what comes before it: `danger`, `dark`."""

    found: tuple[Found, ...]
    first: tuple[str, ...]


class Search:
    """Finds sections. The index of a language is made when it is first needed, and kept; questions are not."""

    def __init__(
        self,
        pages: Callable[[str], Iterable[Page]],
        questions: Iterable[Question],
        everyday: dict[str, Everyday],
        phrases: dict[str, Phrases],
    ) -> None:
        """Take the pages by language, in the order readers meet them, and the words people use for them."""
        self._pages, self._questions, self._everyday, self._phrases = pages, tuple(questions), everyday, phrases
        self._made: dict[str, Index] = {}
        self._locks = {str(language): Lock() for language in LANGUAGES}

    def find(self, language: str, query: str) -> Answer:
        """Return the sections of a language that answer a query, at most eight; KeyError for an unknown language."""
        words = words_in(query)[:MOST_WORDS]
        first = tuple(self._everyday[language].calls_for(words))
        return Answer(tuple(self.index(language).best(words, MOST_FOUND, first)), first)

    def index(self, language: str) -> Index:
        """Return the index of a language, making it where it is not made yet."""
        with self._locks[language]:
            if language not in self._made:
                self._made[language] = Index(
                    self._pages(language), self._questions, self._everyday[language], self._phrases[language]
                )
            return self._made[language]
