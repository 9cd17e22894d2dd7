"""Backups: the whole database in one moment, closed for a key that is kept offline, while the work goes on.

A backup that holds the keys of the cases opens what was erased since: it lives seven days (docs/erasure.md). One
without them may lie longer: alone it opens no case, and it is put back together with the keys of a younger one.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from portal.records import snapshot
from portal.records.anchoring import note
from portal.records.database import Database, new_id
from portal.records.fence import Across
from portal.records.files import whole_file
from portal.records.migrate import revision_of
from portal.records.models import Centre
from portal.records.offline_keys import Closing
from portal.records.receipts import key_id, public_halves
from portal.records.sealed_files import Closer, Head, NotOpenedError, read_head

FORM = "backup 1"
WHOLE, WITHOUT_KEYS = "whole", "without-keys"
KEYS_LIVE = timedelta(days=7)
NEXT = timedelta(days=1)  # a backup is made daily: what would be too old before the next goes with this one
MADE, RESTORED = "backup-made", "backup-restored"
NAMED, UNFINISHED = "*.backup", "backup.unfinished"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class About:
    """What the head of a backup tells in clear: nobody, and no number of cases."""

    id: str
    kind: str
    made_at: datetime
    version: str
    revision: str

    def as_fields(self) -> dict[str, str]:
        """Return it for the head of a file."""
        return {
            "form": FORM,
            "id": self.id,
            "kind": self.kind,
            "made_at": self.made_at.isoformat(),
            "version": self.version,
            "revision": self.revision,
        }


@dataclass(frozen=True)
class Made:
    """A backup that is whole on the disk, and how many rows are in it."""

    path: Path
    about: About
    rows: int


def make_backup(
    database: Database,
    folder: Path,
    to: Closing,
    signing_keys: Sequence[bytes],
    now: datetime,
    *,
    version: str,
    with_keys: bool = True,
    progress: Progress = lambda _done, _of: None,
) -> Made:
    """Write a backup into a folder. Everything acknowledged before `now` is in it.

    Raises:
        BlockingIOError: another backup is being written there.
        OSError: it cannot be written.

    """
    kind = WHOLE if with_keys else WITHOUT_KEYS
    path = folder / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.{kind}.backup"
    with whole_file(path, folder / UNFINISHED) as file, snapshot.one_moment(database) as connection:
        about = About(new_id(), kind, now.astimezone(UTC), version, revision_of(connection))
        counted = snapshot.counts(connection)
        closer = Closer(file, about.as_fields(), to, signing_keys)
        closer.add(json.dumps({"counts": counted, "columns": snapshot.columns()}).encode() + b"\n")
        every = sum(counted.values())
        with closing(snapshot.rows(connection, with_keys=with_keys)) as rows:
            for done, row in enumerate(rows, 1):
                closer.add(row)
                progress(done, every)
        closer.end()
    return Made(path, about, every)


def about(head: Head) -> About:
    """Return what a head tells of a backup.

    Raises:
        NotOpenedError: it is the head of something else.

    """
    told = head.fields
    try:
        made_at = datetime.fromisoformat(told["made_at"])
        if told["form"] != FORM or told["kind"] not in (WHOLE, WITHOUT_KEYS) or made_at.tzinfo is None:
            raise NotOpenedError("form")
        return About(told["id"], told["kind"], made_at, told["version"], told["revision"])
    except (KeyError, ValueError):
        raise NotOpenedError("form") from None


def delete_older(folder: Path, signing_keys: Sequence[bytes], now: datetime) -> list[Path]:
    """Delete what this installation wrote in a folder, holds keys, and would be over seven days old tomorrow.

    Nothing else: neither what another wrote, nor what holds no keys.

    Raises:
        OSError: one cannot be read or deleted.

    """
    own = {key_id(key) for key in public_halves(signing_keys)}
    gone = []
    for path in sorted(folder.glob(NAMED)):
        with suppress(NotOpenedError), path.open("rb") as file:
            head = read_head(file)
            told = about(head)
            if head.signed_by in own and told.kind == WHOLE and told.made_at + KEYS_LIVE < now + NEXT:
                gone.append(path)
    for path in gone:
        path.unlink()
    return gone


def note_in_journals(database: Database, action: str, backup_id: str, now: datetime, actor: str) -> None:
    """Write into every centre's journal that a backup of everything was made, or put back."""
    with database.reading(across=Across.CENTRES) as session:
        centres = list(session.scalars(select(Centre.id)))
    for centre_id in centres:
        note(database, centre_id, action, backup_id, now, actor)
