"""What a member may choose as a password: length counts, not riddles (ASVS 6.2)."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.access.factors import LONGEST_PASSWORD, SHORTEST_PASSWORD, Weakness, weakness
from portal.access.roles import Role
from portal.access.team import add_centre, add_member, try_password
from portal.records.database import Database


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


def test_it_opens_as_it_was_typed_in_no_other_way_and_as_long_as_its_owner_wishes(database: Database) -> None:
    """Spaces at the ends, case and every letter to the last count; a year later it is the same one."""
    now = datetime(2026, 7, 30, 8, tzinfo=UTC)
    password = " " + "Four Words of hers, " * 4
    add_member(database, add_centre(database, "North"), "anna", password, now, Role.NURSE)
    for wrong in (password.strip(), password.lower(), password[:64], password + " "):
        now += timedelta(days=1)
        assert try_password(database, "anna", wrong, now)[1] is None, wrong
    now += timedelta(days=400)
    staff = try_password(database, "anna", password, now)[1]
    assert staff is not None
    assert staff.login == "anna"
