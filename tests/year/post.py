"""A mail server and a gateway as they are: mostly they take a message, at times they do anything else."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.messages import Answer, Outgoing
from portal.records.outbox import Fate
from tests.clock import StillClock
from tests.messages.post import ANSWERS, LEAVES, Kill, Way

OFTEN = {
    Way.TAKES: 82,
    Way.LATER: 8,
    Way.REFUSES: 3,
    Way.LOSES: 2,
    Way.DROPS: 2,
    Way.KILLED_BEFORE: 2,
    Way.KILLED_AFTER: 1,
}


@dataclass(frozen=True)
class Letter:
    """What left, to whom, and when."""

    message_id: str
    to: str
    text: str
    at: datetime


class UncertainPost:
    """A way out for both channels. On days without a connection it takes nothing."""

    shown = "Info"

    def __init__(self, clock: StillClock, chance: random.Random) -> None:
        self.clock, self.chance = clock, chance
        self.is_dead = False
        self.left: list[Letter] = []
        self.in_hand: Callable[[str], None] = lambda _message_id: None

    def send(self, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Hand one message over, or not."""
        ways, weights = list(OFTEN), list(OFTEN.values())
        way = Way.LATER if self.is_dead else self.chance.choices(ways, weights)[0]
        self.clock.forward(seconds=2)
        self.in_hand(message.id)
        if not may_go():
            return Answer(Fate.WITHDRAWN)
        if way is Way.KILLED_BEFORE:
            raise Kill
        if way in LEAVES:
            self.left.append(Letter(message.id, message.to, f"{message.subject} {message.text}", self.clock()))
        if way is Way.KILLED_AFTER:
            raise Kill
        return ANSWERS[way]
