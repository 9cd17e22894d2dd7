"""Whether the journal is what was written: by its own chain, and by the anchors that lie outside."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import brussels_day
from portal.records import journal
from portal.records.anchors import Anchor, open_to_add
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import Centre, JournalLine

ANCHORED, BROKEN = "journal-anchored", "journal-broken"


class Fault(StrEnum):
    """What was found: none of it happens by working with the portal."""

    LINE = "line"  # edited, taken out, or moved: the chain does not fit
    REWRITTEN = "rewritten"  # the chain fits, and is another than the one that was anchored
    CUT = "cut"  # it ends before a line that was anchored
    NO_ANCHOR = "no-anchor"  # it tells of an anchor that the file does not hold


@dataclass(frozen=True)
class Checked:
    """What a check found in the journal of a centre.

    `lines` is how many there are, `last` the last anchor that was held against them, `fault` what was found first, and
    `at_line` where.
    """

    lines: int
    last: Anchor | None = None
    fault: Fault | None = None
    at_line: int | None = None

    @property
    def unanchored(self) -> int:
        """How many lines stand after the last anchor: the stated limit of what can be proved."""
        return self.lines - (self.last.seq if self.last else 0)


@dataclass(frozen=True)
class Anchored:
    """What anchoring did for a centre. `is_new` is False where the day had its anchor already, or nothing fitted."""

    centre_name: str
    checked: Checked
    is_new: bool


def check(
    session: Session,
    centre_id: str,
    anchors: Sequence[Anchor] | None = None,
    more: Callable[[int], None] | None = None,
) -> Checked:
    """Hold a centre's journal against its own chain and, where they are given, against its anchors.

    `more` is told, each time, that so many more lines were read.
    """
    lines = _lines(session, centre_id)
    last = anchors[-1] if anchors else None
    if (line := journal.verify(session, centre_id, more)) is not None:
        return Checked(lines, last, Fault.LINE, line)
    for anchor in anchors or ():
        if anchor.seq > lines:
            return Checked(lines, last, Fault.CUT, anchor.seq)
        if _hash_at(session, centre_id, anchor.seq) != anchor.head:
            return Checked(lines, last, Fault.REWRITTEN, anchor.seq)
    if anchors is not None and (missing := _not_among(session, centre_id, anchors)):
        return Checked(lines, last, Fault.NO_ANCHOR, missing)
    return Checked(lines, last)


def counted(
    database: Database, centre_ids: Iterable[str], progress: Callable[[int, int], None]
) -> Callable[[int], None]:
    """Return what is told that so many more lines were read, and says how many of all the lines of these centres."""
    done = of = 0
    for centre_id in centre_ids:
        with database.reading(centre_id) as session:
            of += _lines(session, centre_id)

    def more(many: int) -> None:
        nonlocal done
        done += many
        progress(done, of)

    return more


def anchor_all(
    database: Database,
    path: Path,
    keys: Sequence[bytes],
    now: datetime,
    actor: str,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Anchored, ...]:
    """Anchor every centre's journal in a file: once a day in Brussels, and never a journal that does not fit.

    The anchor is on the disk before the journal tells of it: where the machine stops in between, nothing is missed.

    Raises:
        DamagedError: the file is not what was written; nothing was added.
        OSError: the file cannot be read or written.

    """
    with open_to_add(path, keys) as file:
        with database.reading(across=Across.CENTRES) as session:
            centres = list(session.scalars(select(Centre).order_by(Centre.name)))
        more = counted(database, [one.id for one in centres], progress) if progress else None
        done = []
        for centre in centres:
            with database.reading(centre.id) as session:
                before = file.written.of(centre.id)
                checked = check(session, centre.id, before, more)
                head = _hash_at(session, centre.id, checked.lines)
            if checked.fault:
                note(database, centre.id, BROKEN, centre.id, now, actor)
                done.append(Anchored(centre.name, checked, is_new=False))
            elif before and brussels_day(before[-1].at) >= brussels_day(now):
                done.append(Anchored(centre.name, checked, is_new=False))
            else:
                anchor = file.add(centre.id, checked.lines, head, now)
                note(database, centre.id, ANCHORED, anchor.id, now, actor)
                done.append(Anchored(centre.name, Checked(checked.lines, anchor), is_new=True))
        return tuple(done)


def note(database: Database, centre_id: str, action: str, subject: str, now: datetime, actor: str) -> None:
    """Write in the journal that it was anchored, or that it did not fit."""
    with database.writing(centre_id) as session:
        journal.write_line(session, centre_id, now, actor, action, subject)


def _lines(session: Session, centre_id: str) -> int:
    return session.scalar(select(func.max(JournalLine.seq)).where(JournalLine.centre_id == centre_id)) or 0


def _hash_at(session: Session, centre_id: str, seq: int) -> str:
    line = session.get(JournalLine, (centre_id, seq))
    return line.hash if line else journal.BEGINNING


def _not_among(session: Session, centre_id: str, anchors: Sequence[Anchor]) -> int | None:
    """Return the first line that tells of an anchor which is not among these."""
    known = {anchor.id for anchor in anchors}
    told = select(JournalLine.seq, JournalLine.subject).where(
        JournalLine.centre_id == centre_id, JournalLine.action == ANCHORED
    )
    return next((seq for seq, subject in session.execute(told.order_by(JournalLine.seq)) if subject not in known), None)
