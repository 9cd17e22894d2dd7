"""Which requests are open, for whom, until when, and why not (arts 14, 19 to 24, 29 to 31, 35, 36, 39).

When anything is in doubt the evidence stays, the request is recorded and the team decides with the person:
doubt turns an open or a closed answer into `NURSE`, never into destruction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from portal.law.cases import Case, Complaint
from portal.law.keeping import Keeping, keeping
from portal.law.phases import Phase


class RequestKind(StrEnum):
    """What a person can ask under the law. The first four concern the report and the traces.

    The last is never asked by her: the team proposes it, after the period (art. 29 § 5).
    """

    REPORT_COPY = "report-copy"
    EXTENSION = "extension"
    DESTRUCTION = "destruction"
    RESTITUTION = "restitution"
    GIVE_OWN_COPY = "give-own-copy"
    WITHDRAW_SERVICE = "withdraw-service"
    COMPLAINT_THROUGH_CENTRE = "complaint-through-centre"
    COMPLAINT_TO_POLICE = "complaint-to-police"
    SUPPORT_PERSON = "support-person"
    SUPPORT_FOR_SUPPORT_PERSON = "support-for-support-person"
    LANGUAGE_HELP = "language-help"
    HEARING_INTERPRETER = "hearing-interpreter"
    CONTACT_SUPPORT_PERSON = "contact-support-person"
    OPEN_DATA_TO_PROFESSIONAL = "open-data-to-professional"
    CONTACT_ME = "contact-me"  # also serves arts 35 and 36: what is not written is said by voice
    STOP_MESSAGES = "stop-messages"
    END_OF_PERIOD = "end-of-period"


class Way(StrEnum):
    """How a request is answered."""

    OPEN = "open"  # recorded as asked
    NURSE = "nurse"  # recorded, evidence held, the team decides with her
    CLOSED = "closed"  # not under this article; explained


@dataclass(frozen=True)
class Opening:
    """An answer to one request: its way, the last day told to her, its article, a stable reason, and its form.

    `written` says whether the law itself asks for writing.
    """

    way: Way
    ask_by: date | None
    article: str
    reason: str
    written: bool = False


# Said aloud, these would tell that there is a complaint: they all read the same as "talk with your centre".
HIDDEN_REASONS = frozenset(
    {"complaint", "complaint-unknown", "exam-ordered", "hold", "no-complaint", "no-hearing", "seized"}
)


def hides_its_cause(opening: Opening) -> bool:
    """Tell whether an answer must read "talk with your centre", whatever lies behind it.

    Whoever holds her phone must not learn from it whether there was a complaint, a hold or a seizure.
    """
    return opening.way is Way.NURSE or opening.reason in HIDDEN_REASONS


def own_keeping(case: Case) -> Keeping | None:
    """Return the period of art. 29 that runs for a case; None without examination or where a judge ordered it.

    An unknown complaint keeps the clock visible to the team (A-11); nothing is destroyed by it.
    For a minor these are the fifty years of the traces, not the five of the toxicology samples (A-13).
    """
    if case.exam_on is None or case.complaint is Complaint.BEFORE_EXAM:
        return None
    return keeping(case.exam_on, minor=case.minor, extended=case.extended and not case.minor)


def open_requests(case: Case, today: date) -> Mapping[RequestKind, Opening]:
    """Return what is open on a day (Europe/Brussels) for a case, for every kind of request."""
    answers = {
        RequestKind.REPORT_COPY: _report_copy(case),
        RequestKind.EXTENSION: _extension(case, today),
        RequestKind.DESTRUCTION: _destruction(case, today),
        RequestKind.RESTITUTION: _restitution(case, today),
        RequestKind.GIVE_OWN_COPY: _give_own_copy(case),
        RequestKind.WITHDRAW_SERVICE: _open("19 § 1 al. 2"),
        RequestKind.COMPLAINT_THROUGH_CENTRE: _complaint_through_centre(case),
        RequestKind.COMPLAINT_TO_POLICE: _complaint_to_police(case),
        RequestKind.SUPPORT_PERSON: _open("21"),
        RequestKind.SUPPORT_FOR_SUPPORT_PERSON: _open("22"),
        RequestKind.LANGUAGE_HELP: _open("19 § 3 al. 2"),
        RequestKind.HEARING_INTERPRETER: _hearing_interpreter(case),
        RequestKind.CONTACT_SUPPORT_PERSON: _contact_support_person(case),
        RequestKind.OPEN_DATA_TO_PROFESSIONAL: _open("23 al. 4"),
        RequestKind.CONTACT_ME: _open("14"),
        RequestKind.STOP_MESSAGES: _open("19 § 1 al. 2"),
        RequestKind.END_OF_PERIOD: _closed("29 § 5", "team-only"),
    }
    return {kind: replace(answer, written=_law_asks_writing(kind, case)) for kind, answer in answers.items()}


def _law_asks_writing(kind: RequestKind, case: Case) -> bool:
    """Art. 29 § 3 al. 2 (extension), § 4 al. 1 (a minor's destruction), 23 al. 4 (opening data to one professional)."""
    return kind in (RequestKind.EXTENSION, RequestKind.OPEN_DATA_TO_PROFESSIONAL) or (
        kind is RequestKind.DESTRUCTION and case.minor
    )


def _open(article: str, *, ask_by: date | None = None) -> Opening:
    return Opening(Way.OPEN, ask_by, article, "open")


def _nurse(article: str, reason: str) -> Opening:
    return Opening(Way.NURSE, None, article, reason)


def _closed(article: str, reason: str) -> Opening:
    return Opening(Way.CLOSED, None, article, reason)


def _report_copy(case: Case) -> Opening:
    """Art. 24: on request, free, in every phase, without a last day."""
    if case.minor:
        return _nurse("24", "minor")  # the patients' rights law decides who exercises the right
    if case.exam_on is not None and case.complaint is Complaint.BEFORE_EXAM:
        return _nurse("24", "exam-ordered")  # a report made on requisition: A-23
    if case.exam_on is not None and case.complaint is Complaint.UNKNOWN:
        return _nurse("24", "complaint-unknown")
    return _open("24")  # without an exam there are data and no report, whatever became of a complaint


def _traces_gone_or_elsewhere(case: Case) -> Opening | None:
    if case.destroyed:
        return _closed("29 § 5", "destroyed")
    if case.seized:
        return _closed("40", "seized")  # the hospital holds nothing any more: ask the prosecutor or judge
    return None


def _under_art_29(case: Case, article: str) -> Opening | None:
    """Answer for traces that art. 29 does not, or may not, cover."""
    if case.complaint is Complaint.BEFORE_EXAM:
        return _closed("30", "exam-ordered")
    if case.phase is Phase.NON_ACUTE:
        return _nurse(article, "doubt")  # art. 27 provides no examination here, and yet there was one
    if case.complaint is Complaint.UNKNOWN:
        return _nurse(article, "complaint-unknown")
    return None


def _extension(case: Case, today: date) -> Opening:
    """Art. 29 § 3 al. 2: once, in writing, before the first six months end.

    A later complaint or a hold does not close it: extending only protects (A-11).
    """
    article = "29 § 3 al. 2"
    if away := _traces_gone_or_elsewhere(case):
        return away
    if case.exam_on is None:
        return _closed("29 § 3", "no-exam")
    if case.minor:
        return _closed("29 § 4 al. 1", "minor-kept-longer")  # whoever ordered the exam: the page must not tell it
    return _under_art_29(case, article) or _one_extension(case, case.exam_on, today, article)


def _one_extension(case: Case, exam_on: date, today: date, article: str) -> Opening:
    if case.extended:
        return _nurse(article, "extended-once")  # a second request is never a silent error
    ask_by = keeping(exam_on, minor=False).ask_by
    return _nurse(article, "date-passed") if today > ask_by else _open(article, ask_by=ask_by)


def _destruction(case: Case, today: date) -> Opening:
    """Art. 29 § 3 al. 1 (adult, no form) and § 4 al. 1 (the capable minor's own written consent)."""
    article = "29 § 4 al. 1" if case.minor else "29 § 3 al. 1"
    if case.exam_on is None and not (case.destroyed or case.seized):
        return _closed(article, "no-exam")
    return _irreversible(case, today, article, able=case.capable_29_4)


def _restitution(case: Case, today: date) -> Opening:
    """Art. 29 § 3 al. 3 and § 4 al. 2: clothes and other things handed over, during the retention period."""
    article = "29 § 4 al. 2" if case.minor else "29 § 3 al. 3"
    return _irreversible(case, today, article, able=case.apt_29_4)


def _irreversible(case: Case, today: date, article: str, *, able: bool | None) -> Opening:
    if away := _traces_gone_or_elsewhere(case):
        return away
    if case.exam_on is None:
        return _nurse(article, "no-exam")  # things she may have handed over: A-34
    if elsewhere := _under_art_29(case, article):
        return elsewhere
    if reason := _why_the_team_decides(case, able=able):
        return _nurse(article, reason)
    ask_by = keeping(case.exam_on, minor=case.minor, extended=case.extended and not case.minor).ask_by
    return _nurse(article, "date-passed") if today > ask_by else _open(article, ask_by=ask_by)


def _why_the_team_decides(case: Case, *, able: bool | None) -> str | None:
    """Return why nothing irreversible is open by itself, or None."""
    if case.complaint is Complaint.AFTER_EXAM and case.waits_for_an_answer:
        return "complaint"
    if case.hold:
        return "hold"
    if case.minor and not able:
        return "minor"
    if case.vulnerable or case.protected:
        return "understanding"  # seen in person, without a representative
    return None


def _give_own_copy(case: Case) -> Opening:
    """Art. 39 al. 1: she may hand her own copy to the police, the prosecutor or the judge."""
    if case.exam_on is None:
        return _closed("39 al. 1", "no-exam")
    if case.complaint is Complaint.BEFORE_EXAM:
        return _closed("31 al. 3", "exam-ordered")  # the report goes to the authority that ordered it
    if case.complaint is Complaint.NONE:
        return _closed("39 al. 1", "no-complaint")
    return _open("39 al. 1")


def _complaint_through_centre(case: Case) -> Opening:
    """Arts 35 (acute) and 36 (post-acute, non-acute): the nurse contacts the police after express consent.

    A complaint decided in the centre before the examination (art. 32) belongs to the admission itself.
    """
    article = "35 § 1" if case.phase in (Phase.ACUTE, None) else "36"
    if case.complaint in (Complaint.BEFORE_EXAM, Complaint.AFTER_EXAM):
        return _nurse(article, "complaint")
    return _open(article)


def _complaint_to_police(case: Case) -> Opening:
    """Her own choice (art. 19 § 2), at any police service; only the limitation of the offence sets an end."""
    if case.complaint in (Complaint.BEFORE_EXAM, Complaint.AFTER_EXAM):
        return _nurse("19 § 2", "complaint")
    return _open("19 § 2")


def _hearing_interpreter(case: Case) -> Opening:
    """Art. 19 § 3 al. 1: a right, at the hearing, arranged by the police."""
    if case.complaint is Complaint.NONE:
        return _closed("19 § 3 al. 1", "no-hearing")
    return _open("19 § 3 al. 1")


def _contact_support_person(case: Case) -> Opening:
    """Art. 14 § 3: express and explicit permission, while she is followed up; not provided in the non-acute phase."""
    if case.phase is Phase.NON_ACUTE:
        return _closed("14 § 3", "no-follow-up")
    if case.minor and not case.apt_29_4:
        return _nurse("14 § 3", "minor")  # "estimée apte à apprécier raisonnablement ses intérêts"
    return _open("14 § 3")
