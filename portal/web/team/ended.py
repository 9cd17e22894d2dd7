"""What ran out of a case, as its page shows it: the written list, what stands against the end, and the proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal import law
from portal.law.ending import ARTICLES
from portal.records import requests
from portal.records.cases import OpenedCase
from portal.records.ending import Period, ran_out
from portal.records.models import Centre, RequestRecord
from portal.web.rooms import rooms


@dataclass(frozen=True)
class Ended:
    """What the section shows: what ran out, the proposal that waits, and when the hospital wrote its grace down."""

    period: Period
    proposal: RequestRecord | None
    grace_written_on: date | None
    article: ClassVar[str] = "29 § 5"
    articles: ClassVar[Mapping[str, str]] = ARTICLES
    keeping_articles: ClassVar[tuple[str, str]] = ("29 § 3", "29 § 4 al. 1")  # an adult's, a minor's

    @property
    def listed(self) -> str:
        """The things of the list, as its form carries them: what is proposed is what was looked at."""
        return ",".join(one.id for one in self.period.things)


def ended_of(opened: OpenedCase) -> Ended | None:
    """Return what ran out of a case; None where nothing is past its last day of keeping."""
    with rooms().database.reading(opened.record.centre_id) as session:
        period = ran_out(session, opened, rooms().today)
        if period is None:
            return None
        proposal = requests.pending(session, opened.record.id, law.RequestKind.END_OF_PERIOD)
        written_on = session.get_one(Centre, opened.record.centre_id).grace_written_on
        return Ended(period, proposal, written_on)
