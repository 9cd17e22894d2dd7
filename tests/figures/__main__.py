"""`python -m tests.figures [--only NAME] [--quick]`: every figure beside its target; 1 where one is not held.

All of it takes an hour and 6 GB of disk in the folder for temporary files (`TMPDIR`); `--quick` looks at fewer pages
and fewer cases, says so, and takes some minutes. How everything grows is told by `python -m tests.benchmark growth`.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from portal.app import create_app
from portal.settings import settings_from
from tests.figures import codes, installed, pages, rigs, screens, seeing, team
from tests.figures.figure import SAID, Bench, Figure, Measuring, of_this_machine, table

EVERY: dict[str, Measuring] = {
    "sizes": pages.sizes,
    "screens": screens.screens,
    "speed": pages.speed,
    "start": pages.start,
    "codes": codes.codes,
    "today": team.today,
    "axe": seeing.axe,
    "journeys": seeing.journeys,
    "installed": installed.installed,
    "drill": rigs.drill,
    "year": rigs.year,
    "faults": rigs.faults,
    "asvs": rigs.requirements,
}


def main() -> int:
    """Measure what was asked for, and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.figures", description=__doc__)
    parser.add_argument("--only", action="append", choices=EVERY, metavar="NAME", help=", ".join(EVERY))
    parser.add_argument("--quick", action="store_true", help="fewer pages, fewer cases")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="keep there what is built of the content")
    options = parser.parse_args()
    began = time.perf_counter()

    def say(what: str) -> None:
        print(f"after {time.perf_counter() - began:.0f} s: {what}", file=sys.stderr, flush=True)

    found: list[Figure] = []
    print(of_this_machine())
    with tempfile.TemporaryDirectory() as folder:
        data = options.data or Path(folder)
        say("building the content, pressing the pages")
        app = create_app(settings_from({"PORTAL_MODE": "demo", "PORTAL_DATA": str(data)}))
        bench = Bench(app, data, options.quick, say)
        for name in options.only or EVERY:
            found += measured(name, bench)
    print(table(found))
    print(summary(found), "quick: a part of the pages and of the cases" if options.quick else "")
    return 1 if any(one.held is False for one in found) else 0


def measured(name: str, bench: Bench) -> list[Figure]:
    """Return what one measuring gives; where it breaks off, that is a figure that is not held, and the others go on."""
    try:
        return list(EVERY[name](bench))
    except Exception as problem:  # an hour of measuring is not lost for one
        return [Figure(name, "measured", f"{type(problem).__name__}: {problem}"[:300], False, "it broke off")]


def summary(found: list[Figure]) -> str:
    """Return how many are held."""
    counts = {held: sum(one.held is held for one in found) for held in SAID}
    return f"{counts[True]} held, {counts[False]} not held, {counts[None]} not measured;"


if __name__ == "__main__":
    raise SystemExit(main())
