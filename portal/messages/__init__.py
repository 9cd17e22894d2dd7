"""Neutral words that go out. Nothing sent says centre, hospital or violence (art. 23 al. 3 in spirit)."""

from portal.library import Language, Library


def link_message(library: Library, language: Language, link: str) -> str:
    """Return the message that carries a link, in one wording for everybody."""
    return library.messages["link"][language].replace("{link}", link)
