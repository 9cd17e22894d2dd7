"""How far a command is that takes long: said beside its result, which may be read by another program."""

import sys
from collections.abc import Callable

EVERY = 100_000


def progress(done_in_words: str, every: int = EVERY) -> Callable[[int, int], None]:
    """Return what says, each time so many more are done, how many of how many: `100000 of 300000 rows written`."""
    told = 0

    def say(done: int, of: int) -> None:
        nonlocal told
        if done // every > told:
            told = done // every
            print(f"{done} of {of} {done_in_words}", file=sys.stderr, flush=True)

    return say
