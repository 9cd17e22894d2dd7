"""Putting a backup back: what is refused, what was done, and what was found, in words."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.anchoring import anchors_in, say_checked
from portal.cli.long_work import progress
from portal.cli.offline_keys import opening_key
from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.anchors import Anchor
    from portal.records.database import Database
    from portal.records.restore import Archive, Contents
    from portal.records.restored import Found, Looked
    from portal.settings import Settings

WHY_NOT_OPENED = {
    "form": "it is no backup that this version reads",
    "key": "it is closed for another key",
    "signer": "it is not signed by this installation: PORTAL_RECEIPT_KEYS has another key",
    "changed": "something in it was changed, added or cut off",
}
WHY_NOT_RESTORED = {
    "newer": "a newer version wrote it: install that one, then restore",
    "keys-needed": "it holds no keys: give a younger backup that does, with --keys-of",
    "keys-older": "the keys that were given are of before this backup: give a younger one",
}
NO_ERASURES = (
    "PORTAL_ERASURES is not set: where this installation ever erased a case, set it and run `portal erasures replay` "
    "before anybody is served"
)
NO_LIST = (
    "{path}: the erasure list is not there. Bring its newest copy, and run `portal erasures replay` before anybody is "
    "served; where no case was ever erased, that begins one"
)
OPENS = {True: "a case opens", False: "no case opens: PORTAL_SEALING_KEYS has another key", None: "there is no case"}
LATER = (
    "{count} anchors are younger than the backup: what they tell of is lost. Put the file of anchors aside, and go on "
    "with a copy of its lines up to the backup (docs/backup.md)"
)


def restore(options: argparse.Namespace) -> int:
    """Put a backup into an empty database, then look at it, erase again what was erased, and say what was found."""
    from portal.records.migrate import NotEmptyError
    from portal.records.restore import NotRestoredError
    from portal.records.restore import restore as put_back
    from portal.records.sealed_files import NotOpenedError

    installation = settings()
    found = _archives(options, installation)
    if found is None:
        return 2
    try:
        print("looking at the whole file, before anything is written", file=sys.stderr, flush=True)
        anchors = _anchors(options.anchors or [], installation)
        with records(installation) as database:
            told = put_back(database, *found, progress=progress("rows written"))
            return _look(installation, database, told, anchors)
    except NotEmptyError:
        print("PORTAL_DATABASE: is not empty; nothing was written", file=sys.stderr)
    except (NotOpenedError, NotRestoredError) as problem:
        why = (WHY_NOT_OPENED | WHY_NOT_RESTORED)[problem.reason]
        print(f"{options.file}: {why}; nothing was written", file=sys.stderr)
    except OSError as problem:
        print(f"{problem.filename or options.file}: {problem.strerror or problem}", file=sys.stderr)
    return 2


def _archives(options: argparse.Namespace, installation: "Settings") -> "tuple[Archive, Archive | None] | None":
    from portal.records.offline_keys import Use
    from portal.records.receipts import public_halves
    from portal.records.restore import Archive

    opening = opening_key(Use.BACKUP, options.key)
    if opening is None:
        return None
    signers = public_halves(installation.receipt_keys)
    younger = Archive(options.keys_of, opening, signers) if options.keys_of else None
    return Archive(options.file, opening, signers), younger


def _anchors(files: list[Path], installation: "Settings") -> "list[Anchor] | None":
    files = files or ([installation.anchors] if installation.anchors else [])
    anchors, damage = anchors_in(files, installation.receipt_keys)
    print("\n".join(damage), file=sys.stderr, end="\n" if damage else "")
    return sorted(anchors, key=lambda one: one.at) if files else None


def _look(installation: "Settings", database: "Database", told: "Contents", anchors: "list[Anchor] | None") -> int:
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.backup import RESTORED, note_in_journals
    from portal.records.outbox.delivering import doubt_all
    from portal.records.restored import look_at

    found = look_at(database, told, anchors, installation.receipt_keys)
    rows, made_at = sum(told.counts.values()), told.about.made_at
    print(f"restored: {rows} rows as they were on {made_at:%Y-%m-%d %H:%M:%S} UTC; what came later is not in it")
    print("\n".join(_lines(found)), flush=True)
    if anchors is None:
        print("no anchors were given: a journal cut off before the backup is not seen")
    note_in_journals(database, RESTORED, told.about.id, system_clock(), OPERATOR)
    if many := doubt_all(database, system_clock()):
        print(f"{many} messages may have gone out since: none is sent again by itself, the team sees them")
    status = _replay(installation)
    return status if found.is_good else 1


def _lines(found: "Found") -> list[str]:
    lines = [f"{name}: {count} rows are missing" for name, count in found.missing.items()] or ["every row is there"]
    lines += [line for one in found.centres for line in _of_centre(one)]
    shown = {True: "a receipt can be shown again, and is genuine", False: "a receipt is not genuine"}
    return [*lines, shown[found.receipt]] if found.receipt is not None else lines


def _of_centre(one: "Looked") -> list[str]:
    later = [LATER.format(count=one.later_anchors)] if one.later_anchors else []
    return [f"{one.centre}: {said}" for said in (say_checked(one.journal), *later, OPENS[one.opens])]


def _replay(installation: "Settings") -> int:
    from portal.cli.erasing import replay_erasures
    from portal.records.erasure_list import in_folder

    if installation.erasures is None:
        print(NO_ERASURES)
        return 0
    if not in_folder(installation.erasures).exists():
        print(NO_LIST.format(path=in_folder(installation.erasures)), file=sys.stderr)
        return 1
    return replay_erasures(argparse.Namespace())
