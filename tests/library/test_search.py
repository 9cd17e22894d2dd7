"""The search finds what people mean: everyday words, mistakes, words written as one, in four languages."""

import pickle
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.library import LANGUAGES, Library
from portal.library.build import CONTENT
from portal.library.search import load_everyday
from portal.library.search.fold import folded
from portal.library.search.nearness import Spellings, distance

HERE = Path(__file__).parent
QUESTIONS = ("search_questions.toml", "search_questions_blind.toml", "search_questions_fresh.toml")
LOOKED_AT = 3  # the first results, which fit the first screen
LEAST_ANSWERED = 0.95  # of each file


@dataclass(frozen=True)
class Asked:
    """A question as it is typed, and the sections that answer it."""

    language: str
    text: str
    accept: tuple[str, ...]


def asked_in(file: str) -> Iterator[Asked]:
    path = HERE / file
    if path.exists():
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["question"]:
            yield Asked(one["language"], one["text"], tuple(one["accept"]))


@pytest.fixture(scope="module")
def read(real: Library) -> Library:
    return real


def missing(library: Library, asked: Asked) -> bool:
    """Tell whether no page that would answer is there yet."""
    names = {page.id for page in library.in_order(asked.language)}
    return not names & {accepted.split("#")[0] for accepted in asked.accept}


def first_found(library: Library, asked: Asked) -> list[str]:
    found = library.search.find(asked.language, asked.text).found[:LOOKED_AT]
    return [f"{one.page.id}#{one.section.id}" for one in found]


def is_answered(asked: Asked, found: list[str]) -> bool:
    return any(place in asked.accept or place.split("#")[0] in asked.accept for place in found)


@pytest.mark.parametrize("file", QUESTIONS)
def test_what_is_typed_is_answered_among_the_first(read: Library, file: str) -> None:
    questions = list(asked_in(file))
    assert all(not missing(read, one) for one in questions)
    missed = [
        (one.language, one.text, found) for one in questions if not is_answered(one, found := first_found(read, one))
    ]
    for language in LANGUAGES:
        asked = [one for one in questions if one.language == language]
        print(f"{file}, {language}: {len(asked) - sum(one[0] == language for one in missed)} of {len(asked)}")
    assert len(questions) - len(missed) >= LEAST_ANSWERED * len(questions), missed


@pytest.mark.parametrize(
    ("language", "typed", "place"),
    [
        ("de", "AUFBEWAHRUNGSFRIST", "keeping#"),  # parts of a compound that no page says as a whole
        ("nl", "onderzoeksrechter", "after-inquiry#"),
        ("de", "Nebenklageanwältin", "lawyer#"),  # only its end is known
        ("fr", "prelevements", "exam#"),  # without its accents
        ("fr", "PRÉLÈVEMENTS", "exam#"),
        ("nl", "advokaat", "lawyer#"),  # a mistake
        ("en", "intrepreter", "complaint#beside-you"),  # letters swapped
        ("en", "toxicol", "memory#"),  # the beginning of a word
    ],
)
def test_words_are_found_however_they_are_written(read: Library, language: str, typed: str, place: str) -> None:
    assert any(found.startswith(place) for found in first_found(read, Asked(language, typed, ())))


def test_one_word_in_two_spellings_finds_the_same(read: Library) -> None:
    for language, one, other in (("de", "Straße", "strasse"), ("fr", "Sœur", "soeur"), ("nl", "één", "een")):
        assert read.search.find(language, one) == read.search.find(language, other)


def test_every_question_that_pages_answer_finds_its_own_section(read: Library) -> None:
    missed = []
    for question in read.questions.questions:
        for language in LANGUAGES:
            accept = f"{question.page}#{question.section}" if question.section else question.page
            asked = Asked(language, question.text[language], (accept,))
            if not is_answered(asked, first_found(read, asked)):
                missed.append((language, asked.text))
    assert len(missed) <= (1 - LEAST_ANSWERED) * len(read.questions.questions) * len(LANGUAGES), missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_eight_are_found_and_each_says_something(read: Library, language: str) -> None:
    for question in read.questions.questions[::10]:
        answer = read.search.find(language, question.text[language])
        assert 1 <= len(answer.found) <= 8
        for found in answer.found:
            assert 0 < len(found.extract) <= 175
            assert "<" not in found.extract


@pytest.mark.parametrize("typed", ["", "?", "zxqwv", "x" * 200, "a " * 100, "ß", "\u0301", "٣", "l'", "🙂"])
def test_nothing_typed_breaks_it(read: Library, typed: str) -> None:
    for language in LANGUAGES:
        assert len(read.search.find(language, typed).found) <= 8


@pytest.mark.parametrize(
    ("language", "typed", "first"),
    [
        ("fr", "j'ai envie d'en finir", ("dark",)),
        ("nl", "ik wil er een eind aan maken", ("dark",)),
        ("de", "ich will nicht mehr leben", ("dark",)),
        ("en", "i dont want to live anymore", ("dark",)),
        ("en", "suicde", ("dark",)),
        ("fr", "il menace de me tuer", ("danger", "dark")),  # either may be meant: both are shown
        ("nl", "hij staat voor mijn deur", ("danger",)),
        ("de", "er verfolgt mich", ("danger",)),
        ("en", "will they bill me", ()),
        ("fr", "combien de temps", ()),
        ("nl", "kleren terug", ()),
        ("de", "Anwalt", ()),
    ],
)
def test_words_of_danger_are_known(read: Library, language: str, typed: str, first: tuple[str, ...]) -> None:
    answer = read.search.find(language, typed)
    assert answer.first == first
    assert not first or answer.found[0].page.id in first


def test_nothing_of_a_question_stays_in_memory(read: Library) -> None:
    read.search.find("nl", "kleren plantedword")
    held = pickle.dumps(read.search.index("nl"))
    assert len(held) > 100_000
    assert b"planted" not in held


def test_the_first_word_of_a_group_is_one_that_pages_use(read: Library) -> None:
    everyday, problems = load_everyday(CONTENT)
    assert not problems
    unsaid = []
    for language in LANGUAGES:
        text = " ".join(
            folded(" ".join([page.title, *(f"{one.title} {one.html}" for one in page.sections)]))
            for page in read.in_order(language)
        )
        for group in everyday[language].alike:
            telling = [folded(word) for word in group[0] if folded(word) not in everyday[language].ignored]
            if not all(word[:5] in text for word in telling):
                unsaid.append((language, " ".join(group[0])))
    assert len(unsaid) <= 3, unsaid


def test_a_language_that_is_forgotten_is_said(tmp_path: Path) -> None:
    (tmp_path / "synonyms.toml").write_text('[fr]\nignored = "je"\n', encoding="utf-8")
    everyday, problems = load_everyday(tmp_path)
    assert not everyday
    assert "synonyms.toml" in str(problems[0])


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("kleren", "kleren", 0),
        ("klern", "kleren", 1),
        ("kelren", "kleren", 1),
        ("kleran", "kleren", 1),
        ("abc", "xyz", 3),
    ],
)
def test_mistakes_are_counted(one: str, other: str, away: int) -> None:
    assert distance(one, other, 2) == away


def test_a_short_word_is_not_corrected_and_a_long_one_up_to_two_mistakes() -> None:
    known = Spellings(["hiv", "kleren", "prelevement"])
    assert known.nearest("hit") == []
    assert known.nearest("klern") == ["kleren"]
    assert known.nearest("kelrn") == []
    assert known.nearest("prelvment") == ["prelevement"]
