"""What her link tells. Whoever holds it, the phone and the code must not learn whether there was a complaint.

A complaint after the examination, a hold or a seizure changes nothing that is shown. Where a complaint before the
examination, or an unknown one, leaves no period that could truthfully be told, everything reads "talk with your
centre", as it does for somebody who chose that everything is talked over in person.

Nor does a link tell what was destroyed at the end of a period: what is still there so long after would tell of a
complaint, a hold or a seizure. Once its day has passed, a thing is listed no more, whether it is there or not.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from portal.law.cases import Case, Complaint
from portal.law.course import State
from portal.law.items import Item, item_keeping
from portal.law.openings import Opening, RequestKind, Way, open_requests
from portal.law.phases import Phase

DEALT_WITH = "dealt-with"
TALK = Opening(Way.NURSE, None, "29", "in-person")
ABOUT_EVIDENCE = (
    RequestKind.EXTENSION,
    RequestKind.REPORT_COPY,
    RequestKind.DESTRUCTION,
    RequestKind.RESTITUTION,
)
BESIDE = (
    RequestKind.CONTACT_ME,
    RequestKind.LANGUAGE_HELP,
    RequestKind.WITHDRAW_SERVICE,
    RequestKind.STOP_MESSAGES,
)
HERS = (*ABOUT_EVIDENCE, *BESIDE)
"""What she can ask for, with a link or in person, in the order in which it is offered; of every other kind she is only
told, and the end of a period is proposed by the team and told by no link."""


def as_told(case: Case) -> Case | None:
    """Return the case as her link may know it; None where it may show nothing but "talk with your centre"."""
    if case.exam_on is not None and case.complaint in (Complaint.BEFORE_EXAM, Complaint.UNKNOWN):
        return None
    destroyed = case.destroyed and not case.ended
    return replace(case, complaint=Complaint.NONE, hold=False, seized=False, destroyed=destroyed, ended=False)


def tells_the_same(before: Case, after: Case) -> bool:
    """Tell whether her link shows the same of a case before and after a correction.

    Where it would not, whoever holds the link, the phone and the code would see what was put right.
    """
    return _told_of(before) == _told_of(after)


def _told_of(case: Case) -> Case | None:
    told = as_told(case)
    in_doubt = case.phase is Phase.NON_ACUTE  # all that is shown of a phase: art. 27
    return replace(told, phase=case.phase if in_doubt else None) if told else None


def is_listed(case: Case, item: Item, today: date) -> bool:
    """Tell whether her link lists a thing, for a case as told: until the last day to ask, and not a day longer."""
    period = item_keeping(case, item)
    return period is None or today <= period.ask_by


def told_state(state: State, *, all_is_talked_over: bool) -> str:
    """Return where her link says that a request stands.

    What the team confirmed or signed is opened again by a complaint, a hold or a seizure: her link shows neither. Where
    nothing but "talk with your centre" may be shown, an end does not say which end.
    """
    if state in (State.CONFIRMED, State.SIGNED):
        return State.TAKEN_UP
    return DEALT_WITH if all_is_talked_over and state in (State.DONE, State.NOT_DONE) else state


def told_openings(case: Case | None, today: date) -> Mapping[RequestKind, Opening]:
    """Return the answers her link shows for a case as told, on a day (Europe/Brussels)."""
    if case is None:
        return dict.fromkeys(ABOUT_EVIDENCE, TALK)
    answers = open_requests(case, today)
    return {kind: answers[kind] for kind in ABOUT_EVIDENCE}
