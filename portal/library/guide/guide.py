"""The tree and the words together, and what is wrong when they do not fit."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from portal.law import RULES, Action, Answers, Part, Plan, Step
from portal.library.codes import opaque
from portal.library.guide.tree import CODE_LENGTH, QUESTIONS, Tree, grow
from portal.library.guide.words import Words, load_words, problems_of_sentences
from portal.library.languages import LANGUAGES
from portal.library.pages import Page
from portal.library.problems import Problem
from portal.library.prose import Vocabulary
from portal.library.sources import Sources

MOST_PLAN_PAGES = 500
MOST_LINKS = 3  # under one part of a plan: more is a list nobody reads


class Guide:
    """The whole finite guide: read and grown when it is first needed, since pressed pages need neither."""

    def __init__(self, content: Path, sources: Sources) -> None:
        """Remember where the words are."""
        self._content, self._sources = content, sources

    @cached_property
    def tree(self) -> Tree:
        """Return every page of the guide."""
        return grow()

    @cached_property
    def words(self) -> dict[str, Words]:
        """Return what the guide says, by language."""
        return {str(language): load_words(self._content, language, self._sources) for language in LANGUAGES}

    @cached_property
    def pages(self) -> dict[str, str]:
        """Return, for a step, the page that says more, or `page#section`."""
        return tomllib.loads((self._content / "guide" / "pages.toml").read_text(encoding="utf-8"))

    def in_language(self, language: str) -> Words:
        """Return what the guide says in a language."""
        return self.words[language]

    @cached_property
    def pockets(self) -> dict[str, Action]:
        """Return the first actions by the code of their pocket card."""
        return {self.pocket_code(action): action for action in Action}

    def pocket_code(self, action: Action) -> str:
        """Return the opaque code of the pocket card of a first action."""
        return opaque("pocket", action, length=CODE_LENGTH)

    def plan_code(self, answers: Answers) -> str:
        """Return the code of the plan for some answers."""
        return self.tree.walk(answers)[-1]

    def reading_on(self, steps: Iterable[Step]) -> list[tuple[str, str]]:
        """Return the first pages, each with a section or nothing, that say more about some steps; each page once."""
        named = [self.pages[step.id].partition("#") for step in steps if step.id in self.pages]
        first: dict[str, str] = {}
        for page, _, section in named:
            first.setdefault(page, section)
        return list(first.items())[:MOST_LINKS]


def problems_of_guide(guide: Guide, content: Path, sources: Sources, vocabulary: Vocabulary) -> list[Problem]:
    """Return everything that is wrong in the guide's words, its tree, and where it leads on."""
    problems = [Problem("guide", what) for what in _problems_of_tree(guide.tree, sources)]
    problems += [
        Problem("guide/pages.toml", f"step {name} is unknown")
        for name in sorted(set(guide.pages) - {rule.step.id for rule in RULES})
    ]
    problems += problems_of_sentences(content, sources, vocabulary)
    for language, told in guide.words.items():
        problems += [Problem(f"guide/{language}.toml", what) for what in _problems_of_words(guide.tree, told)]
    return problems


def problems_of_reading_on(guide: Guide, pages: Mapping[tuple[str, str], Page]) -> list[Problem]:
    """Return the steps that lead on to a page or a section that is not there in some language."""
    problems = []
    for step, target in guide.pages.items():
        name, _, section = target.partition("#")
        for language in LANGUAGES:
            page = pages.get((language, name))
            if page is None or (section and section not in {one.id for one in page.sections}):
                problems.append(Problem("guide/pages.toml", f"step {step} leads to no {target} in {language}"))
    return problems


def _problems_of_tree(tree: Tree, sources: Sources) -> Iterator[str]:
    if len(tree.plans) > MOST_PLAN_PAGES:
        yield f"{len(tree.plans)} plans, more than {MOST_PLAN_PAGES}"
    used = {step for page in tree.plans.values() for step in page.plan.steps}
    for step in used:
        yield from (f"step {step.id} names the unknown source {one!r}" for one in step.sources if one not in sources)
        if not step.sources:
            yield f"step {step.id} names no source"
    yield from (f"step {rule.step.id} is told to nobody" for rule in RULES if rule.step not in used)
    yield from (f"two steps are called {step.id}" for step in used if [one.id for one in used].count(step.id) > 1)
    asked = {page.question for page in tree.questions.values()}
    yield from (f"question {name} is never asked" for name, _ in QUESTIONS if name not in asked)


def _problems_of_words(tree: Tree, words: Words) -> Iterator[str]:
    said = {key: set(words.entries.get(key, {})) for key in ("step", "action", "part", "question")}
    expected: dict[str, set[str]] = {
        "step": {rule.step.id for rule in RULES},
        "action": set(Action),
        "part": set(Part),
        "question": {name for name, _ in QUESTIONS},
    }
    for key, names in expected.items():
        yield from (f"{key} {name} has no words" for name in sorted(names - said[key]))
        yield from (f"{key} {name} is unknown" for name in sorted(said[key] - names))
    if all(expected[key] == said[key] for key in expected):
        for name, kind in QUESTIONS:
            yield from _problems_of_answers(words, name, kind)
        plans = [page.plan for page in tree.plans.values()]
        unspoken = [problem for plan in plans for problem in _unspoken(words, plan)]
        unspoken += _unasked(words, tree)
        yield from dict.fromkeys(unspoken)
        if not unspoken:
            yield from _told_to_nobody(words, plans)


def _problems_of_answers(words: Words, name: str, kind: type[StrEnum]) -> Iterator[str]:
    answers = set(words.entries["question"][name].get("answers", ()))
    if answers != set(kind):
        yield f"question {name} has the answers {sorted(answers)}, the law asks {sorted(kind)}"


def _told_to_nobody(words: Words, plans: Iterable[Plan]) -> Iterator[str]:
    """Yield what no plan ever says: a sentence nobody reads is a sentence nobody mends."""
    said = {spoken for plan in plans for spoken in words.spoken_by(plan)}
    for kind in ("step", "action"):
        for name, told in words.entries[kind].items():
            yield from (f"{kind} {name} {key} is said to nobody" for key in told if (kind, name, key) not in said)


def _unasked(words: Words, tree: Tree) -> list[str]:
    """Return the questions and headings that somebody would meet without words."""
    problems = []
    for question, voice in {(page.question, page.voice) for page in tree.questions.values()}:
        try:
            words.question(question, voice)
            words.why(question)
        except KeyError as key:
            problems.append(f"question {question} has no {key} for {voice}")
    for part, voice in {(step.part, page.plan.voice) for page in tree.plans.values() for step in page.plan.steps}:
        try:
            words.part(part, voice)
        except KeyError as key:
            problems.append(f"part {part} has no {key} for {voice}")
    return sorted(problems)


def _unspoken(words: Words, plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        try:
            words.step(step.id, plan.voice)
        except KeyError:
            yield f"step {step.id} says nothing to {plan.voice}"
    for part in ("title", "text", "pocket"):
        try:
            words.action(plan.action, part, plan.voice)
        except KeyError:
            yield f"action {plan.action} has no {part} for {plan.voice}"
