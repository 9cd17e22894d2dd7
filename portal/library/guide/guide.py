"""The tree and the words together, and what is wrong when they do not fit."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from portal.law import RULES, Action, Answers, Part, Plan, Step
from portal.library.codes import opaque
from portal.library.guide.tree import CODE_LENGTH, QUESTIONS, Tree, grow
from portal.library.guide.words import Words, load_words
from portal.library.problems import Problem
from portal.library.prose import Vocabulary
from portal.library.sources import Sources

MOST_PLAN_PAGES = 500


@dataclass(frozen=True)
class Guide:
    """The whole finite guide."""

    tree: Tree
    words: dict[str, Words]
    pages: dict[str, str]  # for a step, the page that says more, or `page#section`

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
        """Return the pages, each with a section or nothing, that say more about some steps; each page once."""
        named = [self.pages[step.id].partition("#") for step in steps if step.id in self.pages]
        return list({page: (page, section) for page, _, section in reversed(named)}.values())[::-1]


def load_guide(content: Path, sources: Sources, vocabulary: Vocabulary) -> tuple[Guide, list[Problem]]:
    """Read the words of the guide; return it with what is wrong in it."""
    words, problems = load_words(content, sources, vocabulary)
    pages = tomllib.loads((content / "guide" / "pages.toml").read_text(encoding="utf-8"))
    guide = Guide(grow(), words, pages)
    problems += [Problem("guide", what) for what in _problems_of_tree(guide.tree, sources)]
    problems += [
        Problem("guide/pages.toml", f"step {name} is unknown") for name in set(pages) - {rule.step.id for rule in RULES}
    ]
    for language, told in words.items():
        problems += [Problem(f"guide/{language}.toml", what) for what in _problems_of_words(guide.tree, told)]
    return guide, problems


def _problems_of_tree(tree: Tree, sources: Sources) -> Iterator[str]:
    if len(tree.plans) > MOST_PLAN_PAGES:
        yield f"{len(tree.plans)} plans, more than {MOST_PLAN_PAGES}"
    used = {step for page in tree.plans.values() for step in page.plan.steps}
    for step in used:
        yield from (f"step {step.id} names the unknown source {one!r}" for one in step.sources if one not in sources)
        if not step.sources:
            yield f"step {step.id} names no source"
    yield from (f"step {rule.step.id} is told to nobody" for rule in RULES if rule.step not in used)


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
        yield from dict.fromkeys(unspoken)
        if not unspoken:
            yield from _told_to_nobody(words, plans)


def _problems_of_answers(words: Words, name: str, kind: type[StrEnum]) -> Iterator[str]:
    answers = set(words.entries["question"][name]["answers"])
    if answers != set(kind):
        yield f"question {name} has the answers {sorted(answers)}, the law asks {sorted(kind)}"


def _told_to_nobody(words: Words, plans: Iterable[Plan]) -> Iterator[str]:
    """Yield what no plan ever says: a sentence nobody reads is a sentence nobody mends."""
    said = {spoken for plan in plans for spoken in words.spoken_by(plan)}
    for kind in ("step", "action"):
        for name, told in words.entries[kind].items():
            yield from (f"{kind} {name} {key} is said to nobody" for key in told if (kind, name, key) not in said)


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
