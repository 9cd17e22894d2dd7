"""Words that must not be said, and words that tell too much; looked for in pages, plans, messages and titles."""

import re

from portal.library.languages import SPOKEN


def _pattern(*parts: str) -> re.Pattern[str]:
    """Every language's words are looked for in each: an address or a name need not be in the reader's."""
    return re.compile("|".join(part for part in parts if part), re.IGNORECASE)


NEVER_SAID = _pattern("anonym|100 ?%", *(spoken.never for spoken in SPOKEN.values()))
"""A promise that cannot be proved, or a word that blames. Looked for in whole pages."""

TELLING = _pattern(r"cpvs|zsg|bsg|\bsac\b", *(spoken.tells for spoken in SPOKEN.values()))
"""A tab title, an address or a message that says one of these tells whoever looks over a shoulder."""

TELLS_OF_A_COMPLAINT = _pattern(*(spoken.complaint for spoken in SPOKEN.values()))
"""Whoever holds her phone must not learn from what was asked, or is answered, that there is or may be a complaint."""
