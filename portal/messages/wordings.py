"""What may be sent, shown to her beforehand: a message that is worded otherwise is not ours."""

from portal.library import Language, Library


def wordings(library: Library, language: Language, beginning: str) -> tuple[str, ...]:
    """Return every wording of a language, with its link as it begins: the rest of a link is never the same."""
    return tuple(texts[language].replace("{link}", f"{beginning}…") for texts in library.messages.values())
