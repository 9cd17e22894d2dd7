"""Anchors: the head of each centre's journal, signed, written down daily in a file outside the database.

An anchor is one line. It is signed, and it holds a hash of everything that stands before it in the file, so that no
line of the file can be changed, taken out or put in. The journal tells of each anchor in its turn: a file that lost its
last lines is missed by the journal, and a journal that lost its last lines by the file.
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from portal.records.files import sync_folder
from portal.records.receipts import key_id, public_halves

FORM = 1
PURPOSE = b"portal journal anchor, form 1\n"  # signed by the same keys, and never taken for a receipt
FILE_IN_A_FOLDER = "anchors.jsonl"


class DamagedError(Exception):
    """The file of anchors is not what was written; `line` is the first that does not fit."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Anchor:
    """Where the journal of a centre stood at a moment. `before` is the hash of all that stood in the file then."""

    centre_id: str
    seq: int
    head: str
    at: datetime
    before: str

    @property
    def id(self) -> str:
        """What the journal calls this anchor: up to which line it holds, and its hash."""
        return f"{self.seq:08x}{hashlib.sha256(_body(self)).hexdigest()[:24]}"


def line_of(anchor_id: str) -> int:
    """Return up to which line an anchor holds, from what the journal calls it."""
    return int(anchor_id[:8], 16)


@dataclass(frozen=True)
class Written:
    """What a file of anchors holds. `damaged_at` is the first line that is not what was written, if any."""

    anchors: tuple[Anchor, ...] = ()
    damaged_at: int | None = None

    def of(self, centre_id: str) -> tuple[Anchor, ...]:
        """Return the anchors of a centre, the oldest first."""
        return tuple(one for one in self.anchors if one.centre_id == centre_id)


def read_anchors(content: bytes, public_keys: Sequence[bytes]) -> Written:
    """Return the anchors of a file, up to the first line that does not fit.

    A line that a power cut left unfinished is passed over where a later anchor, signed, was written on top of it.
    """
    anchors: list[Anchor] = []
    before, doubt = hashlib.sha256(), None
    for number, line in enumerate(BytesIO(content), 1):
        anchor = _genuine(line.removesuffix(b"\n"), public_keys)
        if anchor is None:
            doubt = doubt or number
        elif anchor.before != before.hexdigest():
            return Written(tuple(anchors), doubt or number)
        else:
            anchors.append(anchor)
            doubt = None
        before.update(line)
    return Written(tuple(anchors), doubt)


class AnchorFile:
    """A file of anchors, open for adding: nobody else adds meanwhile, and a line stands whole on the disk or not."""

    def __init__(self, file: int, keys: Sequence[bytes]) -> None:
        """Read what is there; use `open_to_add`."""
        self._file, self._keys = file, keys
        with os.fdopen(os.dup(file), "rb") as reading:
            self._content = reading.read()
        self.written = read_anchors(self._content, public_halves(keys))
        if self.written.damaged_at is not None and not self._is_only_unfinished(self.written.damaged_at):
            raise DamagedError(self.written.damaged_at)

    def add(self, centre_id: str, seq: int, head: str, at: datetime) -> Anchor:
        """Sign an anchor with the newest key, add it, and wait until it is on the disk."""
        gap = b"" if not self._content or self._content.endswith(b"\n") else b"\n"
        before = hashlib.sha256(self._content + gap).hexdigest()
        anchor = Anchor(centre_id, seq, head, at.replace(microsecond=0), before)
        line = gap + _signed(anchor, self._keys[-1]) + b"\n"
        if os.write(self._file, line) != len(line):
            raise OSError("the anchor could not be written whole")
        os.fsync(self._file)
        self._content += line
        self.written = Written((*self.written.anchors, anchor))
        return anchor

    def _is_only_unfinished(self, damaged_at: int) -> bool:
        """Tell whether the last line was cut short and nothing else: the next anchor then stands on top of it."""
        lines = self._content.count(b"\n") + 1
        return damaged_at == lines and not self._content.endswith(b"\n")


@contextmanager
def open_to_add(path: Path, keys: Sequence[bytes]) -> Iterator[AnchorFile]:
    """Open a file of anchors, or the one in a folder, alone; make it where there is none.

    Raises:
        DamagedError: it is not what was written; nothing was added.
        OSError: it cannot be read or written.

    """
    path = in_folder(path)
    is_new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_new:
            sync_folder(path.parent)
        yield AnchorFile(file, keys)
    finally:
        os.close(file)


def in_folder(path: Path) -> Path:
    """Return the file that a setting means, which may name a folder."""
    return path / FILE_IN_A_FOLDER if path.is_dir() else path


def _body(anchor: Anchor) -> bytes:
    fields = {
        "anchor": FORM,
        "centre": anchor.centre_id,
        "seq": anchor.seq,
        "head": anchor.head,
        "at": anchor.at.isoformat(),
        "before": anchor.before,
    }
    return json.dumps(fields).encode()


def _signed(anchor: Anchor, key: bytes) -> bytes:
    private = Ed25519PrivateKey.from_private_bytes(key)
    named = key_id(private.public_key().public_bytes_raw())
    return _line(anchor, named, private.sign(PURPOSE + _body(anchor)))


def _line(anchor: Anchor, named: str, signature: bytes) -> bytes:
    fields = {**json.loads(_body(anchor)), "key": named, "signature": base64.b64encode(signature).decode()}
    return json.dumps(fields).encode()


def _genuine(line: bytes, public_keys: Sequence[bytes]) -> Anchor | None:
    """Return the anchor of a line that one of the keys signed and that is written exactly as we write it."""
    try:
        fields: dict[str, Any] = json.loads(line)
        anchor = Anchor(
            fields["centre"], fields["seq"], fields["head"], datetime.fromisoformat(fields["at"]), fields["before"]
        )
        signature = base64.b64decode(fields["signature"], validate=True)
        key = next(key for key in public_keys if key_id(key) == fields["key"])
        Ed25519PublicKey.from_public_bytes(key).verify(signature, PURPOSE + _body(anchor))
        return anchor if _line(anchor, fields["key"], signature) == line else None
    except (ValueError, TypeError, KeyError, StopIteration, RecursionError, InvalidSignature):
        return None
