"""The addresses of public pages. They hold no word and no answer, because an address stays in a phone's history."""

NAMED = {"guide": "o", "places": "p", "numbers": "h", "topics": "i", "card": "l"}


def home(language: str) -> str:
    """Return the address of the first page of a language."""
    return f"/{language}/"


def named(language: str, name: str) -> str:
    """Return the address of a named part of the site; KeyError for an unknown name."""
    return f"/{language}/{NAMED[name]}/"


def page(language: str, code: str) -> str:
    """Return the address of a page of the library."""
    return f"/{language}/i/{code}"


def step(language: str, code: str) -> str:
    """Return the address of a step or plan of the guide, by its opaque code."""
    return f"/{language}/o/{code}"


def place(language: str, area: str) -> str:
    """Return the address of an area."""
    return f"/{language}/p/{area}"
