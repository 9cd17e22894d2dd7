"""QR codes, drawn here: nothing that one holds is ever sent to somebody who draws."""

import segno
from markupsafe import Markup


def drawn(text: str, name: str) -> Markup:
    """Return a QR code as an inline drawing with a name for whoever cannot see it: black on white in every scheme."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff")
    return Markup(svg.replace("<svg ", Markup('<svg role="img" aria-label="{}" ').format(name), 1))  # noqa: S704
