"""The whole decision table in words, for a lawyer: who is told what, on which article, and who acts."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from portal.law import (
    ACTION_SOURCES,
    BEFORE_TIME,
    BY_TIME,
    RULES,
    Action,
    Age,
    ComplaintSoFar,
    Part,
    Rule,
    Step,
    Voice,
    What,
    When,
)
from portal.library.guide.guide import MOST_PLAN_PAGES, Guide
from portal.library.guide.tree import QUESTIONS, PlanPage
from portal.library.guide.words import Words
from portal.library.languages import LANGUAGES

CONDITIONS: tuple[tuple[str, type[StrEnum]], ...] = (
    ("whats", What),
    ("whens", When),
    ("complaints", ComplaintSoFar),
    ("ages", Age),
    ("voices", Voice),
)


def table(guide: Guide, language: str) -> list[str]:
    """Return the table: the questions, the first action, every step by part, and how many pages that makes."""
    words = guide.in_language(language)
    return [*_questions(words), *_actions(words), *_steps(words), *_counts(guide)]


def plans(guide: Guide, language: str) -> list[str]:
    """Return every plan: its page, the answers that lead to it, its first action and its steps."""
    words = guide.in_language(language)
    led: dict[str, list[list[str]]] = {code: [] for code in guide.tree.plans}
    for code, answers in _paths(guide):
        led[code].append(answers)
    lines = []
    for page in guide.tree.plans.values():
        lines += ["", f"{page.code}  speaks to: {page.plan.voice}", *(f"  {' · '.join(one)}" for one in led[page.code])]
        lines += _plan(words, page)
    return lines


def _questions(words: Words) -> Iterator[str]:
    yield "QUESTIONS, in this order; one that changes nothing is not asked"
    for name, kind in QUESTIONS:
        yield f"\n{name}: {words.question(name, Voice.SELF)}"
        yield from (f"  {value}: {words.answer(name, value)}" for value in kind)


def _actions(words: Words) -> Iterator[str]:
    yield "\n\nTHE FIRST ACTION: the first line that holds"
    for action, _, why in BEFORE_TIME:
        yield f"  {action}: {why}"
    yield "  else by the time:"
    for when, action in BY_TIME.items():
        yield f"  {when} → {action}"
    yield "  what they say:"
    for first, told in words.entries["action"].items():
        yield f"  {first} [{'; '.join(ACTION_SOURCES[Action(first)])}]"
        yield from (f"    {key}: {text}" for key, text in told.items())


def _steps(words: Words) -> Iterator[str]:
    for part in Part:
        yield f"\n\nPART “{words.part(part, Voice.SELF)}” ({part})"
        for step in dict.fromkeys(rule.step for rule in RULES if rule.step.part is part):
            yield from _step(words, step)


def _step(words: Words, step: Step) -> Iterator[str]:
    yield f"\n  {step.id} [{'; '.join(step.sources)}] acts: {step.actor}; urgency: {step.urgency}"
    yield from (f"    {voice}: {text}" for voice, text in words.entries["step"][step.id].items())
    for rule in RULES:
        if rule.step is step:
            yield f"    told when: {_condition(rule)}"


def _condition(rule: Rule) -> str:
    said = []
    for name, kind in CONDITIONS:
        allowed: frozenset[StrEnum] = getattr(rule, name)
        if allowed != frozenset(kind):
            said.append(f"{kind.__name__.lower()} is {' or '.join(value for value in kind if value in allowed)}")
    return "; ".join(said) or "always"


def _plan(words: Words, page: PlanPage) -> Iterator[str]:
    plan = page.plan
    yield f"  → {words.action(plan.action, 'title', plan.voice)} [{', '.join(ACTION_SOURCES[plan.action])}]"
    yield f"    {words.action(plan.action, 'text', plan.voice)}"
    for step in plan.steps:
        yield f"    {step.part}: {words.step(step.id, plan.voice)} [{'; '.join(step.sources)}]"


def _paths(guide: Guide, code: str = "", given: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    if code in guide.tree.plans:
        yield code, list(given)
        return
    page = guide.tree.questions[code]
    for answer in page.answers:
        yield from _paths(guide, answer.leads_to, (*given, answer.id))


def _counts(guide: Guide) -> Iterator[str]:
    paths = list(_paths(guide))
    combinations = 1
    for _, kind in QUESTIONS:
        combinations *= len(kind)
    asked = Counter(len(answers) for _, answers in paths)
    yield "\n\nPAGES"
    yield f"  {combinations} combinations of answers, {len(paths)} ways through the questions"
    yield f"  {len(guide.tree.plans)} plans a language (at most {MOST_PLAN_PAGES}), in {len(LANGUAGES)} languages"
    yield f"  {len(guide.tree.questions)} pages with a question, {len(guide.pockets)} cards for a pocket"
    yield "  questions asked: " + ", ".join(f"{count} ways with {number}" for number, count in sorted(asked.items()))
