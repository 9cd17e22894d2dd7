"""The first command of the README: what it prints can be walked, twice keeps, --fresh starts anew, all else is left."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from portal.cli import main
from portal.clock import system_clock

ROOT = Path(__file__).parents[1]
LONGEST_START = 400  # seconds: it makes every page, beside whatever else this machine does


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Running:
    """The demonstration as a stranger runs it."""

    def __init__(self, data: Path, *options: str) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "PORTAL_DEMO_DATA": str(data),
            "PORTAL_DATABASE": "sqlite:////nowhere/at/all",  # an installation's settings must not be looked at
            "PORTAL_MODE": "production",
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "portal", "demo", "--port", str(self.port), *options]
        self._log = data.parent / f"{self.port}.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            self._wait()
        except AssertionError:
            self.stop()
            raise

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=60)

    def _wait(self) -> None:
        for _ in range(LONGEST_START * 10):
            if "code of the moment:" in self.printed:
                return
            assert self.process.poll() is None, self.printed
            time.sleep(0.1)
        raise AssertionError(self.printed)

    @property
    def printed(self) -> str:
        return self._log.read_text()

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.printed)
        assert match, self.printed
        return match[1]

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"} if body else {}
        connection.request(method, path, body or None, {**kind, **headers})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response


@contextmanager
def running(data: Path, *options: str) -> Iterator[Running]:
    demonstration = Running(data, *options)
    try:
        yield demonstration
    finally:
        demonstration.stop()


def test_what_it_prints_can_be_walked_and_is_kept(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with running(data) as first:
        path, code = first.found(r"(/fr/l/\S{22})\n"), first.found(r"code (\d{4} \d{4})\n").replace(" ", "")
        password, moment = first.found(r"password (\S+)"), first.found(r"moment: (\d{6})")
        assert first.ask("GET", "/fr/").status == 200
        assert first.ask("GET", path).status == 200
        opened = first.ask("POST", path, f"code={code}")
        assert (opened.status, opened.headers["Location"]) == (303, "/fr/m/i")
        signed_in = first.ask("POST", "/fr/team/in", f"login=nurse&password={password}&code={moment}")
        assert (signed_in.status, signed_in.headers["Location"]) == (303, "/fr/team/first")
        look_at_the_server(first)
    assert code not in first.printed.replace(f"{code[:4]} {code[4:]}", "")
    assert "127.0.0.1 " not in first.printed  # nobody who asked is written down
    assert (data / "records.sqlite").stat().st_mode & 0o077 == 0
    with running(data) as again:
        assert again.found(r"(/fr/l/\S{22})\n") == path
        assert again.found(r"password (\S+)") == password
    with running(data, "--fresh") as fresh:
        assert fresh.found(r"(/fr/l/\S{22})\n") != path


def look_at_the_server(site: Running) -> None:
    """Ask the embedded server what browsers do not."""
    evil = site.ask("GET", "/fr", Host="evil.example")
    assert "evil" not in str(evil.headers)
    assert site.ask("GET", "/fr/m", **{"X-Forwarded-Proto": "https", "Script-Name": "/x"}).status in (200, 400, 403)
    assert site.ask("GET", "/fr/", **{"Accept-Encoding": "gzip, br;q=0"}).headers["Content-Encoding"] == "gzip"
    assert site.ask("HEAD", "/fr/").headers["Date"]
    for raw in (
        b"NONSENSE\r\n\r\n",
        b"GET /fr/ HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
        b"POST /fr/l/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: foo\r\n\r\n",
        b"POST /fr/l/ HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ):
        with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
            connection.sendall(raw)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 400"), answer[:60]
        assert b"no-store" in answer
        assert b"default-src 'none'" in answer
    half = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(12)]
    for connection in half:
        connection.sendall(b"POST /fr/l/ HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nabc")
    began = time.monotonic()
    assert site.ask("GET", "/nl/").status == 200  # half-sent forms do not stop the public pages
    assert time.monotonic() - began < 5
    for connection in half:
        connection.close()


def test_an_interrupted_first_start_begins_again_and_a_dead_link_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_DEMO_DATA", str(tmp_path))
    monkeypatch.setattr("portal.demo.EmbeddedServer.run", lambda _self: None)
    monkeypatch.setattr("portal.demo.create_app", lambda _settings: None)

    def link_printed() -> str:
        assert main(["demo"]) == 0
        return str(re.findall(r"/fr/l/(\S{22})", capsys.readouterr().out)[0])

    monkeypatch.setattr("portal.demo._invent", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        main(["demo"])
    monkeypatch.undo()
    monkeypatch.setenv("PORTAL_DEMO_DATA", str(tmp_path))
    monkeypatch.setattr("portal.demo.EmbeddedServer.run", lambda _self: None)
    monkeypatch.setattr("portal.demo.create_app", lambda _settings: None)
    first = link_printed()
    assert link_printed() == first
    month_later = system_clock() + timedelta(days=400)
    monkeypatch.setattr("portal.demo.system_clock", lambda: month_later)
    assert link_printed() != first


def test_fresh_throws_away_all_but_what_is_built_from_the_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_DEMO_DATA", str(tmp_path))
    monkeypatch.setattr("portal.demo.EmbeddedServer.run", lambda _self: None)
    monkeypatch.setattr("portal.demo.create_app", lambda _settings: None)
    assert main(["demo"]) == 0
    password = json.loads((tmp_path / "demonstration.json").read_text())["password"]
    (tmp_path / "left").mkdir()
    for name in ("left/over", "records.sqlite-journal"):
        (tmp_path / name).write_text(password)
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "pages").write_text("pages")
    assert main(["demo", "--fresh"]) == 0
    assert (tmp_path / "built" / "pages").read_text() == "pages"
    assert not {"left", "records.sqlite-journal"} & {path.name for path in tmp_path.iterdir()}
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert password not in capsys.readouterr().out.rsplit("Demonstration,", 1)[1]


@pytest.mark.parametrize("options", [[], ["--fresh"]])
def test_it_touches_nothing_that_is_no_demonstration(
    tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "records.sqlite"
    precious.write_text("an installation")
    monkeypatch.setenv("PORTAL_DEMO_DATA", str(tmp_path))
    assert main(["demo", *options]) == 2
    assert "nothing was touched" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["records.sqlite"]
    assert precious.read_text() == "an installation"
