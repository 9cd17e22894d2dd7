"""The words of a section that come nearest to what was asked."""

import re
from collections.abc import Callable

from portal.library.pages import Section
from portal.library.reading import SENTENCE_END
from portal.library.search.fold import lines_of

LONGEST = 170
WHOLE = 40  # a shorter sentence says less: a word of a list
LEADS_ON = "\uf8ff"  # a private character, for a sentence that leads to another page instead of saying something
PAGE_LINK = re.compile(r'<a href="/[^"]*">')


def extract_of(section: Section, worth: Callable[[str], float]) -> str:
    """Return the sentence of a section that is worth most, with those that follow it while there is room."""
    lines = [SENTENCE_END.split(line) for line in lines_of(PAGE_LINK.sub(LEADS_ON, section.html))]
    places = [(line, start) for line in lines for start in range(len(line))]
    telling = [(line, start) for line, start in places if LEADS_ON not in line[start]] or places
    if not telling:
        return ""
    line, start = max(telling, key=lambda place: worth(place[0][place[1]]) * min(len(place[0][place[1]]), WHOLE))
    text = line[start]
    for sentence in line[start + 1 :]:
        if len(text) + len(sentence) >= LONGEST or LEADS_ON in sentence:
            break
        text += " " + sentence
    text = text.replace(LEADS_ON, "")
    return text if len(text) <= LONGEST else text[: text.rindex(" ", 0, LONGEST)].rstrip(" ,;:–") + " …"
