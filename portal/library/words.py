"""Words that must not be said, and words that tell too much; looked for in pages, plans, messages and titles."""

import re

# A promise that cannot be proved, or a word that blames. Looked for in whole pages, in every language.
NEVER_SAID = re.compile(
    r"anonym|100 ?%|sans (aucune )?trace|zonder sporen? na|spurlos|leaves? no trace|without a trace"
    r"|trop tard|te laat|zu spät|too late"
    r"|[·•]e?s?\b|\w\(e\)|\w[*:]in(nen)?\b",
    re.IGNORECASE,
)

# A tab title, an address or a message that says one of these tells whoever looks over a shoulder.
TELLING = re.compile(
    r"cpvs|zsg|bsg|\bsac\b|centre|centrum|zentrum|h[oô]pital|ziekenhuis|krankenhaus|hospital|violen|geweld|gewalt|sex"
    r"|viol\b|rape|verkracht|vergewalt|victim|slachtoffer|opfer|police|politi|polizei|plainte|klacht|anzeige|complaint"
    r"|trace|spor|spur|forensi|exam(?!ple)|onderzoek|untersuch|m[eé]dico|agress|aanrand|nurse|infirm|verpleeg|pfleg|abus|misbruik",
    re.IGNORECASE,
)
