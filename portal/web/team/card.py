"""The card that goes with a link, in her language: neutral to whoever finds it, and without the code.

Nothing on it says centre, hospital or violence; `tests/web/test_team_links.py` reads every word of it in four
languages.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.access.links import NewLink
from portal.clock import brussels_day
from portal.library.languages import Language, say_date
from portal.messages import every_wording
from portal.web.rooms import rooms
from portal.web.team.qr import Qr, qr_of

GROUP = 4
ALMOST_A_DAY = timedelta(hours=23, minutes=59)  # so long before its end lies the last day on which a link works whole


@dataclass(frozen=True)
class Card:
    """What stands on the card of a link, all of it said already in her language.

    The address is how every link begins and then its own characters, in small groups for whoever types them.
    """

    language: Language
    title: str
    scan: str
    beginning: str
    groups: tuple[str, ...]
    qr: Qr
    picture: str
    open_title: str
    steps: tuple[str, ...]
    messages_title: str
    messages: tuple[str, ...]
    from_title: str
    senders: tuple[str, ...]
    never: str
    until: str
    lost: str
    phone: str | None


@dataclass(frozen=True)
class CodeCard:
    """A code: in two groups of four, digit by digit for reading aloud, and what a card of its own says of it."""

    language: Language
    title: str
    groups: tuple[str, str]
    spelled: str
    apart: str


def card_of(link: NewLink, language: Language, address: str, phone: str | None) -> Card:
    """Return the card of a fresh link. `phone` is a checked number, where she wants it on the card."""
    beginning = address.removesuffix(link.token)
    day = say_date(brussels_day(link.ends_at - ALMOST_A_DAY), language)
    with force_locale(str(language)):
        return Card(
            language=language,
            title=_("link.card_title"),
            scan=_("link.card_scan"),
            beginning=beginning,
            groups=tuple(link.token[start : start + GROUP] for start in range(0, len(link.token), GROUP)),
            qr=qr_of(address),
            picture=_("link.card_picture"),
            open_title=_("link.card_open"),
            steps=(
                _("link.card_own_device"),
                _("link.card_private"),
                _("link.card_code"),
                _("link.card_leave", leave=_("leave.button")),
            ),
            messages_title=_("link.card_messages"),
            messages=every_wording(rooms().library, language, beginning),
            from_title=_("link.card_from"),
            senders=_senders(),
            never=_("link.card_never"),
            until=_("link.card_until", day=day),
            lost=_("link.card_call") if phone else _("link.card_ask"),
            phone=phone,
        )


def code_of(link: NewLink, language: Language) -> CodeCard:
    """Return the code of a fresh link, for saying it and for a card of its own."""
    groups = (link.code[:4], link.code[4:])
    with force_locale(str(language)):
        return CodeCard(
            language=language,
            title=_("link.code_title"),
            groups=groups,
            spelled=" – ".join(", ".join(_("link.digit_" + digit) for digit in group) for group in groups),
            apart=_("link.code_apart"),
        )


def _senders() -> tuple[str, ...]:
    """Return whom her messages come from, as her device shows it; nobody where nothing is sent from here."""
    return tuple(dict.fromkeys(one.shown for one in rooms().senders.values()))
