"""Files that are written whole or not at all, for this account alone."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, unfinished: Path) -> Iterator[BinaryIO]:
    """Give a file to write; it bears its name when all of it is on the disk, and never before.

    What a killed command left unfinished is written over by the next one.

    Raises:
        BlockingIOError: another writes the same unfinished file.
        FileExistsError: there is such a file already.
        OSError: it cannot be written.

    """
    with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        _lock(file, unfinished)
        file.truncate(0)
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if path.exists():
                raise FileExistsError(errno.EEXIST, "is there already", str(path))
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def _lock(file: BinaryIO, name: Path) -> None:
    """Write alone: who waited at the door may hold what was finished meanwhile and bears another name now."""
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not name.exists() or not os.path.samestat(os.fstat(file.fileno()), name.stat()):
        raise BlockingIOError(errno.EAGAIN, "another writes it", str(name))


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
