"""The end of a case: closed by the team, erased by the sweep of the night; and slips that must erase nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from portal.access.links import revoke_link
from portal.access.team import OPERATOR
from portal.records import erasure
from portal.records.erasure_list import open_to_add
from portal.records.follow_up import Called, note_call
from tests.year import noting
from tests.year.book import House, Life
from tests.year.world import World

A_MONTH = timedelta(days=30)


@contextmanager
def short_periods() -> Iterator[None]:
    """Let a case be erased a month after it is in the file, so that one year sees its end."""
    short = SimpleNamespace(length_of=lambda _period: A_MONTH)
    with patch.object(erasure, "data_map", lambda: short):
        yield


def close(world: World, house: House, life: Life) -> None:
    """Nothing of her is kept any more: she wants no calls, her link ends, everything is in the file."""
    by = world.chance.choice(house.carers)
    where = (world.database, house.centre_id, life.case_id, by)
    note_call(*where, Called.STOPPED, world.now)
    revoke_link(*where, world.now)
    life.link = None
    noting.in_file(world, house, life)
    world.count("cases closed")


def sweep(world: World) -> None:
    """Go through what was confirmed long ago; and, by a slip, through a few others."""
    with open_to_add(world.erasures, world.database) as listed:
        due = list(erasure.confirmed_long_ago(world.database, world.now))
        for centre_id, case_id in dict.fromkeys([*due, *_some(world)]):
            life = world.book.life(case_id)
            if life is None or life.erased_on is not None:
                continue
            reasons = erasure.erase_case(world.database, listed, centre_id, case_id, OPERATOR, world.now)
            for reason in reasons:
                world.count(f"not erased: {reason}")


def _some(world: World) -> list[tuple[str, str]]:
    every = [life for house in world.book.houses for life in house.lives.values()]
    return [(life.centre_id, life.case_id) for life in world.chance.sample(every, min(5, len(every)))]
