"""The commands that make keys, change them while everybody works, and say what opens with which."""

import argparse
import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.reading_settings import records, settings

if TYPE_CHECKING:
    from portal.records.database import Database
    from portal.records.key_check import Check, Looked, Wrapping
    from portal.settings import Settings

EVERY = 1000  # cases or values between two words of progress
KEEP = (
    "The hospital keeps this line itself, in two places, and on no machine of whoever runs the portal: without it, "
    "nothing sealed of the centre is ever read again. It is not shown again (docs/keys.md)."
)
LOST = (
    "{name}: CLOSED. The key {key} was not given. While it is missing, nobody reads or writes what is sealed of its "
    "{cases} cases; days, states and holds stand in clear and are there. If it is lost for good, so is what is sealed"
)
WHAT = {
    "centres": "keys of centres",
    "hospital": "members who sign in by the hospital (each is moved by the next sign-in)",
    "recovery": "recovery codes (moved by nothing: make fresh ones, or let them go)",
    "tries": "counted tries at sign-in (under names nobody has; the sweep ends them)",
    "erasures": "lines of the erasure list",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    group = commands.add_parser("keys", help="make a key, change one while everybody works, see what opens with which")
    steps = group.add_subparsers(required=True)

    one = steps.add_parser("new", help="print a fresh key: for sealing, for signing, for receipts")
    one.add_argument("--own", action="store_true", help="one that a hospital holds itself, for its own centre")
    one.set_defaults(run=new_key)

    one = steps.add_parser("check", help="say what opens, with which key, and what does not")
    one.add_argument("--every", action="store_true", help="open every case, not only first and last of a centre")
    one.set_defaults(run=check)

    one = steps.add_parser("rotate", help="let everything hang on the newest sealing key")
    one.add_argument("--centre", metavar="NAME", help="instead, give this centre a fresh key, and wrap its cases anew")
    one.set_defaults(run=rotate)

    one = steps.add_parser("reseal", help="seal in the newest way whatever an older way of sealing sealed")
    one.set_defaults(run=reseal)

    one = steps.add_parser("own", help="let a centre's key open only with one that its hospital holds itself")
    one.add_argument("centre")
    one.add_argument("file", type=Path, help="what `portal keys new --own` printed: a file, or a socket that gives it")
    one.set_defaults(run=make_own)


def new_key(options: argparse.Namespace) -> int:
    """Print a fresh key, once. No setting is read."""
    from portal.records.given_keys import written_down
    from portal.records.seal import new_key as drawn
    from portal.records.wrapping import id_of, shown_id

    key = drawn()
    print(written_down(key) if options.own else base64.b64encode(key).decode())
    print(f"its id: {shown_id(id_of(key))}" + (f". {KEEP}" if options.own else ""), file=sys.stderr)
    return 0


def check(options: argparse.Namespace) -> int:
    """Say what opens with which key; 1 where something does not."""
    from portal.records.key_check import check_keys

    installation = settings()
    with records(installation) as database:
        found = check_keys(database, every=options.every)
        for looked in found.centres:
            print(_of_centre(looked))
        _say_hanging(found, _erasures(installation, database))
    return 0 if found.is_good else 1


def rotate(options: argparse.Namespace) -> int:
    """Let everything hang on the newest key. It can be stopped at any point, and goes on when it is run again."""
    installation = settings()
    with records(installation) as database:
        if options.centre is not None:
            return _change(database, options.centre, None)
        return _rotate(installation, database)


def reseal(_options: argparse.Namespace) -> int:
    """Seal in the newest way whatever an older one sealed; 1 where something stays as it was."""
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.sealing_anew import seal_anew

    with records(settings()) as database:
        count = seal_anew(database, system_clock(), OPERATOR, _progress("values sealed anew"))
    print(f"{count.done} values sealed anew")
    for name in count.closed:
        print(f"{name}: its key is not given; nothing of it was changed", file=sys.stderr)
    if count.lost:
        print(f"{count.lost} values open with no key; they stay as they are", file=sys.stderr)
    return 1 if count.closed or count.lost else 0


def make_own(options: argparse.Namespace) -> int:
    """Give a centre a fresh key, wrapped by one that its hospital holds itself."""
    with records(settings()) as database:
        own = given_key(database, options.file)
        return _change(database, options.centre, own) if own else 2


def given_key(database: "Database", file: Path) -> bytes | None:
    """Return the key that a hospital gives in a file or by a socket; say why not, where it is not given to all."""
    from portal.records.given_keys import read_from
    from portal.records.wrapping import id_of

    try:
        own = read_from(file)
        if database.wrappers.find(id_of(own)) == own:
            return own
        _say(f"PORTAL_CENTRE_KEYS: does not give the key of {file}; nothing was changed")
    except OSError as problem:
        _say(f"{file} cannot be read: {problem.strerror or problem}")
    except ValueError:
        _say(f"{file}: holds no key of `portal keys new --own`")
    return None


def _rotate(installation: "Settings", database: "Database") -> int:
    from portal.access.rehashing import hash_anew
    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.erasure_list import in_folder, open_to_add
    from portal.records.key_changes import rewrap
    from portal.records.key_check import check_keys

    print(f"{rewrap(database, system_clock(), OPERATOR)} keys of centres wrapped anew", flush=True)
    print(f"{hash_anew(database)} counted tries moved", flush=True)
    if installation.erasures and in_folder(installation.erasures).exists():
        try:
            with open_to_add(installation.erasures, database) as listed:
                print(f"{listed.write_anew()} lines of the erasure list written anew", flush=True)
        except OSError as problem:
            return _say(f"{installation.erasures}: {problem.strerror or 'a sweep or replay runs'}; run this again")
    found = check_keys(database)
    _say_hanging(found, _erasures(installation, database))
    return 0 if found.is_good else 1


def _change(database: "Database", name: str, by: bytes | None) -> int:
    from sqlalchemy import select

    from portal.access.team import OPERATOR
    from portal.clock import system_clock
    from portal.records.fence import Across
    from portal.records.key_changes import change_key
    from portal.records.models import Centre
    from portal.records.wrapping import NotGivenError

    with database.reading(across=Across.CENTRES) as session:
        centre_id = session.scalar(select(Centre.id).where(Centre.name == name))
    if centre_id is None:
        return _say(f"there is no centre {name!r}")
    try:
        done = change_key(
            database, centre_id, system_clock(), OPERATOR, by=by, progress=_progress("cases wrapped anew")
        )
    except NotGivenError as missing:
        return _say(f"{name}: its key {missing.key_id} is not given; nothing was changed")
    print(f"{name}: {done.wrapped} cases wrapped anew")
    if done.unreadable:
        print(f"{name}: {done.unreadable} cases open with no key of it", file=sys.stderr)
    if not done.is_over:
        return _say(f"{name}: the key before is still there, because something may hang on it: run this again")
    print(f"{name}: the key before is gone from here; backups of before hold it until they are deleted")
    return 0


def _of_centre(one: "Looked") -> str:
    if one.is_closed:
        return LOST.format(name=one.name, key=one.wrappings[-1].by or "that wraps its key", cases=one.cases)
    by = ", then ".join(_named(wrapping) for wrapping in one.wrappings)
    said = f"{one.name}: opens with {by}; {one.opened} of {one.opened + one.not_opened} cases looked at open"
    return said + (f". {one.not_opened} DO NOT OPEN: no key of the centre is theirs" if one.not_opened else "")


def _named(one: "Wrapping") -> str:
    told = one.by or "a key of before there were ids"
    return f"{told} (held by its hospital)" if one.is_own else told if one.is_given else f"{told} (NOT GIVEN)"


def _erasures(installation: "Settings", database: "Database") -> tuple[int, int]:
    """Return how many lines of the erasure list need an older key, and how many no key proves."""
    from portal.records.erasure_list import read_list

    if installation.erasures is None:
        return 0, 0
    listed = read_list(installation.erasures, database)
    return len(listed.older), listed.passed_over


def _say_hanging(found: "Check", erasures: tuple[int, int]) -> None:
    """Print what hangs on each key that is not the newest, and which keys nothing hangs on any more."""
    older, passed_over = erasures
    if older:
        print(f"{older} {WHAT['erasures']} need an older key: `portal keys rotate` writes them anew")
    if passed_over:
        print(f"{passed_over} {WHAT['erasures']} are proved by no key that is given", file=sys.stderr)
    wrapped_by_others = {one.by for centre in found.centres for one in centre.wrappings if one.is_own}
    for key, counted in sorted(found.hanging.items()):
        if key in (found.newest, *wrapped_by_others):
            continue
        is_known = not key or key in found.keys
        told = f"{key or 'made before keys had ids'}{'' if is_known else ', NOT GIVEN'}"
        print(f"{told}: " + "; ".join(f"{count} {WHAT[what]}" for what, count in sorted(counted.items())))
    free = [key for key in found.keys[:-1] if key not in found.hanging and not older and "" not in found.hanging]
    print("\n".join([f"{found.newest}: the newest", *(f"{key}: nothing hangs on it any more" for key in free)]))


def _progress(what: str) -> Callable[[int], None]:
    told = 0

    def say(done: int) -> None:
        nonlocal told
        if done // EVERY > told:
            told = done // EVERY
            print(f"{done} {what}", file=sys.stderr, flush=True)

    return say


def _say(problem: str) -> int:
    print(problem, file=sys.stderr)
    return 2
