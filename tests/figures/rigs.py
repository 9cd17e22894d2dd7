"""What other rigs of the project say in their last lines: the restore drill, a year, the faults, ASVS."""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec

from tests import asvs
from tests.figures.figure import HOUSE, Bench, Figure, not_measured

BROKEN = re.compile(r"^(\d+) promises broken on (\d+) databases$", re.MULTILINE)
COUNT = re.compile(r"^(?P<what>\S.*?) {2,}(?P<many>[\d,]+)$", re.MULTILINE)
STRUCK = re.compile(r"^(\w+): (\d+ faults of \d+ kinds)", re.MULTILINE)
YEAR_CASES, FEWER = 400, 40
FAULT_SECONDS = "30"


def drill(bench: Bench) -> Iterator[Figure]:
    """Give how many promises of the restore drill were broken."""
    bench.say("the restore drill")
    status, said = _run("tests.drill")
    told = BROKEN.search(said)
    promises = len(re.findall(r": (?:held  |BROKEN) ", said))
    measured = f"{told[1]} broken of {promises} promises on {told[2]} databases" if told else _last(said)
    yield Figure("restore drill", "0 promises broken", measured, status == 0, "`python -m tests.drill`")


def year(bench: Bench) -> Iterator[Figure]:
    """Give what was wrong in a year of two teams, and how many last days nobody had seen."""
    cases = FEWER if bench.quick else YEAR_CASES
    bench.say(f"a year of two teams, {cases} cases each")
    status, said = _run("tests.year", "--cases", str(cases))
    counts = {one["what"]: one["many"] for one in COUNT.finditer(said)}
    measured = f"{counts.get('faults', _last(said))} faults" if counts else _last(said)
    yield Figure("a year of two teams", "0 faults", measured, status == 0, f"`python -m tests.year --cases {cases}`")


def faults(bench: Bench) -> Iterator[Figure]:
    """Give what was lost when everything was killed, filled, or taken away at random moments."""
    what, target = "faults under load", "nothing lost, nothing done twice"
    if find_spec("tests.faults") is None:
        yield not_measured(what, target, "there is no tests/faults yet")
        return
    bench.say("faults")
    status, said = _run("tests.faults", *(("--seconds", FAULT_SECONDS) if bench.quick else ()))
    struck = ", ".join(f"{many} on {database}" for database, many in STRUCK.findall(said))
    measured = f"{struck}; {_last(said)}" if struck else _last(said)
    yield Figure(what, target, measured, status == 0, "`python -m tests.faults`")


def requirements(_bench: Bench) -> Iterator[Figure]:
    """Give how many requirements of ASVS 5.0, level 2, are answered; open ones are told, and are no failure."""
    table = asvs.rows()
    answered = {row.id for row in table if row.kind != "not at all"} >= asvs.required().keys()
    yield Figure("ASVS 5.0, levels 1 and 2", "each answered", asvs.totals(table), answered, "`python -m tests.asvs`")


def _run(module: str, *arguments: str) -> tuple[int, str]:
    command: Sequence[str] = (sys.executable, "-m", module, *arguments)
    done = subprocess.run(command, check=False, cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout, file=sys.stderr, flush=True)
    return done.returncode, done.stdout


def _last(said: str) -> str:
    return next((line for line in reversed(said.splitlines()) if line.strip()), "said nothing")
