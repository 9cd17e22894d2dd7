"""nginx as deploy/nginx has it, on this machine's own addresses and in a folder of its own."""

import http.client
import os
import re
import socket
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path

from tests import machine
from tests.running import HOME, all_of, free_port

DEPLOY = Path(__file__).parents[1] / "deploy" / "nginx"
SITE = "portal.example"
DATA, HEADERS, GIVEN_UP, SETTINGS, GOING_AWAY, CONTINUATION = 0, 1, 3, 4, 7, 9  # frames of HTTP/2 (RFC 9113)
ROOM = b"\x00\x04" + (2**20).to_bytes(4, "big")  # for a whole page in one stream
PART = 16384  # of a frame, at most


class Front:
    """A running nginx. `said` is everything that it wrote anywhere."""

    def __init__(
        self, folder: Path, public: Path, app_port: int, came_from: str = HOME, *, says_all: bool = False
    ) -> None:
        program = machine.nginx()
        assert program is not None, machine.HOW["nginx"]
        self.folder, self.public, self.came_from = folder, public, came_from
        self.port, self.plain_port = free_port(), free_port()
        for name in ("portal", "tls", "modules-enabled", "temp", "log"):
            (folder / name).mkdir()
        _certificate(folder / "tls")
        for file in DEPLOY.iterdir():
            target = folder / ("nginx.conf" if file.name == "nginx.conf" else f"portal/{file.name}")
            target.write_text(self._here(file.read_text(encoding="utf-8"), public), encoding="utf-8")
        (folder / "portal" / "upstream.conf").write_text(f"upstream portal {{ server {HOME}:{app_port}; }}\n")
        if brotli := machine.brotli_module():
            (folder / "modules-enabled" / "brotli.conf").write_text(f"load_module {brotli};\n")
        temporary = "".join(
            f"{kind}_temp_path {folder}/temp/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole = (folder / "nginx.conf").read_text().replace("http {", f"http {{ {temporary}", 1)
        if says_all:  # as nginx would by itself
            whole = whole.replace("error_log /dev/null emerg;", f"error_log {folder}/log/error info;")
        (folder / "nginx.conf").write_text(whole, encoding="utf-8")
        self.err = folder / "log" / "err"
        command = [str(program), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self.checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert self.checked.returncode == 0, self.checked.stderr
        with self.err.open("wb") as err:
            self.process = subprocess.Popen([*command, "-g", "daemon off;"], stdout=err, stderr=err)
        self._wait()

    def _here(self, text: str, public: Path) -> str:
        """Put this machine's folders and ports in place of a hospital's."""
        text = text.replace("/etc/nginx/", f"{self.folder}/").replace("/srv/portal/public", str(public))
        text = text.replace("/run/nginx.pid", f"{self.folder}/pid")
        text = re.sub(r"\n *listen \[::\].*", "", text)
        text = re.sub(r"listen 443\b", f"listen {HOME}:{self.port}", text)
        text = re.sub(r"listen 80\b", f"listen {HOME}:{self.plain_port}", text)
        own = "\nuser root;" if os.geteuid() == 0 else ""  # the tests' folders are closed to everybody else
        text = re.sub(r"\nuser .*;", own, text)
        return text.replace("# brotli_static on;", "brotli_static on;" if machine.brotli_module() else "")

    def _wait(self) -> None:
        for _ in range(400):
            assert self.process.poll() is None, self.err.read_text()
            try:
                socket.create_connection((HOME, self.port), timeout=1).close()
            except OSError:
                try:
                    self.process.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
            else:
                return

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)

    def said(self) -> bytes:
        """Return everything it wrote."""
        files = [path for folder in ("log", "temp") for path in (self.folder / folder).rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)

    def connection(self, name: str = SITE, *, alpn: str = "http/1.1", came_from: str = "") -> ssl.SSLSocket:
        """Connect as a browser does, but for who signed the certificate."""
        context = ssl.create_default_context(cafile=str(self.folder / "tls" / "portal.pem"))
        context.set_alpn_protocols([alpn])
        plain = socket.create_connection((HOME, self.port), timeout=60, source_address=(came_from or self.came_from, 0))
        return context.wrap_socket(plain, server_hostname=name)

    def sent(self, text: bytes) -> bytes:
        """Send something that need not be a request, and return what comes back."""
        with self.connection() as asking:
            asking.sendall(text)
            return all_of(asking)

    def ask_by_two(self, path: str, method: str = "GET", body: bytes = b"", name: str = SITE, **headers: str) -> bytes:
        """Ask for a page by HTTP/2, with one stream; return what is shown. Nothing, where the stream is given up."""
        every = {":method": method, ":scheme": "https", ":authority": name, ":path": path}
        every |= {"content-length": str(len(body))} if body else {}
        every |= {name.lower().replace("_", "-"): value for name, value in headers.items()}
        head = b"".join(b"\x00" + _said_in_two(name) + _said_in_two(value) for name, value in every.items())
        first, ends, ends_head = head[:PART], 0x1, 0x4
        sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(SETTINGS, 0, 0, ROOM)
        sent += _frame(HEADERS, (0 if body else ends) | (0 if head[PART:] else ends_head), 1, first)
        for at in range(PART, len(head), PART):
            sent += _frame(CONTINUATION, ends_head if at + PART >= len(head) else 0, 1, head[at : at + PART])
        for at in range(0, len(body), PART):
            sent += _frame(DATA, ends if at + PART >= len(body) else 0, 1, body[at : at + PART])
        with self.connection(alpn="h2") as asking, suppress(OSError):
            asking.sendall(sent)
            return _shown(asking)
        return b""

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> "Answered":
        """Ask for a page."""
        every = {"Host": SITE, "Connection": "close", "Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
        if body:
            every |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        every |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
        return Answered(self.sent(f"{method} {path} HTTP/1.1\r\n{lines}\r\n{body}".encode()))


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def _said_in_two(text: str) -> bytes:
    """Return a name or a value of a head as HTTP/2 has it, in plain letters: its length begins with seven bits."""
    long = len(text)
    if long < 127:
        return bytes([long]) + text.encode()
    rest, said = long - 127, bytearray([127])
    while rest >= 128:
        said.append(rest % 128 + 128)
        rest //= 128
    said.append(rest)
    return bytes(said) + text.encode()


def _shown(asking: ssl.SSLSocket) -> bytes:
    """Return the body of what comes on the one stream, whole."""
    came, body = bytearray(), b""
    while part := asking.recv(65536):
        came += part
        while len(came) >= 9 and len(came) >= 9 + int.from_bytes(came[:3], "big"):
            long, kind, flags = int.from_bytes(came[:3], "big"), came[3], came[4]
            body += came[9 : 9 + long] if kind == DATA else b""
            del came[: 9 + long]
            if kind in (GIVEN_UP, GOING_AWAY) or (kind in (DATA, HEADERS) and flags & 0x1):
                return body
    return body


class Kept(http.client.HTTPConnection):
    """One connection for many pages, made anew where the front ends it."""

    def __init__(self, front: Front, came_from: str = "") -> None:
        super().__init__(SITE)
        self._front, self._came_from = front, came_from

    def connect(self) -> None:
        """Connect to the front."""
        self.sock = self._front.connection(came_from=self._came_from)

    def page(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """Ask for a page."""
        self.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return self.getresponse()


class Answered:
    """An answer as it came."""

    def __init__(self, came: bytes) -> None:
        head, _, self.body = came.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1]) if first else 0
        self.headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]

    def header(self, name: str) -> str | None:
        """Return the one header of a name; None where there is none."""
        found = [value for one, value in self.headers if one.lower() == name.lower()]
        assert len(found) <= 1, (name, found)
        return found[0] if found else None


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            f"/CN={SITE}",
            "-addext",
            f"subjectAltName=DNS:{SITE}",
            "-keyout",
            str(folder / "portal.key"),
            "-out",
            str(folder / "portal.pem"),
        ],
        check=True,
        capture_output=True,
    )
