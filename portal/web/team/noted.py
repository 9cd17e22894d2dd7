"""What is noted of a case, in the words of the team: who wrote it down, and each value as people say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.library.languages import say_date
from portal.records.cases import OpenedCase
from portal.records.consents import admission_of, consents_of, support_of
from portal.records.corrections import admitted
from portal.records.database import Database
from portal.records.models import Hold, Staff
from portal.records.notebook import About, Entry
from portal.records.notes import Word, holds_of_team
from portal.web.languages import present_language

DAYS = frozenset({"exam_on", "admitted_on", "item_day"})
KNOWN_AS = {"capable_29_4": "note.capable", "apt_29_4": "note.apt", "answered": "casepage.answered"}
JUDGED = {"True": "yes", "False": "no", "None": "note.judged_open"}


@dataclass(frozen=True)
class Noted:
    """What stands in the notebook of a case, and the holds of the team, with the names of whoever wrote it."""

    case: OpenedCase
    holds: list[tuple[Hold, dict[str, Word]]]
    names: Mapping[str, str]

    @property
    def admission(self) -> Entry | None:
        """What was noted of the admission, and by whom."""
        return admission_of(self.case)

    @property
    def admitted(self) -> tuple[date | None, str]:
        """Its day and hour, as they stand now."""
        return admitted(self.case)

    @property
    def support(self) -> Entry | None:
        """Whether there is a support person."""
        return support_of(self.case)

    @property
    def consents(self) -> dict[str, Entry]:
        """The consents that stand."""
        return consents_of(self.case)

    @property
    def withdrawn(self) -> list[Entry]:
        """The consents that were noted as ended."""
        return self.of(About.WITHDRAWN)

    @property
    def known(self) -> list[Entry]:
        """What became known, and who said so."""
        return self.of(About.KNOWN)

    @property
    def moved(self) -> list[Entry]:
        """What was handed on."""
        return self.of(About.MOVED)

    @property
    def moved_back(self) -> list[Entry]:
        """What was handed on by a slip, and is here after all."""
        return self.of(About.BACK)

    @property
    def corrected(self) -> list[Entry]:
        """Every correction, the oldest first."""
        return self.of(About.CORRECTED)

    def of(self, about: About) -> list[Entry]:
        """Return the lines of one kind."""
        return [one for one in self.case.entries if one.about is about]

    def who(self, staff_id: str | None) -> str:
        """Return the name inside of a member of the team."""
        return self.names.get(staff_id or "", "")


def noted_of(database: Database, session: Session, case: OpenedCase) -> Noted:
    """Return what is noted of a case."""
    holds = holds_of_team(database, session, case.record)
    ids = {one.by for one in case.entries} | {
        one for hold, _why in holds for one in (hold.set_by, hold.lifted_by) if one
    }
    ids |= {one for one in (case.record.registered_by, case.record.in_file_by) if one}
    return Noted(case, holds, {one: session.get_one(Staff, one).login for one in ids})


def say_value(what: str, value: str) -> str:
    """Say a value of a correction, or of what became known, as people say it."""
    if what in DAYS:
        nothing = str(_("case.no_exam")) if what == "exam_on" else "–"
        return say_date(date.fromisoformat(value), present_language()) if value else nothing
    if what == "minor":
        return str(_("case.minor") if value == "True" else _("case.adult"))
    named = {"complaint": "complaint.", "phase": "casepage.phase_", "item_kind": "thing.kind_"}
    if what in named and value:
        return str(_(named[what] + value))
    return str(_(JUDGED[value])) if value in JUDGED else value or "–"


def say_known(what: str) -> str:
    """Say which fact became known."""
    return str(_(KNOWN_AS.get(what, "note." + what)))
