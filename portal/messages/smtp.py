"""E-mail by SMTP: encrypted and checked, to one recipient, in plain words, with nothing that tells who wrote it."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from portal.clock import Clock
from portal.messages.sender import SECONDS, Answer, Outgoing, later
from portal.records.outbox import Fate, Trouble
from portal.settings import MailServer, Security

READY_FOR_DATA = 354
OPENING_DOT = re.compile(rb"^\.", re.MULTILINE)


class MailSender:
    """Hands e-mails to one mail server."""

    def __init__(self, server: MailServer, clock: Clock) -> None:
        """Remember the server and the neutral sender."""
        self._server, self._clock = server, clock
        self._address = parseaddr(server.sender)[1]
        self._domain = self._address.rpartition("@")[2]

    @property
    def shown(self) -> str:
        """The sender she will see."""
        return self._server.sender

    def send(self, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Hand one e-mail over."""
        try:
            smtp = self._connected()
        except ssl.SSLError:
            return later(Trouble.INSECURE)
        except smtplib.SMTPNotSupportedError:  # it offers no STARTTLS, or no way to say who we are
            return later(Trouble.INSECURE)
        except smtplib.SMTPResponseException as answer:
            return later(Trouble.BUSY if _is_for_later(answer.smtp_code) else Trouble.NOT_ACCEPTED)
        except (OSError, smtplib.SMTPException):
            return later(Trouble.UNREACHABLE)
        try:
            return self._converse(smtp, message, may_go)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                smtp.close()  # without a QUIT: nothing that a server says now changes what became of it

    def _connected(self) -> smtplib.SMTP:
        """Connect, in an encrypted way to a server that proves its name, and say who we are where it asks."""
        server, context = self._server, ssl.create_default_context()
        # The name of this machine would stand in the mail's head: the sender's domain is said instead.
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, self._domain, timeout=SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, self._domain, timeout=SECONDS)
        try:
            if server.security is Security.STARTTLS:
                smtp.starttls(context=context)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _converse(self, smtp: smtplib.SMTP, message: Outgoing, may_go: Callable[[], bool]) -> Answer:
        """Say from whom and to whom, ask once more whether it may go, and hand over the text."""
        try:
            smtp.ehlo_or_helo_if_needed()
            refused = _refusal(smtp.mail(self._address)[0], later(Trouble.NOT_ACCEPTED))
            refused = refused or _refusal(smtp.rcpt(message.to)[0], Answer(Fate.REFUSED, Trouble.REFUSED))
            if refused:
                return refused
            if not may_go():
                return Answer(Fate.WITHDRAWN)
            code = smtp.docmd("DATA")[0]
            if code != READY_FOR_DATA:
                return _refusal(code, Answer(Fate.REFUSED, Trouble.NOT_ACCEPTED)) or later(Trouble.NOT_ACCEPTED)
        except (OSError, smtplib.SMTPException):
            return later(Trouble.UNREACHABLE)
        try:
            smtp.send(self._written(message))
            code = smtp.getreply()[0]
        except (OSError, smtplib.SMTPException):  # it may have it, or not
            return Answer(Fate.UNSURE, Trouble.INTERRUPTED)
        return _refusal(code, Answer(Fate.REFUSED, Trouble.NOT_ACCEPTED)) or Answer(Fate.SENT)

    def _written(self, message: Outgoing) -> bytes:
        """Return the e-mail as it travels, with its end."""
        body: bytes = letter(message, self._server.sender, self._domain, self._clock()).as_bytes()
        return OPENING_DOT.sub(b"..", body.rstrip(b"\r\n")) + b"\r\n.\r\n"


def letter(message: Outgoing, sender: str, domain: str, now: datetime) -> EmailMessage:
    """Return an e-mail: one recipient, plain words, no more in its head than a letter needs.

    Its Message-ID is that of the message, so that a server that knows one does not carry it twice.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text + "\n", cte="quoted-printable")
    return mail


def _refusal(code: int, for_good: Answer) -> Answer | None:
    """Return what an answer of a server means where it is no yes."""
    if _is_for_later(code):
        return later(Trouble.BUSY)
    return for_good if code // 100 != 2 else None


def _is_for_later(code: int) -> bool:
    return code // 100 == 4
