"""The words of her space: four languages and two manners say the same, nothing is promised, nothing is told."""

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.law import ItemKind, RequestKind
from portal.library import LANGUAGES, Library
from portal.library.space import (
    MATTERS,
    OTHERWISE_FOR_MINORS,
    QUESTIONS,
    WAITING,
    Manner,
    Matter,
    SpaceWords,
    problems_of_space,
)
from portal.library.words import TELLS_OF_A_COMPLAINT

Entries = dict[str, Any]


@pytest.fixture(params=LANGUAGES)
def words(real: Library, request: pytest.FixtureRequest) -> SpaceWords:
    return real.space[request.param]


def manners(matter: Matter) -> tuple[Manner, Manner]:
    return matter.plain, matter.easy


def lines_of(manner: Manner) -> tuple[str, ...]:
    return (*manner.before, *manner.still, manner.sure, *manner.asked, *manner.minor)


def test_everything_she_may_ask_has_words_before_after_and_on_its_button(words: SpaceWords) -> None:
    assert list(words.matters) == list(MATTERS)
    for matter in words.matters.values():
        assert matter.title
        assert matter.short
        for manner in manners(matter):
            assert manner.before
            assert manner.still
            assert manner.sure
            assert manner.asked


def test_every_question_offers_its_answers_in_their_order(words: SpaceWords) -> None:
    assert {name: tuple(question.answers) for name, question in words.questions.items()} == QUESTIONS
    assert set(words.items) == set(ItemKind)


def test_only_a_destruction_waits_and_she_is_told_how_long_she_can_cancel(words: SpaceWords) -> None:
    for kind, matter in words.matters.items():
        for manner in manners(matter):
            waits = WAITING in "".join(manner.before)
            assert waits == (kind == RequestKind.DESTRUCTION)
            assert "5" in "".join(manner.with_waiting(5, words.language).before) or not waits
            assert not any("{" in line for line in lines_of(manner.with_waiting(5, words.language)))


def test_who_was_a_minor_reads_more_where_the_law_has_another_rule(real: Library, words: SpaceWords) -> None:
    adult = str(real.sources.facts["adult-age"].value)
    for kind, matter in words.matters.items():
        for manner in manners(matter):
            assert bool(manner.minor) == (kind in OTHERWISE_FOR_MINORS)
            assert adult in "".join(manner.minor) or not manner.minor


def test_more_time_is_told_with_the_months_of_the_law(real: Library, words: SpaceWords) -> None:
    for manner in manners(words.matters[RequestKind.EXTENSION]):
        assert str(real.sources.facts["extension-months"].value) in "".join(manner.before)


def test_asking_to_be_called_and_every_answer_tell_of_no_complaint(words: SpaceWords) -> None:
    contact = words.matters[RequestKind.CONTACT_ME]
    read = [contact.title, contact.short, words.plain.two_sides, words.easy.two_sides]
    read += [line for manner in manners(contact) for line in lines_of(manner)]
    read += [line for matter in words.matters.values() for one in manners(matter) for line in (one.sure, *one.asked)]
    read += [*words.plain.nurse, *words.easy.nurse]
    assert not [line for line in read if TELLS_OF_A_COMPLAINT.search(line)]


# --- what stops the build ---


def as_toml(entries: Entries, before: str = "") -> Iterator[str]:
    """Write tables of sentences; a JSON string or list of strings is TOML too."""
    yield from (
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in entries.items()
        if not isinstance(value, dict)
    )
    for key, value in entries.items():
        if isinstance(value, dict):
            yield f"[{before}{key}]"
            yield from as_toml(value, f"{before}{key}.")


Found = Callable[..., list[str]]


@pytest.fixture
def found(real: Library, tmp_path: Path) -> Found:
    """Return what is found when one text is changed in some languages: by its key, `matter.reminder.title`."""

    def change(key: str, said: Any, *languages: str) -> list[str]:
        (tmp_path / "space").mkdir(exist_ok=True)
        for language in LANGUAGES:
            entries = tomllib.loads((real.folder / "space" / f"{language}.toml").read_text(encoding="utf-8"))
            if language in (languages or LANGUAGES):
                *tables, last = key.split(".")
                table = entries
                for name in tables:
                    table = table[name]
                table[last] = said(table[last]) if callable(said) else said
            (tmp_path / "space" / f"{language}.toml").write_text("\n".join(as_toml(entries)), encoding="utf-8")
        return [str(problem) for problem in problems_of_space(tmp_path, real.sources, real.vocabulary)]

    return change


def test_the_words_as_they_are_have_no_problem(found: Found) -> None:
    assert found("matter.reminder.title", lambda title: title) == []


@pytest.mark.parametrize(
    ("key", "said", "what"),
    [
        ("matter.reminder.plain.asked", ["A", ""], "is empty"),
        ("matter.reminder.plain.asked", ["100 %"], "says '100 %'"),
        ("matter.reminder.plain.asked", [], "matter.reminder.plain.asked[] has no words"),
        ("matter.reminder.plain.after", ["A"], "matter.reminder.plain.after[] is unknown"),
        ("matter.reminder.plain.asked", "A", "matter.reminder.plain.asked is unknown"),
        ("matter.reminder.plain.asked", ["A 6 b."], "has a number of its own"),
        ("matter.reminder.plain.asked", ["{fact: nothing}"], "names the unknown fact 'nothing'"),
        ("matter.reminder.plain.asked", ["{name}"], "has the unknown mark '{name}'"),
        ("matter.restitution.plain.before", [WAITING], "only a destruction waits"),
        ("matter.reminder.plain.asked", ["word " * 29], "has a sentence of 29 words, at most 28"),
        ("matter.reminder.easy.asked", ["word " * 15], "has a sentence of 15 words, at most 14"),
        ("matter.reminder.short", "word " * 15, "has a sentence of 15 words, at most 14"),
        ("matter.reminder.plain.asked", ["{fact: adult-age}"], "matter.reminder has other facts in easy words"),
        ("matter.reminder.plain.asked", ["word " * 28] * 60, "words on average, at most 15"),
        ("question.contact-when.answers.night", "A", "question.contact-when.answers.night is unknown"),
    ],
)
def test_what_is_wrong_stops_the_build(found: Found, key: str, said: Any, what: str) -> None:
    problems = found(key, said)
    assert any(what in problem for problem in problems), problems


def test_a_hint_may_be_silent_but_nothing_else(found: Found) -> None:
    assert found("question.copy-what.hint", "") == []
    assert found("question.copy-what.easy", "") != []


def test_a_language_that_says_less_more_or_other_numbers_stops_the_build(found: Found) -> None:
    (problem,) = found("matter.reminder.plain.before", lambda lines: lines[:-1], "nl")
    assert problem.startswith("space/nl.toml: matter.reminder.plain.before[")
    assert problem.endswith("] is missing")
    assert len(found("matter.reminder.plain.before", lambda lines: [*lines, lines[0]], "de")) == len(LANGUAGES) - 1
    other = found("matter.extension.plain.before", lambda lines: ["{fact: acute-days}", *lines[1:]], "fr")
    assert any("has other facts than English" in problem for problem in other)


TELLING_LINES = [
    ("fr", "Vous voulez porter plainte."),
    ("fr", "La police vous aide."),
    ("fr", "Après des violences."),
    ("nl", "U wilt klacht neerleggen."),
    ("nl", "De politie helpt u."),
    ("nl", "Na geweld."),
    ("de", "Sie möchten Anzeige erstatten."),
    ("de", "Die Polizei hilft Ihnen."),
    ("de", "Nach der Gewalt."),
    ("en", "You want to file a complaint."),
    ("en", "The police help you."),
    ("en", "After violence."),
]


@pytest.mark.parametrize(("language", "line"), TELLING_LINES)
@pytest.mark.parametrize(
    ("key", "in_a_list"),
    [
        ("matter.contact-me.plain.before", True),
        ("matter.contact-me.title", False),
        ("matter.report-copy.easy.asked", True),
        ("matter.report-copy.plain.sure", False),
        ("question.contact-how.hint", False),
        ("common.plain.two-sides", False),
        ("common.easy.nurse", True),
    ],
)
def test_what_would_tell_of_a_complaint_stops_the_build(
    found: Found, language: str, line: str, key: str, in_a_list: bool
) -> None:
    problems = found(key, (lambda lines: [line, *lines[1:]]) if in_a_list else line, language)
    assert [problem for problem in problems if "tells of a complaint" in problem]


def test_whoever_asks_for_a_copy_reads_that_it_may_be_handed_to_the_police(found: Found) -> None:
    for language, line in TELLING_LINES:
        problems = found("matter.report-copy.plain.before", lambda lines, line=line: [line, *lines[1:]], language)
        assert not [problem for problem in problems if "tells of a complaint" in problem]
