"""A file that is built from the content: whole or not there, whoever else builds it at the same time."""

import os
import tempfile
from pathlib import Path


def keep(path: Path, body: bytes, older: str, spared: str | None = None) -> None:
    """Write a file; remove what a pattern finds beside it, but for those whose name begins as it is said."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix="unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    for old in path.parent.glob(older):
        if not old.name.startswith(spared or path.name):
            old.unlink(missing_ok=True)
