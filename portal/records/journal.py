"""The journal: one chain a centre, added to in the same transaction as what it tells of, never changed.

It holds ids and actions, nothing of a person. An edited or missing line is found by `verify`; the stated limit is
the last lines since the head was written down outside.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.records.models import JournalLine
from portal.records.news import take_out_of_file

BEGINNING = "0" * 64
AT_ONCE = 500  # lines that are read together
PERSON = "person"  # the person concerned, whoever holds her link and code


def write_line(session: Session, centre_id: str, at: datetime, actor: str, action: str, subject: str) -> None:
    """Add a line to a centre's journal, inside the caller's writing transaction."""
    last = session.scalars(
        select(JournalLine).where(JournalLine.centre_id == centre_id).order_by(JournalLine.seq.desc()).limit(1)
    ).first()
    line = JournalLine(
        centre_id=centre_id,
        seq=last.seq + 1 if last else 1,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        previous=last.hash if last else BEGINNING,
    )
    line.hash = _hash(line)
    session.add(line)
    take_out_of_file(session, action, subject)
    session.flush()


def verify(session: Session, centre_id: str, more: Callable[[int], None] | None = None) -> int | None:
    """Return the number of the first line that does not fit the chain, or None where every line does.

    `more` is told, each time, that so many more lines were read.
    """
    previous, expected = BEGINNING, 1
    chain = select(JournalLine).where(JournalLine.centre_id == centre_id).order_by(JournalLine.seq)
    with closing(session.scalars(chain.execution_options(yield_per=AT_ONCE))) as lines:
        for line in lines:
            if line.seq != expected or line.previous != previous or line.hash != _hash(line):
                return expected
            if more and expected % AT_ONCE == 0:
                more(AT_ONCE)
            previous, expected = line.hash, expected + 1
    return None


def _hash(line: JournalLine) -> str:
    body = [line.centre_id, line.seq, line.at.isoformat(), line.actor, line.action, line.subject]
    return hashlib.sha256(f"{line.previous}{json.dumps(body)}".encode()).hexdigest()
