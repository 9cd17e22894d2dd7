"""A QR code as one path, drawn inside the page: nothing is fetched, and nothing is kept in a file."""

from dataclasses import dataclass
from itertools import groupby

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it, as ISO/IEC 18004 asks


@dataclass(frozen=True)
class Qr:
    """A square of so many modules a side, quiet zone included, and its dark ones as an SVG path."""

    side: int
    path: str


def qr_of(text: str) -> Qr:
    """Return the QR code of a text, with a correction that forgives a fold or a stain (level M)."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=QUIET)]
    return Qr(len(rows), "".join(_runs(row, y) for y, row in enumerate(rows)))


def drawn(text: str, name: str) -> Markup:
    """Return a QR code as an inline drawing with a name for whoever cannot see it: black on white in every scheme."""
    code = qr_of(text)
    return Markup(
        '<svg class="qr enrol" role="img" aria-label="{name}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        '<path class="w" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    ).format(name=name, side=code.side, path=code.path)


def _runs(row: list[int], y: int) -> str:
    path, x = "", 0
    for dark, group in groupby(row):
        width = len(list(group))
        path += f"M{x} {y}h{width}v1h-{width}z" if dark else ""
        x += width
    return path
