"""Cleans HTML made from the repository's own Markdown. Only this file knows bleach; people's input never comes here."""

import bleach

TAGS = frozenset({"p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "br"})
ATTRIBUTES = {"a": ["href"]}
PROTOCOLS = frozenset({"https", "tel", "mailto"})


def clean(html: str) -> str:
    """Return HTML in which only the tags and link schemes of our pages are left."""
    return bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True)
