"""What is sealed opens only in its own place."""

import pytest
from cryptography.exceptions import InvalidTag

from portal.records import seal


def test_what_was_sealed_comes_back() -> None:
    key = seal.new_key()
    assert seal.unseal(key, seal.seal(key, b"12 May", "case", "facts", "1"), "case", "facts", "1") == b"12 May"


@pytest.mark.parametrize("place", [("case", "facts", "2"), ("case", "reference", "1"), ("staff", "facts", "1")])
def test_moved_to_another_row_column_or_table_it_does_not_open(place: tuple[str, str, str]) -> None:
    key = seal.new_key()
    sealed = seal.seal(key, b"12 May", "case", "facts", "1")
    with pytest.raises(InvalidTag):
        seal.unseal(key, sealed, *place)


def test_another_key_or_a_changed_byte_does_not_open_it() -> None:
    key = seal.new_key()
    sealed = seal.seal(key, b"12 May", "case", "facts", "1")
    with pytest.raises(InvalidTag):
        seal.unseal(seal.new_key(), sealed, "case", "facts", "1")
    with pytest.raises(InvalidTag):
        seal.unseal(key, sealed[:-1] + bytes([sealed[-1] ^ 1]), "case", "facts", "1")


def test_the_same_words_never_look_the_same_but_can_be_found() -> None:
    key, other = seal.new_key(), seal.new_key()
    assert seal.seal(key, b"x", "a") != seal.seal(key, b"x", "a")
    assert seal.blind_index(key, " REF-1 ") == seal.blind_index(key, "ref-1")
    assert seal.blind_index(key, "ref-1") != seal.blind_index(other, "ref-1")
