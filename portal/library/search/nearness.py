"""Words that are nearly the same: what a tired hand typed, and what was meant."""

from collections.abc import Iterable

SHORTEST_CORRECTED = 4
ONE_MISTAKE_UP_TO = 7
SHORTEST_WITH_ANOTHER_START = 6


def mistakes_allowed(word: str) -> int:
    """Return how many letters may be wrong: none in a short word, one in 4 to 7 letters, two in a longer one."""
    if len(word) < SHORTEST_CORRECTED:
        return 0
    return 1 if len(word) <= ONE_MISTAKE_UP_TO else 2


def distance(one: str, other: str, most: int) -> int:
    """Return how many letters were added, left out, replaced or swapped, or `most + 1` where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            step = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                step = min(step, last[j - 2] + 1)
            row.append(step)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


class Spellings:
    """Known words, looked through quickly for those near to a mistyped one."""

    def __init__(self, words: Iterable[str]) -> None:
        """Remember the words by their length, each with the set of its letters."""
        self._by_length: dict[int, list[tuple[int, str]]] = {}
        for word in sorted(set(words)):
            self._by_length.setdefault(len(word), []).append((_letters(word), word))

    def nearest(self, word: str) -> list[str]:
        """Return the known words with the fewest mistakes between, if those are few enough."""
        most = mistakes_allowed(word)
        if not most:
            return []
        letters, found = _letters(word), dict[int, list[str]]()
        for length in range(max(len(word) - most, SHORTEST_CORRECTED - 1), len(word) + most + 1):
            for others, known in self._by_length.get(length, ()):
                # Each mistake changes at most two letters of the set: most words need no closer look.
                if (letters ^ others).bit_count() <= 2 * most and (away := distance(word, known, most)) <= most:
                    found.setdefault(away, []).append(known)
        return _likeliest(word, found[min(found)]) if found else []


def _likeliest(word: str, found: list[str]) -> list[str]:
    """Return those that begin as the word does; the first letter is seldom wrong, and in a short word never."""
    same = [known for known in found if known[0] == word[0]]
    return same or (found if len(word) >= SHORTEST_WITH_ANOTHER_START else [])


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 61)
    return bits
