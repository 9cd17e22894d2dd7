"""E-mail to a real mail server: encrypted, to one person, neutral; and to bad ones: dead, slow, greylisting, gone."""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from portal.library.words import TELLING
from portal.messages import Answer, Outgoing
from portal.messages.smtp import MailSender
from portal.records.outbox import Fate, Trouble
from portal.settings import MailServer, Security
from tests.clock import StillClock
from tests.messages.servers import (
    PASSWORD,
    USER,
    Box,
    certificate,
    free_port,
    mail_server,
    may_enter,
    silent_server,
)

SENDER = "Après <info@after.example>"
TEXT = (
    "Bonjour. Voici ce que vous avez demandé :\n.un point au début, et une ligne assez longue pour être coupée en deux."
)
MESSAGE = Outgoing("a" * 32, "somebody@example.org", "Votre information", TEXT)


@pytest.fixture
def box() -> Box:
    return Box()


def sender(port: int, clock: StillClock, security: Security = Security.CLEAR, host: str = "127.0.0.1") -> MailSender:
    user = "" if security is Security.CLEAR else USER
    return MailSender(MailServer(host, port, security, SENDER, user, PASSWORD if user else ""), clock)


def yes() -> bool:
    return True


def send(port: int, clock: StillClock, may_go: Callable[[], bool] = yes) -> Answer:
    return sender(port, clock).send(MESSAGE, may_go)


def test_one_plain_letter_to_one_person(box: Box, clock: StillClock) -> None:
    with mail_server(box) as port:
        assert send(port, clock) == Answer(Fate.SENT)
    [envelope] = box.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("info@after.example", ["somebody@example.org"])
    assert box.hosts == ["after.example"]  # not the name of this machine
    raw = envelope.original_content or b""
    mail = message_from_bytes(raw, policy=policy.default)
    assert set(mail.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    }
    assert (mail["From"], mail["To"], mail["Subject"]) == (SENDER, "somebody@example.org", "Votre information")
    assert mail["Message-ID"] == f"<{'a' * 32}@after.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == TEXT + "\n"
    assert raw.isascii()
    assert max(len(line) for line in raw.splitlines()) < 998
    assert not TELLING.search(re.sub(r"(?m)^Date:.*$", "", raw.decode()))


def test_its_message_id_stays_the_same(box: Box, clock: StillClock) -> None:
    box.data = ["451 later"]
    with mail_server(box) as port:
        assert send(port, clock).fate is Fate.LATER
        assert send(port, clock).fate is Fate.SENT
        assert send(port, clock).fate is Fate.SENT
    assert len({message_from_bytes(one.original_content or b"")["Message-ID"] for one in box.taken}) == 1


@pytest.mark.parametrize(
    ("rcpt", "data", "answer"),
    [
        ("450 greylisted, come back later", "", Answer(Fate.LATER, Trouble.BUSY)),
        ("421 closing", "", Answer(Fate.LATER, Trouble.BUSY)),
        ("550 no such person", "", Answer(Fate.REFUSED, Trouble.REFUSED)),
        ("", "451 later", Answer(Fate.LATER, Trouble.BUSY)),
        ("", "554 not this text", Answer(Fate.REFUSED, Trouble.NOT_ACCEPTED)),
    ],
)
def test_what_a_server_answers(box: Box, clock: StillClock, rcpt: str, data: str, answer: Answer) -> None:
    box.rcpt, box.data = [rcpt], [data] if data else []
    with mail_server(box) as port:
        assert send(port, clock) == answer
        assert box.taken == []
        assert send(port, clock) == Answer(Fate.SENT)  # and the next one goes


def test_a_dead_server(clock: StillClock) -> None:
    assert send(free_port(), clock) == Answer(Fate.LATER, Trouble.UNREACHABLE)
    assert sender(25, clock, host="nobody.invalid").send(MESSAGE, yes) == Answer(Fate.LATER, Trouble.UNREACHABLE)


def test_a_server_that_never_says_a_word(clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.smtp.SECONDS", 0.2)
    with silent_server() as port:
        assert send(port, clock) == Answer(Fate.LATER, Trouble.UNREACHABLE)


def test_a_server_that_is_slow_after_the_text(box: Box, clock: StillClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.smtp.SECONDS", 0.2)
    box.seconds = 0.6
    with mail_server(box) as port:
        assert send(port, clock) == Answer(Fate.UNSURE, Trouble.INTERRUPTED)
    assert len(box.taken) == 1  # it had it, and nobody could know


def test_a_server_that_hangs_up_after_the_text(box: Box, clock: StillClock) -> None:
    box.drops = True
    with mail_server(box) as port:
        assert send(port, clock) == Answer(Fate.UNSURE, Trouble.INTERRUPTED)


def test_nothing_leaves_where_it_may_not_go_any_more(box: Box, clock: StillClock) -> None:
    with mail_server(box) as port:
        assert send(port, clock, lambda: False) == Answer(Fate.WITHDRAWN)
    assert box.taken == []


@contextmanager
def encrypted(box: Box, context: ssl.SSLContext, security: Security) -> Iterator[int]:
    common = {"authenticator": may_enter, "auth_required": True}
    if security is Security.TLS:
        with mail_server(box, ssl_context=context, auth_require_tls=False, **common) as port:
            yield port
    else:
        with mail_server(box, tls_context=context, require_starttls=True, **common) as port:
            yield port


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_encrypted_to_a_server_that_proves_its_name(
    box: Box, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: Security
) -> None:
    shown, context = certificate(tmp_path)
    with encrypted(box, context, security) as port:
        refused = sender(port, clock, security, "localhost").send(MESSAGE, yes)
        assert refused == Answer(Fate.LATER, Trouble.INSECURE)  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
        assert sender(port, clock, security, "localhost").send(MESSAGE, yes) == Answer(Fate.SENT)
        wrong = MailSender(MailServer("localhost", port, security, SENDER, USER, "something else"), clock)
        assert wrong.send(MESSAGE, yes) == Answer(Fate.LATER, Trouble.NOT_ACCEPTED)
    assert len(box.taken) == 1


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_another_name_a_stripped_tls_and_a_clear_server_get_nothing(
    box: Box, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, context = certificate(tmp_path, "elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with encrypted(box, context, Security.STARTTLS) as port:
        answer = sender(port, clock, Security.STARTTLS, "localhost").send(MESSAGE, yes)
        assert answer == Answer(Fate.LATER, Trouble.INSECURE)
    with mail_server(box) as port:  # somebody in between took STARTTLS away
        for security in (Security.STARTTLS, Security.TLS):
            assert sender(port, clock, security).send(MESSAGE, yes) == Answer(Fate.LATER, Trouble.INSECURE)
    assert box.taken == []
