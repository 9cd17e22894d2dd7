"""Text messages to a real gateway on this machine: the contract of docs/messages.md, and every way it can go wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.messages import Answer, Outgoing
from portal.messages.gateway import SmsSender
from portal.records.outbox import Fate, Trouble
from portal.settings import SmsGateway
from tests.messages.servers import Gateway, certificate, free_port, silent_server, sms_gateway

MESSAGE = Outgoing("b" * 32, "+32470123456", "not used", "Guten Tag. Öffnen Sie sie: http://localhost/de/l/x")


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


def yes() -> bool:
    return True


def send(port: int, may_go: Callable[[], bool] = yes, scheme: str = "http", host: str = "127.0.0.1") -> Answer:
    return SmsSender(SmsGateway(f"{scheme}://{host}:{port}/v1/send", "Info", "a-token")).send(MESSAGE, may_go)


def test_the_contract(gateway: Gateway) -> None:
    with sms_gateway(gateway) as port:
        assert send(port) == Answer(Fate.SENT)
    [(path, head, body)] = gateway.asked
    assert path == "/v1/send"
    assert head["Authorization"] == "Bearer a-token"
    assert head["Idempotency-Key"] == body["id"] == "b" * 32
    assert head["Content-Type"] == "application/json"
    assert body == {"id": "b" * 32, "from": "Info", "to": "+32470123456", "text": MESSAGE.text}
    assert "User-Agent" not in head


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer(Fate.SENT)),
        (202, Answer(Fate.SENT)),
        (400, Answer(Fate.REFUSED, Trouble.REFUSED)),
        (422, Answer(Fate.REFUSED, Trouble.REFUSED)),
        (401, Answer(Fate.LATER, Trouble.NOT_ACCEPTED)),
        (404, Answer(Fate.LATER, Trouble.NOT_ACCEPTED)),
        (302, Answer(Fate.LATER, Trouble.NOT_ACCEPTED)),
        (307, Answer(Fate.LATER, Trouble.NOT_ACCEPTED)),
        (429, Answer(Fate.LATER, Trouble.BUSY)),
        (500, Answer(Fate.LATER, Trouble.BUSY)),
        (503, Answer(Fate.LATER, Trouble.BUSY)),
        (502, Answer(Fate.UNSURE, Trouble.INTERRUPTED)),
        (504, Answer(Fate.UNSURE, Trouble.INTERRUPTED)),
    ],
)
def test_what_it_answers(gateway: Gateway, status: int, answer: Answer) -> None:
    gateway.answers = [status]
    with sms_gateway(gateway) as port:
        assert send(port) == answer
    assert len(gateway.asked) == 1  # a redirect is followed nowhere


def test_a_dead_gateway() -> None:
    assert send(free_port()) == Answer(Fate.LATER, Trouble.UNREACHABLE)
    assert send(80, host="nobody.invalid") == Answer(Fate.LATER, Trouble.UNREACHABLE)


def test_a_gateway_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.gateway.SECONDS", 0.2)
    with silent_server() as port:
        assert send(port) == Answer(Fate.UNSURE, Trouble.INTERRUPTED)


def test_a_slow_one_and_one_that_hangs_up(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.messages.gateway.SECONDS", 0.2)
    gateway.seconds = 0.5
    with sms_gateway(gateway) as port:
        assert send(port) == Answer(Fate.UNSURE, Trouble.INTERRUPTED)
        gateway.seconds, gateway.drops = 0.0, True
        assert send(port) == Answer(Fate.UNSURE, Trouble.INTERRUPTED)


def test_nothing_leaves_where_it_may_not_go_any_more(gateway: Gateway) -> None:
    with sms_gateway(gateway) as port:
        assert send(port, lambda: False) == Answer(Fate.WITHDRAWN)
    assert gateway.asked == []


def test_https_to_one_that_proves_its_name(gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, context = certificate(tmp_path)
    with sms_gateway(gateway, context) as port:
        assert send(port, scheme="https", host="localhost") == Answer(Fate.LATER, Trouble.INSECURE)
        assert gateway.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(shown))
        assert send(port, scheme="https", host="localhost") == Answer(Fate.SENT)
    with sms_gateway(gateway) as port:
        assert send(port, scheme="https", host="localhost") == Answer(Fate.LATER, Trouble.INSECURE)
