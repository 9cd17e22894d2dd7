"""A desk that sends messages, and a way out that does what a test wants of it."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from portal.access.hashing import fast_hash
from portal.access.links import NewLink, make_link
from portal.library import Library
from portal.messages import Answer, Deliverer, Outgoing
from portal.records import outbox
from portal.records.choices import Contact, Reminder
from portal.records.database import Database
from portal.records.models import Message
from portal.records.outbox import Fate, Kind, Queued, Trouble
from portal.records.recipients import Channel
from tests.agreeing import agreed
from tests.clock import StillClock
from tests.records.desk import Desk

NUMBER = "0470 12 34 56"
DIALLED = "+32470123456"


class Kill(BaseException):
    """The worker is gone, in the middle of a line."""


class Way(StrEnum):
    """What a server can do with a message, and whether the message left."""

    TAKES = "takes it"
    LATER = "asks to come back"
    REFUSES = "refuses it for good"
    LOSES = "takes it and says nothing more"
    DROPS = "takes half of it and is gone"
    KILLED_BEFORE = "the worker is killed before"
    KILLED_AFTER = "the worker is killed after"


LEAVES = {Way.TAKES, Way.LOSES, Way.KILLED_AFTER}
ANSWERS = {
    Way.TAKES: Answer(Fate.SENT),
    Way.LATER: Answer(Fate.LATER, Trouble.BUSY),
    Way.REFUSES: Answer(Fate.REFUSED, Trouble.REFUSED),
    Way.LOSES: Answer(Fate.UNSURE, Trouble.INTERRUPTED),
    Way.DROPS: Answer(Fate.UNSURE, Trouble.INTERRUPTED),
}


class Post:
    """A way out. It remembers what left, and when."""

    shown = "Info"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock, self.ways = clock, list[Way]()
        self.left: list[tuple[datetime, Outgoing]] = []
        self.before: Callable[[], object] = lambda: None

    def send(self, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Do the next thing that was asked for; take it where nothing was."""
        way = self.ways.pop(0) if self.ways else Way.TAKES
        self.before()
        if not may_go():
            return Answer(Fate.WITHDRAWN)
        if way is Way.KILLED_BEFORE:
            raise Kill
        if way in LEAVES:
            self.left.append((self.clock(), message))
        if way is Way.KILLED_AFTER:
            raise Kill
        return ANSWERS[way]

    def counts(self) -> Counter[str]:
        """How often each message left."""
        return Counter(message.id for _, message in self.left)


class PostDesk(Desk):
    """A desk with an outbox and a way out for each channel."""

    def __init__(self, database: Database, clock: StillClock, library: Library, name: str = "north") -> None:
        super().__init__(database, clock, name)
        self.library, self.post = library, Post(clock)
        self.agree()

    def agree(self, way: str = "sms", to: str = NUMBER, hours: tuple[str, ...] = ("any",)) -> None:
        """Agree how she is reached."""
        agreed(self.database, self.centre_id, self.case_id, Contact(way, to, hours), self.clock())

    def wish(self, way: str = "write", hours: str = "any") -> None:
        """She wishes to be reminded."""
        self.choose(reminder=Reminder(way, hours))

    def queue(self, kind: Kind = Kind.CALL) -> Queued:
        """Write a message without a link."""
        return outbox.queue(self.database, self.centre_id, self.case_id, self.nurse, kind, self.clock())

    def link(self) -> NewLink:
        """Make a link."""
        return make_link(self.database, self.centre_id, self.case_id, self.nurse, self.clock())

    def queue_link(self, link: NewLink) -> Queued:
        """Write the message that carries a link."""
        return outbox.queue_link(
            self.database,
            self.centre_id,
            self.case_id,
            self.nurse,
            self.clock(),
            address=f"http://localhost/fr/l/{link.token}",
            token_hash=fast_hash(link.token),
        )

    def worker(self, post: Post | None = None) -> Deliverer:
        """Return a worker, as fresh as after a restart."""
        way = post or self.post
        return Deliverer(self.database, self.library, {Channel.SMS: way, Channel.EMAIL: way}, self.clock)

    def deliver(self, *ways: Way) -> Counter[str]:
        """Deliver what is due, whatever the server does."""
        self.post.ways += ways
        return self.worker().run()

    def message(self, message_id: str) -> Message:
        """A message as it stands."""
        with self.database.reading() as session:
            return session.get_one(Message, message_id)

    def undelivered(self) -> list[str]:
        """The messages that need somebody."""
        with self.database.reading() as session:
            return [message.id for message in outbox.undelivered(session, self.centre_id)]

    def actions(self) -> list[str]:
        """What the journal says of messages."""
        return [action for _, action, _ in self.journal() if action.startswith("message-")]
