"""What people type is hashed slowly: as Argon2id, as dear as it was decided."""

import pytest
from argon2 import PasswordHasher

from portal.access.hashing import matches, slow_hash


def test_a_hash_is_argon2id_of_nineteen_mebibytes_and_two_passes() -> None:
    assert slow_hash("a long password").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("secret", ["a long password", "12345678"])
def test_only_the_secret_itself_matches_its_hash(secret: str) -> None:
    hashed = slow_hash(secret)
    assert slow_hash(secret) != hashed
    assert matches(hashed, secret)
    assert not matches(hashed, f"{secret} ")
    assert not matches(None, secret)


def test_what_was_hashed_at_another_cost_still_matches() -> None:
    """A hash says its own cost, so that the cost of the next ones can be raised on any day."""
    before = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("a long password")
    assert not before.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(before, "a long password")
    assert not matches(before, "another password")
