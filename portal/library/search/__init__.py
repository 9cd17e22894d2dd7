"""Search over the pages, in one language at a time. It keeps nothing of what was asked, not even in memory."""

from portal.library.search.index import Found
from portal.library.search.phrases import load_phrases, problems_of_phrases
from portal.library.search.search import Answer, Search
from portal.library.search.synonyms import Everyday, load_everyday

__all__ = ["Answer", "Everyday", "Found", "Search", "load_everyday", "load_phrases", "problems_of_phrases"]
