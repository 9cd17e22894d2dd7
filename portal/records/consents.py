"""The admission, consents and the support person, as people noted them. Nothing here is given by the portal."""

from dataclasses import dataclass
from datetime import date, datetime

from portal import law
from portal.records.cases import OpenedCase, change_facts, open_case
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.notebook import About, Entry, write_entries
from portal.records.requests import ask_again


class FixedError(Exception):
    """The phase is measured once, at the admission; afterwards it is only corrected (art. 2, 2° to 4°)."""


@dataclass(frozen=True)
class Admitted:
    """When somebody was admitted, in Brussels, and in which phase. The day of the facts is not kept.

    `was_counted` tells whether the phase was counted from a day, or judged by the team (A-03).
    """

    on: date
    hour: str
    phase: law.Phase
    was_counted: bool


def note_admission(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, admitted: Admitted
) -> None:
    """Note day, hour and phase of the admission, once.

    Raises:
        LookupError: this centre has no such case.
        FixedError: it was noted before.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if case.admission.phase is not None or admission_of(case):
            raise FixedError(case_id)
        change_facts(database, session, case, phase=admitted.phase)
        how = "counted" if admitted.was_counted else "judged"
        entry = Entry(About.ADMISSION, how, staff_id, now, on=admitted.on, after=admitted.hour)
        write_entries(database, session, case.record, [entry])
        ask_again(database, session, case, now, staff_id)
        write_line(session, centre_id, now, staff_id, "fact-noted", case_id)


def note_consent(
    database: Database,
    centre_id: str,
    case_id: str,
    staff_id: str,
    now: datetime,
    consent: law.Consent,
    on: date,
    *,
    withdrawn: bool = False,
) -> None:
    """Note that a consent, or its end, is in the patient file. It moves no date and asks for no destruction (A-14).

    Without the consent of art. 14 § 3, how to reach the support person is not kept.

    Raises:
        LookupError: this centre has no such case.
        ValueError: the law knows no such consent for this person, or what is withdrawn was never noted.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        stands = consents_of(case).get(consent)
        if consent not in law.consents_for(case.law_case) or (withdrawn and stands is None):
            raise ValueError(consent)
        about = About.WITHDRAWN if withdrawn else About.CONSENT
        entries = [Entry(about, consent, staff_id, now, on=on)]
        support = support_of(case)
        if withdrawn and consent is law.Consent.SUPPORT_CONTACT and support:
            entries.append(Entry(About.SUPPORT, support.what, staff_id, now))
        write_entries(database, session, case.record, entries)
        write_line(session, centre_id, now, staff_id, "consent-noted", case_id)


def note_support(
    database: Database, centre_id: str, case_id: str, staff_id: str, now: datetime, *, there: bool, reach: str = ""
) -> None:
    """Note that there is a support person, or none; how to reach them only where she allowed it (art. 14 § 3, A-24).

    Raises:
        LookupError: this centre has no such case.
        ValueError: how to reach them, without the consent of art. 14 § 3.

    """
    with database.writing(centre_id) as session:
        case = open_case(database, session, centre_id, case_id)
        if case is None:
            raise LookupError(case_id)
        if reach and not (there and law.Consent.SUPPORT_CONTACT in consents_of(case)):
            raise ValueError("art. 14 § 3")
        entry = Entry(About.SUPPORT, "yes" if there else "no", staff_id, now, after=reach)
        write_entries(database, session, case.record, [entry])
        write_line(session, centre_id, now, staff_id, "support-noted", case_id)


def admission_of(case: OpenedCase) -> Entry | None:
    """Return what was noted of the admission."""
    return _last(case, About.ADMISSION)


def support_of(case: OpenedCase) -> Entry | None:
    """Return what is noted of a support person: `what` is yes or no, `after` how to reach them."""
    return _last(case, About.SUPPORT)


def consents_of(case: OpenedCase) -> dict[str, Entry]:
    """Return the consents that stand: the last word on each, without those withdrawn."""
    spoken = [one for one in case.entries if one.about in (About.CONSENT, About.WITHDRAWN)]
    return {name: one for name, one in {one.what: one for one in spoken}.items() if one.about is About.CONSENT}


def _last(case: OpenedCase, about: About) -> Entry | None:
    return next((one for one in reversed(case.entries) if one.about is about), None)
