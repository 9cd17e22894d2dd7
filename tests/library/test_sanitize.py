"""What the cleaner lets through, held against a second cleaner."""

from urllib.parse import urlsplit

import html5lib
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.library.sanitize import ATTRIBUTES, PROTOCOLS, TAGS, clean

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<a href="https://a.example" onclick="x()" target="_blank">x</a>',
    "<svg><a xlink:href=javascript:alert(1)>x</a></svg>",
    "<p style='position:fixed'>x</p>",
    "<iframe src=https://a.example></iframe>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><input name=q></form>",
]


def check(html: str) -> None:
    """Read it as a browser would, and look at what is there."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if element.tag == "DOCUMENT_FRAGMENT":
            continue
        assert element.tag in TAGS
        assert set(element.attrib) <= set(ATTRIBUTES.get(element.tag, []))
        scheme = urlsplit(element.get("href", "")).scheme
        assert not scheme or scheme in PROTOCOLS


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_gets_through(html: str) -> None:
    check(clean(html))
    check(
        nh3.clean(
            html, tags=set(TAGS), attributes={"a": set(ATTRIBUTES["a"])}, url_schemes=set(PROTOCOLS), link_rel=None
        )
    )


pieces = st.lists(
    st.sampled_from([*HOSTILE, "<p>", "</p>", "<a href='", "'>", "<", ">", "&lt;", "text", '"', "<!--", "-->"])
)


@given(pieces)
def test_nor_in_pieces(parts: list[str]) -> None:
    check(clean("".join(parts)))


def test_what_our_pages_need_stays() -> None:
    html = '<p>a <strong>b</strong> <a href="/fr/i/5">c</a> <a href="tel:112">112</a></p>\n<ul>\n<li>d</li>\n</ul>'
    assert clean(html) == html
