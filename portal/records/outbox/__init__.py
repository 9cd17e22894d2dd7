"""What goes out: one message, to one person, by the contact agreed at the examination. Lost never, doubled never.

```
waiting ── claimed ──> sending ──> sent
   ^                      ├──> waiting    known not to have gone out: later, with growing waits
   │                      ├──> failed     refused for good, or tried often enough: a nurse decides
   └── again (a new one)  └──> unsure     nobody knows: a nurse decides, never the machine
waiting ──> cancelled                     stopped, dropped, replaced, moved
```
"""

from portal.records.outbox.deciding import again, see, why_not_again
from portal.records.outbox.delivering import Claimed, claim, finish, may_go, sweep
from portal.records.outbox.kinds import Fate, Kind, NotSentError, State, Trouble
from portal.records.outbox.planning import Plan, plan_for
from portal.records.outbox.queueing import Queued, cancel, of_case, queue, queue_link, queue_reminder
from portal.records.outbox.undelivered import line_of, needs_somebody, undelivered

__all__ = [
    "Claimed",
    "Fate",
    "Kind",
    "NotSentError",
    "Plan",
    "Queued",
    "State",
    "Trouble",
    "again",
    "cancel",
    "claim",
    "finish",
    "line_of",
    "may_go",
    "needs_somebody",
    "of_case",
    "plan_for",
    "queue",
    "queue_link",
    "queue_reminder",
    "see",
    "sweep",
    "undelivered",
    "why_not_again",
]
