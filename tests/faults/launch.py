"""`python -m tests.faults.launch FILE …`: the portal's own command, on a clock that the number in a file moves."""

import ctypes
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

import portal.clock


def moved_by(file: Path) -> Callable[[], datetime]:
    """Return a clock that is so many seconds before or after the machine's as the file says now."""
    return lambda: datetime.now(UTC) + timedelta(seconds=float(file.read_text()))


def end_with_parent() -> None:
    """Let the system end this process when whoever started it is gone (Linux: prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main(file: str, arguments: list[str]) -> int:
    """Run one command of the portal. How long a password takes is tested elsewhere."""
    end_with_parent()
    portal.clock.system_clock = moved_by(Path(file))
    from portal.access import hashing
    from portal.cli import main as command
    from portal.cli import outbox

    hashing._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    hashing._NOBODY = hashing._HASHER.hash("nobody")
    vars(outbox)["SECONDS_BETWEEN"] = 0.3
    return command(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
