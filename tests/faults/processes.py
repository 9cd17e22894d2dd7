"""What runs: two instances of the portal, an outbox, perhaps PostgreSQL; each can be killed, and is started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.machine import Cluster
from tests.running import HOME, all_of, free_port

LONGEST_START = 240


def wait_until(is_so: Callable[[], bool], what: str, longest: float = LONGEST_START) -> float:
    """Wait until something is so; return the seconds it took."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > longest:
            raise AssertionError(f"{what}: not after {longest:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - began


class Process:
    """One command of the portal, in a group of its own."""

    def __init__(self, arguments: list[str], clock: Path, environment: dict[str, str], log: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        self._command = [sys.executable, "-m", "tests.faults.launch", str(clock), *arguments]
        self._environment, self.log = kept | environment, log
        self.start()

    def start(self) -> None:
        """Start it, as a supervisor would."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def start_if_it_failed(self) -> None:
        """Start it again where it ended by itself because of something, as its unit does (`Restart=on-failure`)."""
        if self.process.poll() not in (None, 0):
            self.start()

    def kill(self) -> None:
        """Take it away, with its workers, in the middle of whatever it does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Instance(Process):
    """`portal serve`."""

    def __init__(self, folder: Path, name: str, clock: Path, environment: dict[str, str]) -> None:
        self.port, self._watch = free_port(), folder / f"{name}.sock"
        arguments = ["serve", "--bind", f"{HOME}:{self.port}", "--workers", "1", "--watch", f"unix:{self._watch}"]
        super().__init__(arguments, clock, environment, folder / f"{name}.log")

    def kill_a_worker(self) -> bool:
        """Take away one of its workers; tell whether there was one."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children[:1]:
            os.kill(int(child), signal.SIGKILL)
        return bool(children)

    def says(self, path: str) -> int:
        """Return the status of an answer on the watched address; 0 where there is none."""
        try:
            with socket.socket(socket.AF_UNIX) as asking:
                asking.settimeout(10)
                asking.connect(str(self._watch))
                asking.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
                return int(all_of(asking).split()[1])
        except (OSError, IndexError):
            return 0


class MortalCluster(Cluster):
    """PostgreSQL that keeps what it said is kept, and can be taken away."""

    def kill(self) -> None:
        """Take away its first process and every other."""
        for one in self._processes():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def stand_still(self, *, still: bool) -> None:
        """Let every process of it stop in the middle, or go on."""
        for one in self._processes():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGSTOP if still else signal.SIGCONT)

    def go_away(self) -> None:
        """End it in order."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")

    def come_back(self) -> None:
        """Start it again, as often as it takes: what was killed leaves memory behind for a moment."""
        wait_until(self._comes_back, "PostgreSQL came back")

    def _comes_back(self) -> bool:
        try:
            self.start()
        except AssertionError:
            return (self.folder / "data" / "postmaster.pid").exists() and self._answers()
        return True

    def _answers(self) -> bool:
        try:
            self._run("pg_isready", "-h", str(self.folder), "-U", "tests")
        except AssertionError:
            return False
        return True

    def only_read(self, *, only: bool) -> None:
        """Let it take no writing, as one does that follows another."""
        said = f"ALTER SYSTEM SET default_transaction_read_only = {'on' if only else 'off'}"
        options = ["-h", str(self.folder), "-U", "tests", "-d", "postgres", "-c"]
        self._run("psql", *options, "SET default_transaction_read_only = off", "-c", said)
        self._run("psql", *options, "SELECT pg_reload_conf()")

    def end(self) -> None:
        """End it for good, whatever state it is in."""
        self.stand_still(still=False)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _processes(self) -> list[int]:
        try:
            first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
            children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        except (OSError, IndexError):
            return []
        return [first, *(int(child) for child in children)]
