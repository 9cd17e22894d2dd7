"""Neutral words that go out, and the two ways out. Nothing sent says centre, hospital or violence (art. 23 al. 3)."""

from portal.messages.delivery import Deliverer
from portal.messages.sender import Answer, Outgoing, Sender
from portal.messages.senders import senders_from
from portal.messages.wording import Wording, every_wording, link_message, wording

__all__ = [
    "Answer",
    "Deliverer",
    "Outgoing",
    "Sender",
    "Wording",
    "every_wording",
    "link_message",
    "senders_from",
    "wording",
]
