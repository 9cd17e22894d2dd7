"""The guide as data: questions with stable ids, their answers, and the sentences of a plan, in four languages."""

import hashlib
import tomllib
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from portal.law import Action, Plan, When, Who, plan_for
from portal.library.languages import LANGUAGES, Translated
from portal.library.problems import Problem
from portal.library.sources import Sources
from portal.library.words import NEVER_SAID

# Neither vowels nor look-alikes: a code can never spell a word, and can be read out over a telephone.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
CODE_LENGTH = 4

QUESTIONS: dict[str, type[Who] | type[When]] = {"who": Who, "when": When}


@dataclass(frozen=True)
class Answer:
    """One tap: its stable id, its words, and the step or plan it leads to."""

    id: str
    text: Translated
    leads_to: str


@dataclass(frozen=True)
class Question:
    """One question on one page, reached by the answers so far."""

    code: str
    text: Translated
    why: Translated
    answers: tuple[Answer, ...]
    back: str | None


@dataclass(frozen=True)
class PlanPage:
    """One plan, and where Back leads."""

    code: str
    plan: Plan
    back: str


@dataclass(frozen=True)
class Guide:
    """The whole finite tree."""

    first: Question
    questions: dict[str, Question]
    plans: dict[str, PlanPage]
    actions: dict[str, dict[str, Translated]]
    steps: dict[str, dict[str, Translated]]

    def say_step(self, step: str, who: Who, language: str) -> str:
        """Return a step's sentences for the person herself or for somebody who helps."""
        voices = self.steps[step]
        return (voices.get(who) or voices.get("other" if who is not Who.SELF else "self") or voices["self"])[language]

    def say_action(self, action: Action, part: str, who: Who, language: str) -> str:
        """Return the `title` or the `text` of the one thing to do."""
        voices = self.actions[action]
        voice = "self" if who is Who.SELF else "other"
        return voices[f"{part}_{voice}"][language]


def code_of(*answers: str) -> str:
    """Return the opaque code of the answers so far: stable, and telling nothing by itself."""
    number = int.from_bytes(hashlib.sha256("/".join(answers).encode()).digest())
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def load_guide(content: Path, sources: Sources) -> tuple[Guide, list[Problem]]:
    """Read guide.toml; return the tree with what is wrong in it."""
    listed = tomllib.loads((content / "guide.toml").read_text(encoding="utf-8"))
    entries = {entry["id"]: entry for entry in listed["question"]}
    texts = {name: {answer["id"]: answer["text"] for answer in entries[name]["answers"]} for name in QUESTIONS}
    first = Question(
        code="",
        text=entries["who"]["text"],
        why=entries["who"]["why"],
        answers=tuple(Answer(who, texts["who"].get(who, {}), code_of(who)) for who in Who),
        back=None,
    )
    questions = {
        code_of(who): Question(
            code=code_of(who),
            text=entries["when"]["text"],
            why=entries["when"]["why"],
            answers=tuple(Answer(when, texts["when"].get(when, {}), code_of(who, when)) for when in When),
            back="",
        )
        for who in Who
    }
    plans = {
        code_of(who, when): PlanPage(code_of(who, when), plan_for(who, when), code_of(who))
        for who, when in product(Who, When)
    }
    guide = Guide(first, questions, plans, listed["action"], listed.get("step", {}))
    return guide, _problems(guide, texts, entries, sources)


def _problems(
    guide: Guide, texts: dict[str, dict[str, Translated]], entries: dict[str, Any], sources: Sources
) -> list[Problem]:
    where = "guide.toml"
    problems = []
    if len(guide.questions) + len(guide.plans) != len(Who) + len(Who) * len(When):
        problems.append(Problem(where, "two steps share a code"))
    for name, kind in QUESTIONS.items():
        ids = [answer["id"] for answer in entries[name]["answers"]]
        if sorted(ids) != sorted(kind):
            problems.append(Problem(where, f"question {name} has the answers {ids}, the law asks {list(kind)}"))
    spoken: dict[str, Translated] = {f"question {n}": entries[n]["text"] for n in QUESTIONS}
    spoken |= {f"question {n} why": entries[n]["why"] for n in QUESTIONS}
    spoken |= {f"answer {name} {key}": text for name, all_ in texts.items() for key, text in all_.items()}
    spoken |= {f"step {step} {voice}": text for step, voices in guide.steps.items() for voice, text in voices.items()}
    spoken |= {
        f"action {action} {part}": text for action, parts in guide.actions.items() for part, text in parts.items()
    }
    problems += [
        Problem(where, f"{name} is missing in {language}")
        for name, text in spoken.items()
        for language in LANGUAGES
        if not text.get(language)
    ]
    problems += [
        Problem(where, f"{name} in {language} says {match[0]!r}")
        for name, text in spoken.items()
        for language, sentence in text.items()
        if (match := NEVER_SAID.search(sentence))
    ]
    problems += _missing_steps(guide, sources)
    return problems


def _missing_steps(guide: Guide, sources: Sources) -> list[Problem]:
    where = "guide.toml"
    problems = []
    used = {
        step
        for page in guide.plans.values()
        for part in (page.plan.now, page.plan.possible, page.plan.undecided, page.plan.later)
        for step in part
    }
    for step in used:
        if "self" not in guide.steps.get(step.id, {}):
            problems.append(Problem(where, f"step {step.id} has no sentences"))
        if step.source not in sources:
            problems.append(Problem(where, f"step {step.id} names the unknown source {step.source!r}"))
    problems += [Problem(where, f"step {name} is used by no plan") for name in set(guide.steps) - {s.id for s in used}]
    for action in Action:
        parts = guide.actions.get(action, {})
        for part in ("title_self", "text_self", "title_other", "text_other"):
            if part not in parts:
                problems.append(Problem(where, f"action {action} has no {part}"))
    return problems
