"""What a member may choose as a password: length counts, not riddles (ASVS 6.2)."""

import pytest

from portal.access.factors import LONGEST_PASSWORD, SHORTEST_PASSWORD, Weakness, weakness


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("a" * (SHORTEST_PASSWORD - 1), Weakness.SHORT),
        ("aaaaaaaaaaaaaaaa", Weakness.SIMPLE),
        ("north-north-1", Weakness.NAME),
        ("anna.peeters1", Weakness.NAME),
        ("p" * (LONGEST_PASSWORD + 1), Weakness.LONG),
        ("only small letters", None),
        ("42 97 13 08 55 71", None),
        ("héél lange zin, ça va", None),
        ("\U0001f40e correct staple battery", None),
        ("any words at all, " * 4, None),
    ],
)
def test_what_is_taken_and_what_is_not(password: str, why: Weakness | None) -> None:
    assert weakness(password, "anna.peeters", "North") is why


def test_twelve_characters_at_least_and_far_more_than_sixty_four_at_most() -> None:
    assert SHORTEST_PASSWORD >= 12
    assert LONGEST_PASSWORD >= 64
