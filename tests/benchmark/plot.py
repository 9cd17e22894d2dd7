"""A drawing with logarithmic axes, as SVG: how many times the cases, how many times the cost."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, NAMES = 900, 560, 70, 30, 50, 330
COLOURS = ("#0b6e4f", "#a23b72", "#1f4e9c", "#b35c00", "#5b5b5b", "#7a1fa2", "#00707a", "#8a6d00")
DASHES = ("none", "6 3", "2 3")
LINE = 15  # between two names


def drawing(sizes: Sequence[int], lines: Mapping[str, Sequence[float]]) -> str:
    """Return an SVG with one line for each thing; one dotted line grows as the cases do."""
    every = [max(ratio, 0.1) for ratios in lines.values() for ratio in ratios]
    with_cases = [size / sizes[0] for size in sizes]
    low, high = min(0.5, *every), max(*every, with_cases[-1])

    def across(size: float) -> float:
        return LEFT + _share(size, sizes[0], sizes[-1]) * (WIDTH - LEFT - NAMES)

    def down(ratio: float) -> float:
        return HEIGHT - BOTTOM - _share(max(ratio, 0.1), low, high) * (HEIGHT - TOP - BOTTOM)

    def path(ratios: Sequence[float]) -> str:
        return " ".join(f"{across(size):.1f},{down(ratio):.1f}" for size, ratio in zip(sizes, ratios, strict=True))

    right = WIDTH - NAMES
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="#222"><title>How what is done grows with the cases</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    ]
    for size in sizes:
        parts.append(f'<path d="M{across(size):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{across(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,}</text>')
    for ratio in _tens(low, high):
        parts.append(f'<path d="M{LEFT} {down(ratio):.1f}H{right}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{down(ratio) + 4:.1f}" text-anchor="end">× {ratio:g}</text>')
    parts.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">cases</text>')
    parts.append(f'<polyline points="{path(with_cases)}" fill="none" stroke="#bbb" stroke-width="6"/>')
    for number, (name, ratios) in enumerate(sorted(lines.items(), key=lambda one: -one[1][-1])):
        look = f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-dasharray="{DASHES[number % len(DASHES)]}"'
        beside, at = right + 50, TOP + 30 + number * LINE
        parts.append(f'<polyline points="{path(ratios)}" fill="none" stroke-width="2" {look}/>')
        parts.append(f'<path d="M{right + 15} {at - 4}H{beside - 6}" stroke-width="2" {look}/>')
        parts.append(f'<text x="{beside}" y="{at}">{escape(name)}: × {ratios[-1]:.3g}</text>')
    parts.append(f'<path d="M{right + 15} {TOP + 6}h29" stroke="#bbb" stroke-width="6"/>')
    parts.append(f'<text x="{right + 50}" y="{TOP + 10}">as the cases do</text></svg>\n')
    return "\n".join(parts)


def _share(value: float, low: float, high: float) -> float:
    """Return where a value lies between two others, on a logarithmic scale."""
    return math.log(value / low) / math.log(high / low) if high > low else 0.0


def _tens(low: float, high: float) -> list[float]:
    return [10.0**power for power in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
