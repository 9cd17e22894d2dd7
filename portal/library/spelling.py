"""How names are compared: without accents, capitals, hyphens and the many ways to write Saint; and typing mistakes."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

SPELLED_OUT = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
WORD = re.compile(r"[^\W_]+")
SAINT = frozenset({"st", "ste", "saint", "sainte", "sint", "sankt", "sanct", "sinte"})
POSTCODE = re.compile(r"(?<!\d)(?:b(?:e)?[ -]?)?([1-9]\d{3})(?!\d)", re.ASCII | re.IGNORECASE)
SPACED_DIGITS = re.compile(r"(?<=\d) (?=\d)", re.ASCII)
ONE_MISTAKE_FROM, TWO_MISTAKES_FROM = 3, 8


def fold(name: str) -> str:
    """Return what is left of a name when spelling makes no difference: `Saint-Nicolas`, `st nicolas` → `stnicolas`."""
    plain = name.casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain.translate(SPELLED_OUT))
        plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    words = WORD.findall(plain)
    return "".join("st" if word in SAINT else word for word in words)


def postcodes_in(typed: str) -> tuple[list[int], str]:
    """Return the postcodes in what was typed (`B-1000`, `1000 Brussel`, `2 0 0 0`), and the words beside them."""
    together = SPACED_DIGITS.sub("", typed)
    found = list(dict.fromkeys(int(match[1]) for match in POSTCODE.finditer(together)))
    return found, POSTCODE.sub(" ", together).strip() if found else typed


def sounds_like(wanted: str, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Give the folded names that differ from a folded one by a typing mistake or two, with the number of mistakes."""
    allowed = (len(wanted) >= ONE_MISTAKE_FROM) + (len(wanted) >= TWO_MISTAKES_FROM)
    letters = set(wanted)
    for name in names:
        if abs(len(name) - len(wanted)) > allowed or len(letters.symmetric_difference(name)) > 2 * allowed:
            continue
        if (mistakes := _mistakes(wanted, name, allowed)) <= allowed:
            yield name, mistakes


def _mistakes(one: str, other: str, most: int) -> int:
    """Count letters added, lost, changed or swapped with their neighbour; stop counting above `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row_above, row = row, [i]
        for j, same in enumerate(other, 1):
            cost = min(row_above[j] + 1, row[j - 1] + 1, row_above[j - 1] + (letter != same))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == same:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = row_above
        if min(row) > most:
            return most + 1
    return row[-1]
