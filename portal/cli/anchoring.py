"""The commands that write down where the journal stands, and check that it is what was written."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.long_work import progress
from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.anchoring import Checked
    from portal.records.anchors import Anchor

READ = "lines read"
FAULTS_IN_WORDS = {
    "line": "line {line} does not fit: it, or one before it, was changed, taken out or moved",
    "rewritten": "line {line} is not the one that was anchored: the journal was written anew",
    "cut": "line {line} was anchored and is gone: the journal was cut off",
    "no-anchor": "line {line} tells of an anchor that is not in the file: the file was cut off, or is another one",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("anchor", help="write down outside where each journal stands: daily, by a timer")
    one.set_defaults(run=anchor)


def anchor(_options: argparse.Namespace) -> int:
    """Anchor every centre's journal in PORTAL_ANCHORS, once a day; a journal that does not fit is never anchored."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.anchoring import anchor_all
    from portal.records.anchors import DamagedError

    installation = settings()
    if installation.anchors is None:
        print("PORTAL_ANCHORS: is not set", file=sys.stderr)
        return 2
    try:
        with records(installation) as database:
            now, heard = system_clock(), progress(READ)
            done = anchor_all(database, installation.anchors, installation.receipt_keys, now, OPERATOR, heard)
    except DamagedError as damaged:
        print(f"{installation.anchors}: line {damaged.line} is not what was written; nothing is added", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"{installation.anchors} cannot be written: {problem.strerror or problem}", file=sys.stderr)
        return 2
    for one in done:
        print(f"{one.centre_name}: {_anchored(one.checked, is_new=one.is_new)}")
    return 1 if any(one.checked.fault for one in done) else 0


def verify_journal(options: argparse.Namespace) -> int:
    """Check the journal of every centre, line by line, and against the anchors that lie outside."""
    from sqlalchemy import select

    from portal.records.anchoring import check, counted
    from portal.records.fence import Across
    from portal.records.models import Centre

    installation = settings()
    files = options.anchors or ([installation.anchors] if installation.anchors else [])
    try:
        anchors, damage = anchors_in(files, installation.receipt_keys)
    except OSError as problem:
        print(f"{problem.filename} cannot be read: {problem.strerror}", file=sys.stderr)
        return 2
    with records(installation) as database:
        with database.reading(across=Across.CENTRES) as session:
            centres = list(session.scalars(select(Centre).order_by(Centre.name)))
        found, more = {}, counted(database, [one.id for one in centres], progress(READ))
        for one in centres:
            with database.reading(one.id) as session:
                found[one.name] = check(session, one.id, _of(anchors, one.id) if files else None, more)
    gone = {one.centre_id for one in anchors} - {one.id for one in centres}
    lines = [f"{name}: {say_checked(checked)}" for name, checked in found.items()]
    lines += [f"a centre that was anchored is gone: {one}" for one in sorted(gone)]
    print("\n".join([*lines, *damage, *([] if files else ["no anchors were given: a journal cut off is not seen"])]))
    return 1 if damage or gone or any(one.fault for one in found.values()) else 0


def anchors_in(files: Iterable[Path], keys: tuple[bytes, ...]) -> tuple[list["Anchor"], list[str]]:
    """Return the anchors of files, and what is wrong with them, in words."""
    from portal.records.anchors import in_folder, read_anchors
    from portal.records.receipts import public_halves

    anchors: list[Anchor] = []
    damage: list[str] = []
    for file in files:
        written = read_anchors(in_folder(file).read_bytes(), public_halves(keys))
        anchors += written.anchors
        if written.damaged_at is not None:
            damage.append(f"{file}: line {written.damaged_at} is not what was written")
    return anchors, damage


def _of(anchors: Iterable["Anchor"], centre_id: str) -> list["Anchor"]:
    return sorted((one for one in anchors if one.centre_id == centre_id), key=lambda one: one.at)


def _anchored(checked: "Checked", *, is_new: bool) -> str:
    if checked.fault or not is_new:
        return f"not anchored: {_fault(checked)}" if checked.fault else "anchored already today"
    return f"anchored at line {checked.lines}"


def say_checked(checked: "Checked") -> str:
    """Say what was found in a journal."""
    if checked.fault:
        return _fault(checked)
    if checked.last is None:
        return f"every line fits ({checked.lines}), none is anchored"
    return (
        f"every line fits ({checked.lines}), the last anchor is of {checked.last.at:%Y-%m-%d %H:%M} UTC at line "
        f"{checked.last.seq}; lines since then, the stated limit: {checked.unanchored}"
    )


def _fault(checked: "Checked") -> str:
    return FAULTS_IN_WORDS[checked.fault or ""].format(line=checked.at_line)
