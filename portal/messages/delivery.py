"""The worker: takes what is due, hands it over, writes down what became of it. Stopped anywhere, it loses nothing."""

from collections import Counter
from collections.abc import Callable, Mapping

from portal.clock import Clock
from portal.events import Event, tell_error
from portal.library import Library
from portal.messages.sender import Answer, Outgoing, Sender
from portal.messages.wording import wording
from portal.records.database import Database
from portal.records.outbox import Claimed, Fate, Trouble, claim, finish, may_go, sweep
from portal.records.recipients import Channel


class Deliverer:
    """Delivers what is due. Several may run at once, on as many machines: no message is taken by two."""

    def __init__(self, database: Database, library: Library, senders: Mapping[Channel, Sender], clock: Clock) -> None:
        """Remember the rooms, and the ways out."""
        self._database, self._library, self._senders, self._clock = database, library, senders, clock

    def run(self, is_stopped: Callable[[], bool] = lambda: False) -> Counter[str]:
        """Deliver what is due, until told to stop; return what became of how many, and of whom nothing."""
        became: Counter[str] = Counter()
        sweep(self._database, self._clock())
        while not is_stopped() and (claimed := claim(self._database, self._senders, self._clock())):
            answer = self._hand_over(claimed)
            finish(self._database, claimed, answer.fate, answer.trouble, self._clock())
            became[f"{answer.fate} ({answer.trouble})" if answer.trouble else str(answer.fate)] += 1
        return became

    def _hand_over(self, claimed: Claimed) -> Answer:
        words = wording(self._library, claimed.kind, claimed.language, claimed.link)
        message = Outgoing(claimed.message_id, claimed.to, words.subject, words.text)
        try:
            return self._senders[claimed.channel].send(message, lambda: may_go(self._database, claimed, self._clock()))
        except Exception as error:
            tell_error(Event.HAND_OVER_FAILED, error)
            return Answer(Fate.UNSURE, Trouble.INTERRUPTED)
