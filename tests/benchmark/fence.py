"""`python -m tests.benchmark fence [CASES]`: what PostgreSQL's second fence costs, in one run, with it and without it.

The same database is asked in turn with row-level security on and off: *Today*'s lines, a case opened, something asked.
The centre that is measured has a quarter of all cases, so that its own rows are many.
"""

import argparse
import itertools
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from portal import law
from portal.records import requests
from portal.records.board import board
from portal.records.cases import Admission, open_case, register_case
from portal.records.database import Database
from portal.records.models import Base
from portal.records.requests import Wish
from tests.benchmark import today
from tests.machine import OWNER
from tests.patterns import under

TURNS, EACH, SHARE = 6, 30, 4
UNFENCED = {"sign_in_try"}
EXAMINED = Admission("", date(2026, 7, 1), False, law.Complaint.NONE, "fr")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark fence", description=__doc__)
    parser.add_argument("size", nargs="?", type=int, default=10_000, metavar="CASES")
    size = parser.parse_args(arguments).size
    with tempfile.TemporaryDirectory() as home, today.address_of("postgresql", Path(home)) as address:
        desk = today.filled(size, size // SHARE, address, Path(home))
        owner = Database(under(OWNER, address), b"")
        print(f"{size:,} cases, {size // SHARE:,} of them in the centre; {TURNS} turns of {EACH}")
        for name, work in works(desk):
            say(name, desk.database, owner, work)
        owner.engine.dispose()
        desk.database.engine.dispose()


def works(desk: today.Desk) -> Iterator[tuple[str, Callable[[], object]]]:
    database, centre_id, nurse = desk.database, desk.centre_id, desk.nurse.staff_id
    going_round = itertools.cycle(
        [
            register_case(
                database, centre_id, desk.nurse.staff_id, replace(EXAMINED, reference=f"REF-{number}"), today.NOW
            )
            for number in range(TURNS * 2 * (EACH + today.WARMING))
        ]
    )

    def opening() -> None:
        with database.reading(centre_id) as session:
            assert open_case(database, session, centre_id, next(going_round))

    def asking() -> None:
        requests.ask(database, centre_id, next(going_round), Wish(law.RequestKind.CONTACT_ME), today.NOW)

    yield "Today's lines", lambda: board(database, centre_id, nurse, today.NOW)
    yield "a case opened", opening
    yield "something asked", asking


def say(name: str, database: Database, owner: Database, work: Callable[[], object]) -> None:
    """Do it in turn with the fence and without; say the middle of each, and of what each turn cost more."""
    found: dict[bool, list[today.Times]] = {True: [], False: []}
    for turn in range(TURNS):
        for stands in (True, False) if turn % 2 else (False, True):
            put(owner, stands=stands)
            found[stands].append(today.timed(database, work, EACH))
    put(owner, stands=True)
    for what, of in (("on the wall", _wall), ("on this processor", _processor), ("on the database's", _server)):
        with_it, without = ([of(one) for one in found[stands]] for stands in (True, False))
        ratios = [one / other for one, other in zip(with_it, without, strict=True) if other]
        middle = statistics.median
        told = f"{middle(without):.2f} ms without, {middle(with_it):.2f} ms with it"
        print(
            f"{name}, {what}: {told}; {middle(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})", flush=True
        )


def put(owner: Database, *, stands: bool) -> None:
    """Put the fence up, or take it down."""
    how = "ENABLE" if stands else "DISABLE"
    with owner.engine.begin() as connection:
        for name in sorted(set(Base.metadata.tables) - UNFENCED):
            connection.exec_driver_sql(f"ALTER TABLE {name} {how} ROW LEVEL SECURITY")


def _wall(times: today.Times) -> float:
    return today.part(times.wall, 50)


def _processor(times: today.Times) -> float:
    return today.part(times.processor, 50)


def _server(times: today.Times) -> float:
    return times.server or 0
