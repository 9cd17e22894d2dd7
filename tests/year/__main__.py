"""`python -m tests.year [--seed N] [--cases N] [--postgresql]`: a year of two teams, and what happened in it."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher

from portal.access import hashing
from portal.records.database import Database
from tests import machine
from tests.patterns import Overlooking, brought_up, under, unhurried
from tests.year.living import live
from tests.year.telling import tell


def main() -> int:
    """Live a year and print its counts; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--cases", type=int, default=400, help="a centre")
    parser.add_argument("--days", type=int, default=366)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    hashing._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tested elsewhere
    with tempfile.TemporaryDirectory() as folder, _records(Path(folder), on_postgresql=options.postgresql) as database:
        began = time.process_time()
        book = live(database, Path(folder), options.seed, options.cases, options.days)
        tell(book)
        print(f"{time.process_time() - began:.0f} s of processor")
    return 1 if book.faults else 0


@contextmanager
def _records(folder: Path, *, on_postgresql: bool) -> Iterator[Database]:
    cluster = None
    if on_postgresql:
        tools = machine.postgresql_tools()
        if tools is None:
            raise SystemExit(machine.HOW["postgresql"])
        cluster = machine.Cluster(tools)
    address = brought_up(cluster.database("year") if cluster else f"sqlite:///{folder / 'records.sqlite'}")
    database = Overlooking(under(machine.APP, address), b"k" * 32)
    unhurried(database.engine)
    try:
        yield database
    finally:
        database.engine.dispose()
        if cluster:
            cluster.stop()


if __name__ == "__main__":
    raise SystemExit(main())
