"""The words that the pages of one language use, and the ways by which a reader's own word leads to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, product

from portal.library.search.compounds import longest_part, parts_of
from portal.library.search.fold import Stemming, folded, words_in
from portal.library.search.nearness import Spellings
from portal.library.search.synonyms import Everyday

Stems = tuple[str, ...]
"""The stem of a word, or those of a phrase."""
Meant = dict[Stems, float]
"""What a word may stand for, each with how surely: 1.0 is the word itself."""

ALIKE = 0.7  # a word of the same group
MISTYPED = 0.8
BEGUN = 0.5  # a word that begins so
WHOLE, PART, PART_OF_KNOWN = 0.9, 0.6, 0.4  # all parts of a compound together; one of them; one of a compound pages use
ALONE = 0.35  # a word of a phrase without the rest
SHORTEST_BEGINNING = 5
MOST_BEGUN = 6
MOST_READINGS = 2


@dataclass(frozen=True)
class Concept:
    """What a word or phrase of a query may stand for, and whether it says little about the question."""

    meant: Meant
    says_little: bool
    pages_say: frozenset[Stems] = frozenset()  # the words that pages use for it, where it is an everyday word


class Lexicon:
    """Every word that was learned, with its stem; asked afterwards, it learns nothing more."""

    def __init__(self, everyday: Everyday) -> None:
        """Begin with the everyday words: they too may be mistyped, or be part of a compound."""
        self._everyday = everyday
        self._stemming = Stemming(everyday.language)
        self._stem_of: dict[str, str] = {}  # by word as written
        self._stems_of: dict[str, set[str]] = {}  # by folded word
        self._ignored: set[str] = set()  # stems
        self._alike: dict[Stems, set[Stems]] = {}  # a word or phrase → those it also stands for
        self._pages_say: dict[Stems, set[Stems]] = {}  # a word or phrase → what pages use for it
        self._longest = max((len(phrase) for group in everyday.alike for phrase in group), default=1)
        self._stems: set[str] = set()
        self._spellings = Spellings(())
        for phrase in chain(*everyday.alike, *everyday.first.values()):
            self.learn(phrase)

    def learn(self, words: Iterable[str]) -> None:
        """Learn words as `words_in` gives them."""
        for word in words:
            if word not in self._stem_of:
                stem = self._stem_of[word] = self._stemming.stem(word)
                self._stems_of.setdefault(folded(word), set()).add(stem)

    def close(self) -> None:
        """Bring together the forms of a word, and prepare what is looked up."""
        stems = set(self._stem_of.values())
        root = {stem: self._root(stem, stems) for stem in stems}
        self._stem_of = {word: root[stem] for word, stem in self._stem_of.items()}
        self._stems_of = {word: {root[stem] for stem in found} for word, found in self._stems_of.items()}
        self._stems = set(root.values())
        self._ignored = {stem for word in self._everyday.ignored for stem in self._stems_of.get(word, ())}
        self._spellings = Spellings(word for word in self._stems_of if word not in self._everyday.ignored)
        for group in self._everyday.alike:
            phrases = [tuple(self._stem_of[word] for word in phrase) for phrase in group]
            on_pages = self._telling(phrases[0])
            others = {on_pages, *phrases[1:]}
            for phrase in phrases:
                self._alike.setdefault(phrase, set()).update(others - {phrase})
                self._pages_say.setdefault(phrase, set()).add(on_pages)

    def _telling(self, phrase: Stems) -> Stems:
        return tuple(stem for stem in phrase if stem not in self._ignored) or phrase

    def stems_in(self, text: str) -> list[str]:
        """Return the stems of a text whose words were all learned."""
        return [self._stem_of[word] for word in words_in(text)]

    def parts(self, stem: str, word: str) -> list[str]:
        """Return the stems of the parts of a learned compound."""
        return [part for part in self._parts(folded(word)) if part != stem]

    def compounds(self) -> dict[str, list[str]]:
        """Return the stems of all learned compounds, each with the stems of its parts."""
        found: dict[str, list[str]] = {}
        for word, stem in self._stem_of.items():
            if stem not in found and (parts := self.parts(stem, word)):
                found[stem] = parts
        return found

    def is_ignored(self, word: str) -> bool:
        """Tell whether a word says little about a question."""
        return folded(word) in self._everyday.ignored

    def meant(self, words: list[str]) -> list[Concept]:
        """Return what the words of a query may stand for; words that no page knows are left out."""
        stemming = Stemming(self._everyday.language)  # of this query alone: nothing of it stays
        read = [Concept(self._read(word, stemming), self.is_ignored(word)) for word in words]
        together: list[Concept] = []
        place = 0
        while place < len(read):
            taken = read[place : place + self._longest_phrase(read[place : place + self._longest])]
            together.append(self._joined(taken) if len(taken) > 1 else self._with_alike(taken[0], taken[0].meant))
            place += len(taken)
        return [concept for concept in together if concept.meant]

    def _longest_phrase(self, read: list[Concept]) -> int:
        """Return how many words from here on are a known phrase; 1 where only the first word stands for itself."""
        for size in range(len(read), 1, -1):
            if any(phrase in self._alike for phrase in _phrases(read[:size])):
                return size
        return 1

    def _joined(self, read: list[Concept]) -> Concept:
        """Make one concept of a known phrase: the phrase, what it also stands for, and its telling words alone."""
        meant: Meant = {}
        for concept in read:
            if not concept.says_little:
                meant |= {stems: sure * ALONE for stems, sure in concept.meant.items()}
        known = {phrase: sure for phrase, sure in _phrases(read).items() if phrase in self._alike}
        return self._with_alike(Concept(meant | known, says_little=False), known)

    def _with_alike(self, concept: Concept, known: Meant) -> Concept:
        meant = dict(concept.meant)
        for phrase, sure in known.items():
            for other in self._alike.get(phrase, ()):
                meant[other] = max(meant.get(other, 0), sure * ALIKE)
        pages_say = frozenset[Stems]().union(*(self._pages_say.get(phrase, ()) for phrase in known))
        return Concept(meant, concept.says_little, pages_say)

    def _read(self, word: str, stemming: Stemming) -> Meant:
        plain = folded(word)
        if exact := self._stems_of.get(plain):
            parts = [] if self.is_ignored(word) else self._parts(plain)
            return _each(parts, PART_OF_KNOWN) | _each(exact, 1.0)
        stem = self._root(stemming.stem(word), self._stems)
        if stem in self._stems:
            return {(stem,): 1.0}
        if parts := self._parts(plain):
            return _each(parts, PART) | {tuple(parts): WHOLE}
        if near := self._spellings.nearest(plain):
            return _each((stem for known in near for stem in self._stems_of[known]), MISTYPED)
        part = longest_part(plain, self._everyday.language, lambda part: self._known(part, plain))
        return _each([part], BEGUN) if part else self._begun(plain)

    def _begun(self, plain: str) -> Meant:
        if len(plain) < SHORTEST_BEGINNING:
            return {}
        begun = [word for word in self._stems_of if word.startswith(plain)]
        stems = {stem for word in begun for stem in self._stems_of[word]}
        return _each(stems, BEGUN) if len(stems) <= MOST_BEGUN else {}

    def _root(self, stem: str, known: set[str]) -> str:
        return next((root for root in self._stemming.roots(stem) if root in known), stem)

    def _parts(self, plain: str) -> list[str]:
        return parts_of(plain, self._everyday.language, lambda part: self._known(part, plain))

    def _known(self, part: str, whole: str) -> str | None:
        if part == whole or part in self._everyday.ignored:
            return None
        if stems := self._stems_of.get(part):
            return min(stems)
        return part if part in self._stems else None


def _each(stems: Iterable[str], sure: float) -> Meant:
    return {(stem,): sure for stem in stems}


def _phrases(read: list[Concept]) -> Meant:
    """Return the phrases that some words can be, by the surest reading of each of their words."""
    readings = [sorted(concept.meant.items(), key=lambda item: -item[1])[:MOST_READINGS] for concept in read]
    return {
        tuple(stem for stems, _ in chosen for stem in stems): min(sure for _, sure in chosen)
        for chosen in product(*readings)
    }
