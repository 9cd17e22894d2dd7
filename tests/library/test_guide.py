"""The guide as a finite set of pages: every way ends in one plan, nothing is asked in vain, and codes tell nothing."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from portal.law import Action, Age, Answers, ComplaintSoFar, Number, Part, Voice, What, When, Who, plan_for
from portal.library import LANGUAGES, Library, load_library
from portal.library.guide import table
from portal.library.guide.guide import MOST_PLAN_PAGES, Guide, problems_of_guide
from portal.library.guide.tree import QUESTIONS
from portal.library.words import TELLING

MOST_QUESTIONS = 5


@pytest.fixture(scope="module")
def real(built: Path) -> Library:
    return load_library(cache=built)


@pytest.fixture(scope="module")
def guide(real: Library) -> Guide:
    return real.guide


def every() -> Iterator[Answers]:
    return (Answers.of(given) for given in product(Who, What, When, Age, ComplaintSoFar))


def test_every_combination_of_answers_reaches_its_own_plan_by_at_most_five_questions(guide: Guide) -> None:
    for answers in every():
        *asked, end = guide.tree.walk(answers)
        assert guide.tree.plans[end].plan == plan_for(answers)
        assert len(asked) <= MOST_QUESTIONS


def test_what_may_do_harm_and_the_body_are_never_folded_away(guide: Guide) -> None:
    for page in guide.tree.plans.values():
        now = page.plan.part(Part.NOW)
        folded = {step.id for step in now[page.plan.lines_at_once :]}
        assert not folded & {"shut-in", "again", "watched-phone", "throat", "body-care", "treat-first"}


def test_there_are_at_most_five_hundred_plan_pages_and_no_two_are_equal(guide: Guide) -> None:
    plans = [page.plan for page in guide.tree.plans.values()]
    print(f"{len(plans)} plan pages a language, {len(guide.tree.questions)} pages with a question")
    assert len(plans) <= MOST_PLAN_PAGES
    assert len(set(plans)) == len(plans)


def test_nothing_is_asked_that_does_not_change_the_plan(guide: Guide) -> None:
    for page in guide.tree.questions.values():
        assert len({answer.leads_to for answer in page.answers}) > 1, page


def test_no_page_is_out_of_reach_and_none_is_a_dead_end(guide: Guide) -> None:
    reached = {code for answers in every() for code in guide.tree.walk(answers)}
    assert reached == set(guide.tree.questions) | set(guide.tree.plans)


def test_every_question_can_be_answered_with_not_knowing(guide: Guide) -> None:
    not_knowing = {
        "who": Who.UNSAID,
        "what": What.UNSURE,
        "when": When.UNKNOWN,
        "age": Age.UNKNOWN,
        "complaint": "none",
    }
    for page in guide.tree.questions.values():
        assert not_knowing[page.question] in [answer.id for answer in page.answers]
    assert set(not_knowing) == {name for name, _ in QUESTIONS}


def test_back_leads_to_the_only_page_before_or_nowhere(guide: Guide) -> None:
    for code in [*guide.tree.questions, *guide.tree.plans]:
        before = [page.code for page in guide.tree.questions.values() if code in [a.leads_to for a in page.answers]]
        assert guide.tree.back(code) == (before[0] if len(before) == 1 else None)


def test_codes_are_stable_and_tell_nothing(guide: Guide) -> None:
    codes = [*guide.tree.questions, *guide.tree.plans, *guide.pockets]
    assert len(set(codes)) == len(codes)
    for code in set(codes) - {""}:
        assert re.fullmatch("[2-9bcdfghjkmnpqrstvwxz]{5}", code)
        assert not TELLING.search(code)
    walked = guide.tree.walk(Answers(Who.SELF, What.CONTACT, When.DAYS_2_TO_5, Age.ADULT, ComplaintSoFar.NONE))
    assert walked == ["", *STABLE]


STABLE = ["tb324", "ch7gp", "29mq9", "s3spm", "czgdx"]


def test_every_plan_speaks_four_languages_with_a_number_that_answers(real: Library, guide: Guide) -> None:
    for language in LANGUAGES:
        words = guide.in_language(language)
        centre = real.directory.first_centre(language)
        assert centre.phone
        assert centre.around_the_clock  # so that some number answers at any hour, whatever stands above it
        for page in guide.tree.plans.values():
            plan = page.plan
            spoken = [words.action(plan.action, part, plan.voice) for part in ("title", "text", "pocket")]
            spoken += [words.step(step.id, plan.voice) for step in plan.steps]
            assert all(sentence and "{" not in sentence for sentence in spoken)
            assert Number.CENTRE in plan.numbers, plan.action
    assert real.services.lines["child-focus"].around_the_clock


def test_a_question_nobody_is_asked_and_a_heading_without_words_are_found(real: Library) -> None:
    guide = Guide(real.folder, real.sources)
    del guide.words["nl"].entries["question"]["age"]["text_parent"]
    del guide.words["nl"].entries["question"]["age"]["text_other"]
    del guide.words["nl"].entries["question"]["age"]["text"]
    found = [str(problem) for problem in problems_of_guide(guide, real.folder, real.sources, real.vocabulary)]
    assert any("question age has no 'text'" in problem for problem in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pocket_card_names_nothing(guide: Guide, language: str) -> None:
    told = re.compile(r"centre|centrum|zentrum|violen|geweld|gewalt|poli[czt]|assault|rape|viol\b|verkrachting", re.I)
    for action in Action:
        line = guide.in_language(language).action(action, "pocket", Voice.SELF)
        assert not told.search(line), line
        assert not TELLING.search(line), line


def test_a_lawyer_can_read_the_table(guide: Guide) -> None:
    text = "\n".join(table.table(guide, "en"))
    for article in (
        "art. 27 al. 1",
        "art. 27 al. 2",
        "art. 29 § 3 al. 2",
        "art. 31 al. 3",
        "art. 37 al. 2",
        "art. 38 § 1",
    ):
        assert article in text
    assert f"{6 * 6 * 10 * 6 * 6} combinations" in text
    assert f"{len(guide.tree.plans)} plans a language" in text
    plans = "\n".join(table.plans(guide, "fr"))
    assert all(code in plans for code in guide.tree.plans)
