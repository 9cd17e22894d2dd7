"""`python -m tests.year [--seed N] [--cases N] [--postgresql]`: a year of two teams, and what happened in it."""

import argparse
import tempfile
import time
from pathlib import Path

from argon2 import PasswordHasher

from portal.access import hashing
from portal.records.database import Database
from portal.records.migrate import upgrade
from tests.patterns import unhurried
from tests.year.living import live
from tests.year.telling import tell


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--days", type=int, default=366)
    options = parser.parse_args()
    hashing._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'records.sqlite'}", b"k" * 32)
        unhurried(database.engine)
        upgrade(database)
        began = time.process_time()
        book = live(database, options.seed, options.cases, options.days)
        tell(book)
        print(f"{time.process_time() - began:.0f} s of processor")
        database.engine.dispose()


if __name__ == "__main__":
    main()
