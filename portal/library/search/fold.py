"""How a text becomes words, and how words that are written differently become one."""

import html
import re
import unicodedata

from snowballstemmer import stemmer

from portal.library.languages import SPOKEN

SHORTEST_ROOT = 4

WORD = re.compile(r"[^\W_]+")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
BLOCK_END = re.compile(r"</(?:p|li|blockquote)>|<br ?/?>")
TAG = re.compile(r"<[^>]+>")


def words_in(text: str) -> list[str]:
    """Return the words of a text in small letters, accents kept; an apostrophe or a hyphen ends a word."""
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def folded(word: str) -> str:
    """Return a word without case, accents and ligatures: `Straße` is `strasse`, `Œuf` is `oeuf`."""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(LIGATURES))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def lines_of(cleaned: str) -> list[str]:
    """Return the text of cleaned HTML, one entry a paragraph or list item."""
    lines = (html.unescape(TAG.sub("", part)) for part in BLOCK_END.split(cleaned))
    return [" ".join(line.split()) for line in lines if line.strip()]


class Stemming:
    """Reduces the words of a language to their stems. Not shared between threads: it remembers the word it works on."""

    def __init__(self, language: str) -> None:
        """Begin in one language; where it has no stemmer, a word is found by what it begins with."""
        spoken = SPOKEN[language]
        self._stemmer = stemmer(spoken.search) if spoken.search else None
        self._endings, self._beginnings = spoken.endings, spoken.beginnings

    def stem(self, word: str) -> str:
        """Return the folded stem of a word as `words_in` gives it."""
        return folded(self._stemmer.stemWord(word) if self._stemmer else word)

    def roots(self, stem: str) -> list[str]:
        """Return what a stem may come from: `gardent` from `gard`, `geloscht` from `losch`."""
        whole = [stem, *(stem.removeprefix(start) for start in self._beginnings)]
        cut = [form.removesuffix(end) for form in whole for end in self._endings]
        return [root for root in (*cut, *whole[1:]) if root != stem and len(root) >= SHORTEST_ROOT]
