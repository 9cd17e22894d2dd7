"""What is sealed opens only in its own place."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from portal.records import seal


def test_what_was_sealed_comes_back() -> None:
    key = seal.new_key()
    assert seal.unseal(key, seal.seal(key, b"12 May", "case", "facts", "1"), "case", "facts", "1") == b"12 May"


@pytest.mark.parametrize("place", [("case", "facts", "2"), ("case", "reference", "1"), ("staff", "facts", "1")])
def test_moved_to_another_row_column_or_table_it_does_not_open(place: tuple[str, str, str]) -> None:
    key = seal.new_key()
    sealed = seal.seal(key, b"12 May", "case", "facts", "1")
    with pytest.raises(seal.UnreadableError):
        seal.unseal(key, sealed, *place)


def test_another_key_or_a_changed_byte_does_not_open_it() -> None:
    key = seal.new_key()
    sealed = seal.seal(key, b"12 May", "case", "facts", "1")
    with pytest.raises(seal.UnreadableError):
        seal.unseal(seal.new_key(), sealed, "case", "facts", "1")
    with pytest.raises(seal.UnreadableError):
        seal.unseal(key, sealed[:-1] + bytes([sealed[-1] ^ 1]), "case", "facts", "1")


def test_the_same_words_never_look_the_same_but_can_be_found() -> None:
    key, other = seal.new_key(), seal.new_key()
    assert seal.seal(key, b"x", "a") != seal.seal(key, b"x", "a")
    assert seal.blind_index(key, " REF-1 ") == seal.blind_index(key, "ref-1")
    assert seal.blind_index(key, "ref-1") != seal.blind_index(other, "ref-1")


PLACE = ("case", "facts", "1")
SECOND = seal.Way("invented for this test", ChaCha20Poly1305)


def test_beside_a_second_way_what_the_first_sealed_opens_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    key = seal.new_key()
    before = seal.seal(key, b"12 May", *PLACE)
    monkeypatch.setattr(seal, "WAYS", (*seal.WAYS, SECOND))
    after = seal.seal(key, b"12 May", *PLACE)
    assert seal.anew(key, after, *PLACE) == after
    for sealed in (before, after, seal.anew(key, before, *PLACE)):
        assert seal.unseal(key, sealed, *PLACE) == b"12 May"
        for at in range(len(sealed)):
            changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
            with pytest.raises(seal.UnreadableError):
                seal.unseal(key, changed, *PLACE)
            with pytest.raises(seal.UnreadableError):
                seal.anew(key, changed, *PLACE)


def test_each_way_has_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    key = seal.new_key()
    monkeypatch.setattr(seal, "WAYS", (SECOND,))
    sealed = seal.seal(key, b"12 May", *PLACE)
    with pytest.raises(InvalidTag):
        ChaCha20Poly1305(key).decrypt(sealed[: seal.NONCE_BYTES], sealed[seal.NONCE_BYTES :], b"case|facts|1")


@pytest.mark.parametrize("way", seal.WAYS)
def test_no_length_tells_in_which_way_something_was_sealed(way: seal.Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seal, "WAYS", (way,))
    for plain in (b"", b"12 May", b" " * 512):
        assert len(seal.seal(seal.new_key(), plain, "a")) == seal.NONCE_BYTES + len(plain) + seal.TAG_BYTES


def test_no_two_ways_share_a_name() -> None:
    """By its name a way has a key of its own; the first has none, and uses the key as it is."""
    assert len({way.name for way in seal.WAYS}) == len(seal.WAYS)
    assert seal.WAYS[0].name == ""
