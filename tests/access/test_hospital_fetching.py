"""Asking the hospital's provider: a certificate that is trusted, one address, a few seconds, a few kilobytes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.access.hashing import BusyError
from portal.access.hospital import fetching
from portal.access.hospital.attempts import Attempt, Purpose
from portal.access.hospital.fetching import ask
from portal.access.hospital.provider import Provider
from portal.access.hospital.reasons import NotShownError, Reason
from portal.settings import HospitalSignIn
from tests.clock import StillClock
from tests.messages.servers import certificate, free_port, silent_server
from tests.provider import CLIENT, SECRET, Pretending, running


def refused(address: str) -> Reason:
    with pytest.raises(NotShownError) as problem:
        ask(address)
    return problem.value.reason


@contextmanager
def dripping() -> Iterator[int]:
    """Run a server that sends a byte now and then, for as long as anybody listens."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
                while not done.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join()


def test_only_a_provider_whose_certificate_is_trusted_is_asked(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificate(tmp_path)
    with running(Pretending(clock), context) as provider:
        there = provider.address + "/keys"
        assert refused(there) is Reason.INSECURE
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert ask(there).content["keys"]
        assert refused(there.replace("https", "http")) is Reason.UNREACHABLE
    assert provider.asked == ["/keys"]


def test_nobody_waits_longer_than_a_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    began = time.monotonic()
    assert refused(f"http://127.0.0.1:{free_port()}/") is Reason.UNREACHABLE
    with silent_server() as port:
        assert refused(f"http://127.0.0.1:{port}/") is Reason.UNREACHABLE
    with dripping() as port:
        assert refused(f"http://127.0.0.1:{port}/") is Reason.ANSWER  # what came by then is no answer
    assert time.monotonic() - began < 10


def test_who_waits_for_the_hospital_leaves_threads_to_who_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_IN_LINE", threading.BoundedSemaphore(1))
    with silent_server() as port, fetching._in_line(), pytest.raises(BusyError):
        ask(f"http://127.0.0.1:{port}/")


def test_what_a_provider_says_of_itself_is_read_once_an_hour(clock: StillClock) -> None:
    attempt = Attempt.new(Purpose.SIGN_IN, clock())
    with running(Pretending(clock)) as pretending:
        provider = Provider(HospitalSignIn(pretending.address, CLIENT, SECRET))
        for minutes in (0, 59, 2):
            clock.forward(minutes=minutes)
            provider.address(attempt, "https://after.example/back", "fr", clock())
        assert pretending.asked == ["/.well-known/openid-configuration"] * 2
        for says in (
            {"issuer": pretending.address + "/"},
            {"issuer": None},
            {"authorization_endpoint": None},
            {"jwks_uri": "file:///etc/passwd"},
            {"token_endpoint": "http://10.0.0.1/token"},
        ):
            pretending.says = says
            with pytest.raises(NotShownError):
                Provider(HospitalSignIn(pretending.address, CLIENT, SECRET)).address(attempt, "-", "fr", clock())
