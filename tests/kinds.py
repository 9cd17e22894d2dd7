"""On which database the tests work: each kind where both are promised, SQLite otherwise; with `--on`, all on one.

What takes `database` runs on both kinds in every run. What takes `settings` or `app` has SQLite, which is quick, unless
it asks for `BOTH`. With `--on postgresql` all of it works on PostgreSQL, each test in a database of its own, under the
account of the portal and behind its fence. What is about SQLite's own file is left out then, and listed with reasons.
"""

from collections import Counter

import pytest

from tests import machine
from tests.patterns import dropped

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = [SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql)]
BOTH = pytest.mark.parametrize("settings", KINDS, indirect=True)
POSTGRESQL_TOO = pytest.mark.parametrize("settings", KINDS[1:], indirect=True)


def asked_for(config: pytest.Config) -> str:
    """Return the kind of database for tests that do not say one."""
    kind: str = config.getoption("--on")
    return kind


def chosen(request: pytest.FixtureRequest) -> str:
    """Return the kind of database for a test: its own choice, or that of the run."""
    return str(getattr(request, "param", asked_for(request.config)))


def put_away(config: pytest.Config, address: str) -> None:
    """Drop a database where hundreds more will be made: together they would fill the disk."""
    if asked_for(config) == POSTGRESQL:
        dropped(address)


def only_asked_for(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of SQLite alone, where all was asked for on another."""
    if asked_for(config) == SQLITE:
        return
    if machine.postgresql_tools() is None:
        raise pytest.UsageError(machine.HOW[POSTGRESQL])
    out = [item for item in items if item.get_closest_marker(SQLITE) or _runs_on(item) == SQLITE]
    config.hook.pytest_deselected(items=out)
    config.stash[_LEFT] = Counter(_why(item) for item in out)
    items[:] = [item for item in items if item not in set(out)]


_LEFT = pytest.StashKey[Counter[str]]()


def told(config: pytest.Config) -> list[str]:
    """Return one line for each reason why something was left out, with how much it was."""
    left = config.stash.get(_LEFT, Counter[str]())
    return [f"left out on {asked_for(config)}: {number} × {why}" for why, number in sorted(left.items())]


def _runs_on(item: pytest.Item) -> object:
    call = getattr(item, "callspec", None)
    kinds = (SQLITE, POSTGRESQL)
    return next((value for value in call.params.values() if value in kinds), None) if call else None


def _why(item: pytest.Item) -> str:
    marker = item.get_closest_marker(SQLITE)
    if marker is None:
        return "the half on SQLite of what runs on both"
    return f"{item.nodeid.split('[')[0]}: {marker.args[0]}"
