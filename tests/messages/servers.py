"""Real servers on this machine, good and bad: what a mail server or a gateway does is done here by one that listens."""

import datetime as dt
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "portal", "p@ss/word"


class Box:
    """What a mail server does with what it is told, and what it took."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.rcpt: list[str] = []  # what to answer to the next recipients
        self.data: list[str] = []  # what to answer to the next texts
        self.seconds = 0.0  # how long to think before an answer to a text
        self.drops = False  # whether to hang up after it has the text
        self.hosts: list[str] = []
        self.over_tls: list[bool] = []

    async def handle_RCPT(  # noqa: N802 – the server calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt and (answer := self.rcpt.pop(0)):
            return answer
        envelope.rcpt_tos.append(address)
        self.hosts.append(str(session.host_name))
        self.over_tls.append(session.ssl is not None)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        time.sleep(self.seconds)
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            self.taken.append(envelope)
        if self.drops:
            server.transport.abort()  # type: ignore[union-attr]
        return answer


def may_enter(_server: object, _session: object, _envelope: object, _mechanism: str, said: Any) -> AuthResult:
    """Let in whoever has the right name and password."""
    return AuthResult(success=(said.login, said.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def mail_server(box: Box, **options: Any) -> Iterator[int]:
    """Run a mail server; give its port."""
    running = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    running.start()
    try:
        yield running.port
    finally:
        running.stop()


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def silent_server() -> Iterator[int]:
    """Run a server that lets everybody in and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class Gateway:
    """A gateway for text messages, as docs/messages.md wants it, and as it should not be."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.answers: list[int] = []
        self.seconds = 0.0
        self.drops = False

    def taken(self) -> set[str]:
        """Return the messages that were ever asked for, each once: an id that is known is not sent again."""
        return {body["id"] for _, _, body in self.asked}


@contextmanager
def sms_gateway(gateway: Gateway, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Run a gateway; give its port."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.asked.append((self.path, dict(self.headers), body))
            time.sleep(gateway.seconds)
            if gateway.drops:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(gateway.answers.pop(0) if gateway.answers else 202)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True

    running = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    if context:
        running.socket = context.wrap_socket(running.socket, server_side=True)
    running.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield running.server_port
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for a name; return its file, to trust it, and what a server needs to show it."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    alternatives: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        alternatives.append(x509.IPAddress(ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown, secret = folder / f"{name}.pem", folder / f"{name}.key"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, secret)
    return shown, context
