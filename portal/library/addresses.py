"""The addresses of public pages. They hold no word and no answer, because an address stays in a phone's history."""

NAMED = {
    "guide": "o",
    "places": "p",
    "numbers": "h",
    "topics": "i",
    "card": "l",
    "easy": "e",
    "sources": "b",
    "tongues": "k",
    "help": "s",
    "find": "f",
    "arrival": "a",
}


def home(language: str) -> str:
    """Return the address of the first page of a language."""
    return f"/{language}/"


def named(language: str, name: str) -> str:
    """Return the address of a named part of the site; KeyError for an unknown name."""
    return f"/{language}/{NAMED[name]}/"


def page(language: str, code: str) -> str:
    """Return the address of a page of the library."""
    return f"/{language}/i/{code}"


def easy(language: str, code: str) -> str:
    """Return the address of the easy version of a page of the library."""
    return f"/{language}/e/{code}"


def step(language: str, code: str) -> str:
    """Return the address of a step or plan of the guide, by its opaque code."""
    return f"/{language}/o/{code}"


def place(language: str, code: str) -> str:
    """Return the address of an area or of a municipality, by its code."""
    return f"/{language}/p/{code}"


def need(language: str, code: str) -> str:
    """Return the address of the services that answer a need, by its opaque code."""
    return f"/{language}/s/{code}"


def arrival(language: str, desk: str) -> str:
    """Return the address of the arrival card for a desk that speaks a language."""
    return f"/{language}/a/{desk}"
