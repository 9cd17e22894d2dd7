"""What people were told that it stands, and what readers met, as it happened."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Read:
    """What became of public pages: asked, answered, and the slowest answer in milliseconds."""

    asked: int = 0
    answered: int = 0
    slowest: float = 0.0


@dataclass
class Book:
    """Everything that was told; one lock for all."""

    told: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: dict[str, Read] = field(default_factory=dict)
    strikes: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    during: str = "between the faults"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, name: str, value: str = "") -> None:
        """Write down that somebody was told that something stands."""
        with self._lock:
            self.told.setdefault(what, {})[name] = value

    def met(self, what: str) -> None:
        """Count an answer."""
        with self._lock:
            self.answers[what] += 1

    def is_wrong(self, what: str) -> None:
        """Write down what must never be."""
        with self._lock:
            self.wrong.append(f"{self.during}: {what}")

    def read(self, during: str, milliseconds: float, *, answered: bool) -> None:
        """Write down what became of a public page, under what went on when it was asked for."""
        with self._lock:
            one = self.reads.setdefault(during, Read())
            one.asked += 1
            one.answered += answered
            one.slowest = max(one.slowest, milliseconds)

    @property
    def many_told(self) -> int:
        """How many things people were told so far."""
        with self._lock:
            return sum(len(things) for things in self.told.values())
