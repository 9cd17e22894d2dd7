"""A small disk of its own, where the machine lets us mount one: it can be filled, and closed to writing."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 320
AT_ONCE = 1024 * 1024


class Disk:
    """A folder; `is_own` where it is a disk."""

    def __init__(self, folder: Path, *, is_own: bool) -> None:
        self.folder, self.is_own = folder, is_own
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (AT_ONCE, 4096, 1):
                self._write(ballast.fileno(), bytes(size))

    def _write(self, file: int, piece: bytes) -> None:
        try:
            while os.write(file, piece):
                continue
        except OSError:
            return

    def make_room(self) -> None:
        """Take away what filled it."""
        self._ballast.unlink(missing_ok=True)

    def close_to_writing(self) -> bool:
        """Let it only be read; tell whether it is so: not while anybody has anything open for writing."""
        return _can("mount", "-o", "remount,ro", str(self.folder))

    def open_to_writing(self) -> None:
        """Let it be written again."""
        _run("mount", "-o", "remount,rw", str(self.folder))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a small disk on a folder; where that may not be, give the folder as it is."""
    folder.mkdir()
    is_own = os.geteuid() == 0 and _can(
        "mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "portal-faults", str(folder)
    )
    try:
        yield Disk(folder, is_own=is_own)
    finally:
        if is_own:
            _run("umount", "-l", str(folder))


def _can(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)
