"""The few kinds, states and troubles of a message: the same words in the records, the worker and the console."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message is for. Each has one wording for everybody: `content/messages.toml`."""

    LINK = "link"
    REMINDER = "reminder"
    CALL = "call"


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"  # handed over to the server that carries it; what becomes of it there, nobody tells
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"


class Fate(StrEnum):
    """What became of handing a message over."""

    SENT = "sent"
    LATER = "later"  # known not to have gone out, and may go out later
    REFUSED = "refused"  # known not to have gone out, and never will
    UNSURE = "unsure"  # nobody knows
    WITHDRAWN = "withdrawn"  # not handed over: in the last moment it was not to go any more


class Trouble(StrEnum):
    """Why a message did not, or may not have gone out; each has its words, and what to do, in the console."""

    UNREACHABLE = "unreachable"  # the server did not answer
    BUSY = "busy"  # the server asked to come back later
    INSECURE = "insecure"  # the server could not prove who it is, or speaks in clear
    NOT_ACCEPTED = "not-accepted"  # the server does not take messages from this installation
    REFUSED = "refused"  # this number or address is refused for good
    INTERRUPTED = "interrupted"  # cut off while it was handed over
    WAITED = "waited-too-long"
    STOPPED = "stopped"  # she wants no messages
    NO_CONTACT = "no-contact"  # none agreed, or not one for messages
    NOT_ONE = "not-one"  # what was agreed is not exactly one number or address
    NO_HOURS = "no-hours"  # no hour is both safe for her and not quiet at the centre
    MOVED = "moved"  # another centre took the case over
    LINK_ENDED = "link-ended"
    CONTACT_CHANGED = "contact-changed"
    NOT_WISHED = "not-wished"  # she wishes no reminder, or not in writing
    BY_HAND = "by-hand"  # a member of the team took it back
    UNREADABLE = "unreadable"  # it, or its case, does not open


class NotSentError(Exception):
    """A message cannot be sent; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        """Remember why."""
        super().__init__(trouble)
        self.trouble = trouble
