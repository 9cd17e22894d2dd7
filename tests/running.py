"""A server as it runs in a hospital: a process of its own, its output in files, its data in a folder."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LAUNCH = "import sys, portal.server as s; s.SECONDS_TO_SEND_A_FORM = 1; from portal.cli import main; sys.exit(main({}))"
LONGEST_START = 240
HOME = "127.0.0.1"
NO_MORE: Mapping[str, str] = {}


def free_port() -> int:
    with socket.create_server((HOME, 0)) as listening:
        return int(listening.getsockname()[1])


class Running:
    """`portal serve`, and whoever speaks with it from an address of this machine's own; `more` are settings."""

    def __init__(
        self, data: Path, written: Path, *options: str, came_from: str = HOME, more: Mapping[str, str] = NO_MORE
    ) -> None:
        self.port, self.came_from, self.written = free_port(), came_from, written
        self.watch = written / "watch.sock"
        arguments = ["serve", "--bind", f"{HOME}:{self.port}", "--workers", "1", "--watch", f"unix:{self.watch}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        environment |= {"PORTAL_MODE": "demo", "PORTAL_DATA": str(data), **more}
        with (written / "out").open("wb") as out, (written / "err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH.format([*arguments, *options])], env=environment, stdout=out, stderr=err
            )

    def stop(self) -> str:
        """End it, and return what it wrote on its standard error."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return (self.written / "err").read_text(encoding="utf-8")

    def wait(self) -> None:
        """Wait until it is ready, as a supervisor does: by asking."""
        for _ in range(LONGEST_START * 4):
            assert self.process.poll() is None, (self.written / "err").read_text(encoding="utf-8")
            if self.asked("/ready")[0] == 200:
                return
            try:
                self.process.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError("it did not start")

    def asked(self, path: str) -> tuple[int, str]:
        """Ask on the watched address; the status is 0 where nobody answers."""
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(30)
            try:
                asking.connect(str(self.watch))
            except OSError:
                return 0, ""
            asking.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            head, _, body = all_of(asking).partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def connection(self) -> socket.socket:
        """Connect from the address that was said."""
        return socket.create_connection((HOME, self.port), timeout=30, source_address=(self.came_from, 0))

    def said_to(self, text: bytes, *, and_waits: bool = False) -> bytes:
        """Send something that need not be a request, and return what comes back."""
        with self.connection() as asking:
            asking.sendall(text)
            if not and_waits:
                asking.shutdown(socket.SHUT_WR)
            return all_of(asking)

    def status(self, method: str, path: str, body: str = "", **headers: str) -> int:
        """Ask for a page as a browser does, and return the status of the answer."""
        asking = http.client.HTTPConnection(HOME, self.port, timeout=60, source_address=(self.came_from, 0))
        every = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        every |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            asking.request(method, path, body or None, every)
            return asking.getresponse().status
        finally:
            asking.close()


def all_of(asking: socket.socket) -> bytes:
    parts = []
    try:
        while part := asking.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
