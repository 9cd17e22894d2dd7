"""An envelope opens for one receiver, from one sender, unchanged; or it does not open at all."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from portal.records.agreement import KEY_BYTES
from portal.records.envelopes import BLOCK, FORM, SIGNED, NotOpenedError, OwnKeys, PublicKey, close, opened

SENDER, RECEIVER, OTHER = (OwnKeys.of(letter * 32) for letter in (b"s", b"r", b"o"))
CONTENT = b'{"custody": 1}'
ENVELOPE = close(CONTENT, SENDER, RECEIVER.public)


def why_not(envelope: bytes, own: OwnKeys = RECEIVER, sender: OwnKeys = SENDER) -> str:
    with pytest.raises(NotOpenedError) as why:
        opened(envelope, own, sender.public)
    return why.value.reason


@given(st.binary(max_size=3000).map(lambda content: content.rstrip(b" ")))
def test_what_was_closed_is_opened(content: bytes) -> None:
    assert opened(close(content, SENDER, RECEIVER.public), RECEIVER, SENDER.public) == content


def test_each_byte_changed_added_or_taken_away_keeps_it_closed() -> None:
    for place in range(len(ENVELOPE)):
        changed = bytearray(ENVELOPE)
        changed[place] ^= 1 << (place % 8)
        why_not(bytes(changed))
    for length in (0, 1, len(FORM), 200, len(ENVELOPE) - 1):
        why_not(ENVELOPE[:length])
    why_not(ENVELOPE + b"\0")


def test_it_is_for_one_receiver_and_of_one_sender() -> None:
    assert why_not(ENVELOPE, own=OTHER) == "receiver"
    assert why_not(ENVELOPE, sender=OTHER) == "sender"
    assert why_not(ENVELOPE, own=SENDER) == "receiver"
    assert why_not(b"something else" * 99) == "form"


def test_nobody_signs_anew_what_they_cannot_open() -> None:
    """A thief puts their own key in the place of the sender's and signs: what is sealed knows who sent it."""
    thief = OTHER.public.whole
    body = FORM + thief + ENVELOPE[len(FORM) + 2 * KEY_BYTES : -64]
    forged = body + OTHER.signs.sign(SIGNED + body)
    assert why_not(forged, sender=OTHER) == "changed"


def test_a_signature_for_anything_else_is_none() -> None:
    body = ENVELOPE[:-64]
    assert isinstance(SENDER.signs, Ed25519PrivateKey)
    assert why_not(body + SENDER.signs.sign(body)) == "changed"


def test_no_two_envelopes_share_a_key_and_no_length_tells_how_much_is_in_it() -> None:
    assert close(CONTENT, SENDER, RECEIVER.public)[len(FORM) + 4 * KEY_BYTES :] != ENVELOPE[len(FORM) + 4 * KEY_BYTES :]
    assert len(close(b"x" * (BLOCK - 1), SENDER, RECEIVER.public)) == len(ENVELOPE)


def test_a_public_key_written_down_is_read_again_and_a_wrong_letter_is_seen() -> None:
    written = str(RECEIVER.public)
    assert PublicKey.read(f" {written}\n") == RECEIVER.public
    for place, letter in enumerate(written):
        wrong = written[:place] + ("A" if letter != "A" else "B") + written[place + 1 :]
        with pytest.raises(ValueError, match="no public key"):
            PublicKey.read(wrong)
    for nothing in ("", "custody1", "custody1..", "é", "custody1.é.é"):
        with pytest.raises(ValueError, match="no public key"):
            PublicKey.read(nothing)


def test_both_keys_come_from_the_sealing_key_and_say_nothing_of_it() -> None:
    assert OwnKeys.of(b"s" * 32).public == SENDER.public
    assert len({one.public.fingerprint for one in (SENDER, RECEIVER, OTHER)}) == 3
    assert b"s" * 8 not in SENDER.public.whole
    assert "X25519" not in repr(SENDER)
