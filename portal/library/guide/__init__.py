"""The guide: a finite tree of pages, from the law's rules and the words of each language."""

from portal.library.guide.guide import Guide, problems_of_guide, problems_of_reading_on
from portal.library.guide.tree import PlanPage, QuestionPage, Tree

__all__ = ["Guide", "PlanPage", "QuestionPage", "Tree", "problems_of_guide", "problems_of_reading_on"]
