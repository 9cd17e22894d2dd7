"""Enough of the guide: thousands of its pages are made of the same few hundred lines."""

from portal.library import Library


def steps_of_the_guide(library: Library) -> set[str]:
    """Return the codes of enough of the guide to hold every step, action, voice and question at least once.

    The other pages of the guide are made of the same lines in the same list.
    """
    tree = library.guide.tree
    chosen, seen = set(library.guide.pockets), set[object]()
    for code, page in tree.plans.items():
        holds = {page.plan.action, page.plan.voice, *page.plan.steps}
        if not holds <= seen:
            chosen.add(code)
            seen |= holds
    for code, question in tree.questions.items():
        if (asked := (question.question, question.voice)) not in seen:
            chosen.add(code)
            seen.add(asked)
    return chosen
