"""How a page speaks: what stops the build names its file, its line, and what to write instead."""

from pathlib import Path

import pytest

from portal.library import LANGUAGES, Library
from portal.library.build import CONTENT
from portal.library.prose import Vocabulary, body_of, load_vocabulary, problems_in_prose
from portal.library.reading import LIMITS, Reading, sentences_in


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(CONTENT)


@pytest.mark.parametrize(
    ("language", "sentence", "instead"),
    [
        ("fr", "Vous avez été agressée.", "la personne"),
        ("fr", "Vous n’êtes pas obligée de répondre.", "la personne"),
        ("fr", "Si vous vous sentez prête, venez.", "la personne"),
        ("fr", "Vous auriez dû venir.", "possible maintenant"),
        ("fr", "Le code est invalide.", "calmement"),
        ("nl", "Dat noemt men wraakporno.", "zonder toestemming"),
        ("nl", "De officier van justitie beslist.", "procureur des Konings"),
        ("de", "Der Staatsanwalt entscheidet.", "Prokurator des Königs"),
        ("de", "Nach sexualisierter Gewalt", "sexuelle Gewalt"),
        ("en", "You can press charges.", "file a complaint"),
        ("en", "You should have called.", "possible now"),
    ],
)
def test_a_word_that_is_not_ours_is_named_with_its_line_and_what_to_write(
    vocabulary: Vocabulary, language: str, sentence: str, instead: str
) -> None:
    (problem,) = problems_in_prose("page/xx.md", language, f"+++\n+++\nFirst line.\n\n{sentence}\n", vocabulary)
    assert problem.line == 5
    assert instead in problem.mend
    assert str(problem).startswith("page/xx.md:5: says ")


@pytest.mark.parametrize(
    "sentence",
    [
        "Vous êtes en sécurité ici.",
        "Vous êtes une personne majeure.",
        "Vous avez parlé à quelqu’un.",
        "La plainte est déposée.",
    ],
)
def test_what_presumes_nothing_is_left_alone(vocabulary: Vocabulary, sentence: str) -> None:
    assert problems_in_prose("page/fr.md", "fr", f"+++\n+++\n{sentence}\n", vocabulary) == []


def test_a_sentence_that_is_too_long_is_named_but_the_laws_own_words_may_be_long(vocabulary: Vocabulary) -> None:
    long = "word " * (LIMITS[0] + 1)
    (problem,) = problems_in_prose(
        "page/en.md", "en", f"+++\n+++\nShort.\n{long.strip()}.\nShort. Short.\n", vocabulary
    )
    assert (problem.line, "two of it" in problem.mend) == (4, True)
    assert problems_in_prose("page/en.md", "en", f"+++\n+++\n> {long.strip()}.\n", vocabulary) == []


def test_sentences_that_are_long_on_average_are_noticed(vocabulary: Vocabulary) -> None:
    text = ("word " * 16).strip() + ". "
    (problem,) = problems_in_prose("page/en.md", "en", "+++\n+++\n" + "\n\n".join([text] * 4), vocabulary)
    assert "on average" in problem.what


def test_marks_numbers_links_and_lists_are_read_as_a_reader_reads_them() -> None:
    body = "## A heading {#a}\n\nCome [to us](page:centre). {src: art. 29 § 3 al. 1}\n\n- It takes {fact: days} days.\n"
    assert [(one.line, len(one.words)) for one in sentences_in(body)] == [(3, 3), (5, 4)]
    assert Reading.of(sentences_in(body)).average == 3.5


def test_every_page_can_be_read_by_a_tired_person() -> None:
    for path in sorted((CONTENT / "pages").glob("*/*.md")):
        body, first = body_of(path.read_text(encoding="utf-8"))
        reading = Reading.of(sentences_in(body, first))
        assert 0 < reading.average <= LIMITS[1], path
        assert reading.lix < 45, f"{path.parent.name}/{path.name} has LIX {reading.lix}"


def test_every_page_leads_on_and_is_led_to(real: Library) -> None:
    for entry in real.menu.entries.values():
        assert entry.next
        for name in entry.next:
            assert all((language, name) in real.pages for language in LANGUAGES)


def test_a_page_nobody_leads_to_stops_the_build(tmp_path: Path) -> None:
    from tests.library.test_content import problems

    content = tmp_path / "content"
    import shutil

    shutil.copytree(CONTENT, content)
    shutil.copytree(content / "pages/about", content / "pages/island")
    site = content / "site.toml"
    site.write_text(
        site.read_text(encoding="utf-8")
        + '\n  [[situation.page]]\n  id = "island"\n  code = "999"\n  next = ["about"]\n',
        encoding="utf-8",
    )
    assert "pages/island: is linked from no other page" in problems(content)
