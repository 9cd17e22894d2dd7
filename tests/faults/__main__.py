"""`python -m tests.faults [--seconds N] [--seed N] [--only WORDS] [--sqlite | --postgresql]`: what can fall, falls.

It prints each kind of fault with how often it struck, what people were told, what of it was lost, and how public pages
answered throughout; 1 where anything was lost. Loopback only, and it ends by itself.
"""

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests import machine
from tests.faults.running import Became, run
from tests.faults.world import Plan

BUILT = Path(__file__).parents[2] / ".pytest_cache" / "d" / "built"  # by the tests, from the same content


def main() -> int:
    """Run it on each database that this machine has."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=240, help="of faults, shared by the databases")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--only", nargs="+", default=[], help="faults whose name has these words")
    parser.add_argument("--once", action="store_true", help="each fault once, however long that takes")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started and mounted is taken away
    every = not (options.sqlite or options.postgresql)
    kinds = [False] * (options.sqlite or every)
    kinds += [True] * (options.postgresql or (every and machine.postgresql_tools() is not None))
    print(f"seed {options.seed}", flush=True)
    lost = 0
    for on_postgresql in kinds:
        name = "PostgreSQL" if on_postgresql else "SQLite"
        with tempfile.TemporaryDirectory(prefix="portal-faults-") as folder:
            Path(folder).chmod(0o755)  # PostgreSQL is another account
            built = BUILT if BUILT.exists() else None
            plan = Plan(Path(folder), options.seconds / len(kinds), options.seed, on_postgresql, built)
            began = time.monotonic()
            became = run(plan, partial(print, f"  {name}:", flush=True), options.only, once=options.once)
            tell(name, became, time.monotonic() - began)
            lost += became.many_lost
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{used:.0f} s of processor")
    print(f"lost, doubled or answered as it must not be: {lost}")
    return 1 if lost else 0


def tell(name: str, became: Became, seconds: float) -> None:
    """Print a run."""
    print(f"{name}: {became.strikes.total()} faults of {len(became.strikes)} kinds in {seconds:.0f} s")
    print(f"  {'fault':34} {'struck':>6} {'pages':>7} {'answered':>9} {'slowest':>9}")
    for fault, read in sorted(became.reads.items()):
        share = f"{100 * read.answered / read.asked:.1f} %"
        print(f"  {fault:34} {became.strikes[fault]:6} {read.asked:7} {share:>9} {read.slowest:6.0f} ms")
    print(f"  told: {became.told}; answers: {dict(sorted(became.answers.items()))}")
    for promise, broken in became.lost.items():
        print(f"  {promise}: {len(broken)}{' – ' + '; '.join(broken[:5]) if broken else ''}")


if __name__ == "__main__":
    raise SystemExit(main())
