"""When each command of the timers last came to a good end: an empty file a command, in the installation's data.

It is told by files and not by the database, so that it can be seen also where the records are away.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FOLDER = "ran"
EXPECTED: Mapping[str, int] = MappingProxyType(
    {"outbox": 10 * 60} | dict.fromkeys(("anchor", "backup", "register", "sweep"), 26 * 3600)
)
"""The commands that are expected to run, and after how many seconds without a run somebody should look."""


def note_run(data: Path, command: str) -> None:
    """Note that a command came to a good end now.

    Raises:
        OSError: nothing can be written there.

    """
    (data / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / FOLDER / command).touch(mode=0o600)


def last_runs(data: Path) -> dict[str, float]:
    """Return when each command last came to a good end, as seconds since 1970; those that never did are left out."""
    folder = data / FOLDER
    return {path.name: path.stat().st_mtime for path in folder.iterdir()} if folder.is_dir() else {}
