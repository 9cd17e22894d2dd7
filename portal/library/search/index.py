"""Which sections answer a query: BM25 over weighted parts of a section, and likeness to the questions it answers."""

from array import array
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from math import fsum, log

from portal.library.pages import Page, Section
from portal.library.questions import Question
from portal.library.search.extract import extract_of
from portal.library.search.fold import lines_of, words_in
from portal.library.search.lexicon import Concept, Lexicon, Stems
from portal.library.search.phrases import Phrases
from portal.library.search.synonyms import Everyday

HEADING, QUESTION, PHRASES, TITLE, SHORT, TEXT = 2.5, 2.0, 1.5, 1.5, 0.4, 1.0
SATURATION, LENGTH = 3.0, 0.4
PART_OF_COMPOUND = 0.5
SAYS_LITTLE = 0.1
LIKENESS = 0.9
LEAST_OF_BEST = 0.35
MOST_OF_ALL, BEFORE_ALL = 9.0, 10.0  # no section reaches the first by its words
LEAST_SHARED = 0.8
MOST_OF_A_PAGE = 3


@dataclass(frozen=True)
class Place:
    """A section of a page."""

    page: Page
    section: Section


@dataclass(frozen=True)
class Asked:
    """Words people use for what a section answers; without a section, a page as a whole."""

    page: str
    section: str
    text: str


@dataclass(frozen=True)
class Found:
    """A section that may answer, its page, and what it says nearest to the question."""

    page: Page
    section: Section
    extract: str


class Index:
    """The index of one language."""

    def __init__(
        self, pages: Iterable[Page], questions: Iterable[Question], everyday: Everyday, phrases: Phrases
    ) -> None:
        """Read the pages, and the questions and phrases that lead to their sections."""
        self._places = [Place(page, section) for page in pages for section in page.sections]
        self._language = everyday.language
        self._lexicon = Lexicon(everyday)
        asked = [Asked(one.page, one.section, one.text[self._language]) for one in questions]
        typed = [Asked(*place, phrase) for place, listed in phrases.items() for phrase in listed]
        texts = [self._texts(place, asked, typed) for place in self._places]
        for parts in texts:
            for _, text in parts:
                self._lexicon.learn(words_in(text))
        self._lexicon.close()
        self._postings: dict[str, tuple[array[int], array[float]]] = {}
        self._rarity: dict[str, float] = {}
        self._weigh(texts)
        self._asked = self._questions([*asked, *typed])
        self._asked_with: dict[str, array[int]] = {}
        for number, (_, stems, _) in enumerate(self._asked):
            for stem in stems:
                self._asked_with.setdefault(stem, array("H")).append(number)

    def best(self, words: list[str], most: int, pages_first: Container[str] = ()) -> list[Found]:
        """Return the sections that answer the words of a query, best first; before all, how some pages begin."""
        concepts = [known for concept in self._lexicon.meant(words) if (known := self._weighed(concept)).meant]
        scores = self._scores(words, concepts)
        for number, place in enumerate(self._places):
            if place.page.id in pages_first and place.section == place.page.sections[0]:
                scores[number] = BEFORE_ALL
        worth: dict[str, float] = {}
        for stems, value in (one for concept in concepts for one in concept.meant.items()):
            worth |= {stem: max(value, worth.get(stem, 0)) for stem in stems}
        return [
            Found(place.page, place.section, extract_of(place.section, lambda text: self._worth(text, worth)))
            for place in self._first(scores, most)
        ]

    def _scores(self, words: list[str], concepts: list[Concept]) -> dict[int, float]:
        mass = sum(max(concept.meant.values()) for concept in concepts)
        if any(not concept.says_little for concept in concepts):
            scores = self._by_text(concepts, mass)
            for number, (likeness, _) in self._by_question(concepts, mass).items():
                scores[number] = scores.get(number, 0) + LIKENESS * likeness
            return scores
        if not concepts or not all(self._lexicon.is_ignored(word) for word in words):
            return {}  # the words that would tell are known to no page
        alike = self._by_question(concepts, mass)
        return {number: likeness for number, (likeness, shared) in alike.items() if shared >= LEAST_SHARED}

    def _worth(self, text: str, worth: dict[str, float]) -> float:
        # In whatever order a set is gone through, the same: or two servers would show two extracts.
        return fsum(worth[stem] for stem in set(self._lexicon.stems_in(text)) & worth.keys())

    def _first(self, scores: dict[int, float], most: int) -> list[Place]:
        least = LEAST_OF_BEST * max((score for score in scores.values() if score <= MOST_OF_ALL), default=0)
        shown: Counter[str] = Counter()
        found: list[Place] = []
        for number in sorted(scores, key=lambda number: -scores[number]):
            place = self._places[number]
            if scores[number] >= least and shown[place.page.id] < MOST_OF_A_PAGE and len(found) < most:
                shown[place.page.id] += 1
                found.append(place)
        return found

    def _by_text(self, concepts: list[Concept], mass: float) -> dict[int, float]:
        scores: dict[int, float] = {}
        for concept in concepts:
            best: dict[int, float] = {}
            for stems, worth in concept.meant.items():
                for number, impact in self._impacts(stems).items():
                    best[number] = max(best.get(number, 0), worth * impact)
            for number, score in best.items():
                scores[number] = scores.get(number, 0) + score / mass
        return scores

    def _impacts(self, stems: Stems) -> dict[int, float]:
        """Return how much a word or a whole phrase weighs in each section that has it."""
        found = [dict(zip(*self._postings[stem], strict=True)) for stem in stems]
        return {number: min(one[number] for one in found) for number in found[0] if all(number in one for one in found)}

    def _by_question(self, concepts: list[Concept], mass: float) -> dict[int, tuple[float, float]]:
        """Return, for sections that questions lead to, the greatest likeness and the part of the query it shares."""
        likest: dict[int, tuple[float, float]] = {}
        for asked, shared in sorted(self._shared(concepts).items()):
            numbers, _, own_mass = self._asked[asked]
            likeness = shared**2 / (mass * own_mass), shared / mass
            for number in numbers:
                likest[number] = max(likest.get(number, likeness), likeness)
        return likest

    def _shared(self, concepts: list[Concept]) -> dict[int, float]:
        """Return how much of a query each question shares: of each concept, the best that it says of it."""
        shared: dict[int, float] = {}
        for concept in concepts:
            best: dict[int, float] = {}
            for stems, worth in concept.meant.items():
                for asked in self._asked_with.get(next(iter(stems)), ()):
                    if worth > best.get(asked, 0) and self._asked[asked][1].issuperset(stems):
                        best[asked] = worth
            for asked, worth in best.items():
                shared[asked] = shared.get(asked, 0) + worth
        return shared

    def _weighed(self, concept: Concept) -> Concept:
        """Return a concept with what the pages know of it, each by how rare it is."""
        rarity = {
            stems: max(self._rarity[stem] for stem in stems)
            for stems in concept.meant
            if all(stem in self._rarity for stem in stems)
        }
        # A rare word of a group must not make a common thing weighty: the word typed gives the weight, or the pages'.
        typed = [rare for stems, rare in rarity.items() if concept.meant[stems] == 1.0 and len(stems) == 1]
        said = [rarity[stems] for stems in concept.pages_say if stems in rarity]
        most = max(typed or said or rarity.values(), default=0)
        weight = SAYS_LITTLE if concept.says_little else 1.0
        return Concept(
            {stems: weight * concept.meant[stems] * min(rare, most) for stems, rare in rarity.items()},
            concept.says_little,
        )

    def _texts(self, place: Place, asked: list[Asked], typed: list[Asked]) -> list[tuple[float, str]]:
        """Return the parts of a section with their weights."""

        def own(all_of_them: list[Asked]) -> str:
            here = (place.page.id, place.section.id)
            return " ".join(one.text for one in all_of_them if (one.page, one.section) == here)

        return [
            (HEADING, place.section.title),
            (TITLE, place.page.title),
            (SHORT, " ".join(place.page.short)),
            (QUESTION, own(asked)),
            (PHRASES, own(typed)),
            (TEXT, " ".join(lines_of(place.section.html))),
        ]

    def _weigh(self, texts: list[list[tuple[float, str]]]) -> None:
        compounds = self._lexicon.compounds()
        counted = []
        for parts in texts:
            weights: dict[str, float] = {}
            for weight, text in parts:
                for stem in self._lexicon.stems_in(text):
                    weights[stem] = weights.get(stem, 0) + weight
                    for part in compounds.get(stem, ()):
                        weights[part] = weights.get(part, 0) + weight * PART_OF_COMPOUND
            counted.append(weights)
        frequency = Counter(stem for weights in counted for stem in weights)
        self._rarity = {stem: log(1 + len(counted) / often) for stem, often in frequency.items()}
        sums = [sum(weights.values()) for weights in counted]
        average = sum(sums) / max(len(sums), 1)
        gathered: dict[str, tuple[array[int], array[float]]] = {stem: (array("H"), array("f")) for stem in frequency}
        for number, (weights, length) in enumerate(zip(counted, sums, strict=True)):
            for stem, weight in weights.items():
                numbers, impacts = gathered[stem]
                numbers.append(number)
                impacts.append(weight / (weight + SATURATION * (1 - LENGTH + LENGTH * length / average)))
        self._postings = gathered

    def _questions(self, asked: list[Asked]) -> list[tuple[tuple[int, ...], frozenset[str], float]]:
        """Return each question as the sections it leads to, its stems, and their weight together."""
        found = []
        for one in asked:
            weight = {
                stem: self._rarity.get(stem, 0) * (SAYS_LITTLE if self._lexicon.is_ignored(word) else 1.0)
                for word, stem in zip(words_in(one.text), self._lexicon.stems_in(one.text), strict=True)
            }
            numbers = tuple(
                number
                for number, place in enumerate(self._places)
                if place.page.id == one.page and one.section in (place.section.id, "")
            )
            if numbers and weight:
                found.append((numbers, frozenset(weight), sum(weight.values())))
        return found
