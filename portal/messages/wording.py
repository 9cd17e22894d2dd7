"""The words of a message: one wording per kind for everybody, shown beforehand and sent in the same letters."""

from dataclasses import dataclass

from portal.library import Language, Library
from portal.library.messages import SUBJECT
from portal.records.outbox import Kind


@dataclass(frozen=True)
class Wording:
    """What is sent; the subject is that of an e-mail, and the same for every kind."""

    subject: str
    text: str


def wording(library: Library, kind: Kind, language: str, link: str | None = None) -> Wording:
    """Return the words of a message in her language."""
    text = library.messages[kind][language]
    return Wording(library.messages[SUBJECT][language], text.replace("{link}", link or ""))


def link_message(library: Library, language: Language, link: str) -> str:
    """Return the message that carries a link, in one wording for everybody."""
    return wording(library, Kind.LINK, language, link).text


def every_wording(library: Library, language: Language, beginning: str) -> tuple[str, ...]:
    """Return whatever may be sent in a language, shown to her beforehand: what is worded otherwise is not ours.

    Its link stands as every link begins: the rest of a link is never the same.
    """
    return tuple(wording(library, kind, language, f"{beginning}…").text for kind in Kind)
