"""Keys that hospitals hold themselves and give while the program runs: read from a folder in memory, kept nowhere.

Each entry of the folder is a file with a key as it was written down, or a socket on which the hospital's side writes
it: so it can come through a tunnel that the hospital opens, and lie on no disk of the host. What was read stays in the
memory of this process and of those it starts; the entry can be taken away again.
"""

import socket
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

from portal.records.agreement import KEY_BYTES, read_key, written_key
from portal.records.wrapping import id_of

NAME = "centre-secret1"
FORM = b"portal centre key, form 1\n"
SECONDS_TO_GIVE = 3
LONGEST = 4096  # what is longer is no key


def written_down(key: bytes) -> str:
    """Write a key down, for the hospital to keep."""
    return written_key(NAME, FORM, key)


def read_down(text: str) -> bytes:
    """Read a key that was written down, as a line of its own among others.

    Raises:
        ValueError: there is none, or a letter of it went wrong.

    """
    return read_key(NAME, FORM, KEY_BYTES, next((one for one in text.split() if one.startswith(f"{NAME}.")), ""))


def read_from(entry: Path) -> bytes:
    """Read a key from a file, or from a socket.

    Raises:
        OSError: nothing can be read there.
        ValueError: what is there is no key.

    """
    content = _heard(entry) if stat.S_ISSOCK(entry.stat().st_mode) else _start_of(entry)
    return read_down(content.decode(errors="replace"))


class GivenKeys:
    """The keys that were given so far. Where one is missing, what is new in the folder is looked at again."""

    def __init__(self, folder: Path) -> None:
        """Look at it for the first time."""
        self._folder, self._lock = folder, Lock()
        self._known: dict[bytes, bytes] = {}
        self._seen: dict[Path, tuple[int, ...]] = {}
        self._look()

    def find(self, key_id: bytes) -> bytes | None:
        """Return a key by its id, where it was given."""
        if key_id not in self._known:
            with self._lock:
                self._look()
        return self._known.get(key_id)

    def _look(self) -> None:
        """Read every entry that is new or another one; what does not answer is not there yet."""
        entries: list[Path] = []
        with suppress(OSError):
            entries = sorted(self._folder.iterdir())
        for entry in entries:
            with suppress(OSError):
                about = entry.stat()
                as_it_is = (about.st_ino, about.st_mtime_ns, about.st_size)
                if self._seen.get(entry) != as_it_is:
                    self._read(entry)
                    self._seen[entry] = as_it_is

    def _read(self, entry: Path) -> None:
        """Read an entry. What holds no key, or lets others wait, is not asked again before it is another one."""
        with suppress(ValueError, TimeoutError):
            key = read_from(entry)
            self._known[id_of(key)] = key


@cache
def given_in(folder: Path) -> GivenKeys:
    """Return the keys given in a folder: one memory for a process and for those that it starts."""
    return GivenKeys(folder)


def _start_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LONGEST)


def _heard(entry: Path) -> bytes:
    """Listen at a socket until the other side has said it, or takes too long."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.settimeout(SECONDS_TO_GIVE)
        listening.connect(str(entry))
        content = b""
        while len(content) < LONGEST and (more := listening.recv(LONGEST)):
            content += more
        return content
