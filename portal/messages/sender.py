"""The way out: what every sender takes, and what it must be able to say afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from portal.records.outbox import Fate, Trouble

SECONDS = 30  # for each answer of a server


@dataclass(frozen=True)
class Outgoing:
    """One message to one recipient. Its id stays the same however often it is tried; its content is in no log."""

    id: str
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What became of a message, and why where it did not go out."""

    fate: Fate
    trouble: Trouble | None = None


class Sender(Protocol):
    """Hands over one message.

    `may_go` is asked when everything is ready and nothing has left yet, immediately before the message itself does.
    Whatever cannot be known afterwards is `UNSURE`, never guessed.
    """

    @property
    def shown(self) -> str:
        """Return the sender that she will see."""

    def send(self, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Hand one message over, and say what became of it. It raises nothing that a server can cause."""


def later(trouble: Trouble) -> Answer:
    """Return that it is known not to have gone out, and may later."""
    return Answer(Fate.LATER, trouble)
