"""Dutch and German write several words as one (`Aufbewahrungsfrist`, `onderzoeksrechter`); here they come apart."""

from collections.abc import Callable

from portal.library.languages import SPOKEN

SHORTEST_PART = 4
SHORTEST_COMPOUND = 2 * SHORTEST_PART
MOST_PARTS = 3
SHORTEST_ALONE = 5


def parts_of(word: str, language: str, known: Callable[[str], str | None], most: int = MOST_PARTS) -> list[str]:
    """Return the stems of the known words that a folded word is made of, as few as possible; [] where it is not.

    known: gives the stem of a part, or None for what is no word of the pages.
    """
    links = SPOKEN[language].links
    if not links or most < 2 or len(word) < SHORTEST_COMPOUND:
        return []
    found: list[list[str]] = []
    for end in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        first = known(word[:end])
        if first is None:
            continue
        for link in links:
            if word.startswith(link, end) and len(rest := word[end + len(link) :]) >= SHORTEST_PART:
                last = known(rest)
                more = [last] if last else parts_of(rest, language, known, most - 1)
                if more:
                    found.append([first, *more])
    return min(found, key=len, default=[])


def longest_part(word: str, language: str, known: Callable[[str], str | None]) -> str | None:
    """Return the stem of the longest known word at the end or the beginning of a folded compound, or None."""
    if not SPOKEN[language].links:
        return None
    for size in range(len(word) - SHORTEST_PART + 1, SHORTEST_ALONE - 1, -1):
        if stem := known(word[-size:]) or known(word[:size]):
            return stem
    return None
