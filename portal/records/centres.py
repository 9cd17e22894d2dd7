"""What a centre decided for all its cases: waiting time of a destruction, grace, rhythm of calls, quiet hours."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.law.course import LONGEST_WAITING
from portal.records.database import Database
from portal.records.journal import write_line
from portal.records.models import Centre

LONGEST_GRACE = 90  # days: "keep for ever to be safe" is not lawful either (art. 29 § 5)
LONGEST_RHYTHM = 8
LAST_FOLLOW_UP = 730


@dataclass(frozen=True)
class Rules:
    """The rules of a centre. `grace_days` is None until the hospital wrote one down: there is no default."""

    waiting_days: int
    grace_days: int | None
    grace_written_on: date | None
    follow_up_days: tuple[int, ...]
    quiet_from: int
    quiet_until: int

    def check(self) -> None:
        """Refuse rules that cannot be.

        Raises:
            ValueError: a number out of its range, or a grace without the day on which it was written down.

        """
        fits = (
            0 <= self.waiting_days <= LONGEST_WAITING.days
            and (self.grace_days is None) == (self.grace_written_on is None)
            and (self.grace_days is None or 0 <= self.grace_days <= LONGEST_GRACE)
            and len(self.follow_up_days) <= LONGEST_RHYTHM
            and all(1 <= day <= LAST_FOLLOW_UP for day in self.follow_up_days)
            and all(0 <= hour <= 23 for hour in (self.quiet_from, self.quiet_until))
            and self.quiet_from != self.quiet_until
        )
        if not fits:
            raise ValueError("rules that no centre can have")


def rhythm_of(centre: Centre) -> tuple[int, ...]:
    """Return on which days after the admission or the examination a centre calls (art. 14 § 3)."""
    return tuple(int(day) for day in centre.follow_up_days.split(",") if day)


def rules_of(centre: Centre) -> Rules:
    """Return what a centre decided."""
    return Rules(
        waiting_days=centre.waiting_days,
        grace_days=centre.grace_days,
        grace_written_on=centre.grace_written_on,
        follow_up_days=rhythm_of(centre),
        quiet_from=centre.quiet_from,
        quiet_until=centre.quiet_until,
    )


def change_rules(database: Database, centre_id: str, staff_id: str, rules: Rules, now: datetime) -> None:
    """Change what a centre decided, with one line of the journal for each rule that differs.

    What was asked before keeps the waiting time it was told; calls that are planned keep their day.

    Raises:
        ValueError: the rules cannot be.

    """
    rules.check()
    with database.writing(centre_id) as session:
        centre = session.get_one(Centre, centre_id)
        before = rules_of(centre)
        changes = {
            "waiting-changed": before.waiting_days != rules.waiting_days,
            "grace-changed": (before.grace_days, before.grace_written_on) != (rules.grace_days, rules.grace_written_on),
            "follow-up-days-changed": before.follow_up_days != rules.follow_up_days,
            "quiet-changed": (before.quiet_from, before.quiet_until) != (rules.quiet_from, rules.quiet_until),
        }
        centre.waiting_days = rules.waiting_days
        centre.grace_days, centre.grace_written_on = rules.grace_days, rules.grace_written_on
        centre.follow_up_days = ",".join(str(day) for day in rules.follow_up_days)
        centre.quiet_from, centre.quiet_until = rules.quiet_from, rules.quiet_until
        for action, differs in changes.items():
            if differs:
                write_line(session, centre_id, now, staff_id, action, centre_id)
