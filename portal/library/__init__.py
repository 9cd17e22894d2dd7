"""What is read: pages, sources, services and the guide's questions, built from `content/` and checked."""

from portal.library.build import Library, load_library
from portal.library.languages import LANGUAGES, Language
from portal.library.problems import ContentError

__all__ = ["LANGUAGES", "ContentError", "Language", "Library", "load_library"]
