"""A value somebody stated: how far it can be trusted, and who said so when. Nothing is shown surer than it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

CONFIRMED = "confirmed"
ONE_SOURCE = "one-source"
SOURCES_THAT_CONFIRM = 2
CONFIDENCES = (CONFIRMED, ONE_SOURCE, "memory", "disputed", "not-found")


@dataclass(frozen=True)
class Stated:
    """A value somebody stated, how far it can be trusted, and who said so when."""

    value: str
    confidence: str
    sources: tuple[tuple[str, str], ...]

    @property
    def is_checked(self) -> bool:
        """Two sources or a named person's check: only such a phone may be tapped."""
        return self.confidence == CONFIRMED

    @property
    def may_be_shown(self) -> bool:
        """One source is enough to show an address, said to be unconfirmed; memory never is."""
        return self.confidence in (CONFIRMED, ONE_SOURCE)


def read_stated(entry: dict[str, Any]) -> Stated:
    """Return the value of an entry; a named person's check makes it confirmed."""
    confidence = CONFIRMED if entry.get("checked_by") and entry.get("checked_on") else entry["confidence"]
    return Stated(entry.get("value", ""), confidence, read_sources(entry["sources"]))


def read_sources(entries: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the address and the date, as it is known, of each source."""
    return tuple((source["url"], source["as_of"]) for source in entries)


def overstated(name: str, entry: dict[str, Any]) -> Iterator[str]:
    """Say which values of an entry claim more than their sources hold: pages at one address are one source."""
    for what, value in entry.items():
        if not isinstance(value, dict) or "confidence" not in value:
            continue
        urls = {source["url"] for source in value["sources"]}
        if value["confidence"] not in CONFIDENCES:
            yield f"{name}: {what} has the unknown confidence {value['confidence']!r}"
        if value.get("checked_by"):
            continue
        if value["confidence"] == CONFIRMED and len(urls) < SOURCES_THAT_CONFIRM:
            yield f"{name}: {what} is called confirmed on fewer than two sources and nobody's check"
        if value["confidence"] == ONE_SOURCE and not urls:
            yield f"{name}: {what} names no source"
