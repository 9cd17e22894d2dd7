"""At least 128 bits in whatever is a key here, read off what is really made (ASVS 11.2.3)."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from portal.access import factors
from portal.access.hashing import fast_hash
from portal.records import agreement, keyed, seal, wrapping
from portal.settings import SettingError, settings_from
from portal.settings.keys import SHORTEST_SECRET
from portal.web import sealing
from tests.test_settings import GOOD

ENOUGH = 128


def bits(secret: bytes) -> int:
    return len(secret) * 8


def test_every_key_that_seals_has_256_bits() -> None:
    key = seal.new_key()
    own, other = X25519PrivateKey.generate(), X25519PrivateKey.generate().public_key().public_bytes_raw()
    made = (
        key,
        seal.derived_key(key, "anything"),
        agreement.agreed_key(own, other, b"anything"),
        sealing._derived("k" * SHORTEST_SECRET, "anything"),
    )
    assert {bits(one) for one in made} == {256}
    assert wrapping.Wrappers([key]).unwrap(wrapping.wrap(key, key, "c"), "c")[0] == key


@pytest.mark.parametrize("name", ["PORTAL_SEALING_KEY", "PORTAL_RECEIPT_KEYS"])
def test_no_shorter_key_is_taken_from_an_operator(name: str) -> None:
    for length in (16, 24, 31, 33):
        with pytest.raises(SettingError, match=f"^{name}: is not 32 bytes long"):
            settings_from({**GOOD, name: base64.b64encode(b"k" * length).decode()})
    assert SHORTEST_SECRET * 6 >= ENOUGH  # letters of `token_urlsafe`, six bits each


def test_tags_hashes_and_what_an_authenticator_counts_by() -> None:
    assert seal.TAG_BYTES * 8 >= ENOUGH
    assert len(seal.seal(seal.new_key(), b"", "a")) == seal.NONCE_BYTES + seal.TAG_BYTES
    stamped = keyed.keyed_hash(seal.new_key(), "anything", "text")
    assert (len(stamped) - len(keyed.stamp_of(stamped))) * 4 >= ENOUGH
    assert len(fast_hash("token")) * 4 >= ENOUGH
    assert bits(base64.b32decode(factors.new_authenticator())) >= ENOUGH
