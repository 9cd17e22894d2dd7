"""What is installed to run it: fresh from the lock, or where the index is away, what is here of the lock."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from portal.cli.inventory import read_lock
from tests.figures.figure import HOUSE, Bench, Figure

LOCK = HOUSE / "requirements.lock"
MOST = 110 * 1_000_000
PIP = (sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes")


def installed(bench: Bench) -> Iterator[Figure]:
    """Give the bytes of all run-time dependencies, as they lie on the disk."""
    bench.say("run-time dependencies")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([*PIP, "-r", str(LOCK), "--target", folder], check=False, capture_output=True, text=True)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    how = "installed anew from requirements.lock, with what Python compiles of it"
    if done.returncode != 0:
        size, how = _here(), "the index was not reached: the files of the lock's packages in this environment"
    yield Figure("run-time dependencies, installed", "≤ 110 MB", f"{size / 1_000_000:.1f} MB", size <= MOST, how)


def _here() -> int:
    """Return the bytes of what is installed here of the lock; what its markers leave out is not here."""
    size = 0
    for one in read_lock(LOCK.read_text(encoding="utf-8")):
        try:
            files = metadata.distribution(one.name).files or []
        except metadata.PackageNotFoundError:
            continue
        size += sum(found.stat().st_size for file in files if (found := Path(str(file.locate()))).is_file())
    return size
