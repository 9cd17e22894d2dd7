"""How often one may try. Waiting protects; nobody is shut out for good by somebody else's attempts."""

from datetime import datetime, timedelta

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
MOST_FAILURES = 100  # of 10⁸ codes: one in a million (NIST SP 800-63B's bound)


def next_try_at(failures: int, now: datetime, longest: timedelta = LONGEST_WAIT) -> datetime | None:
    """Return when the next try is possible after so many failures; None where it is at once."""
    if failures < FREE_TRIES:
        return None
    wait: timedelta = FIRST_WAIT * 2 ** min(failures - FREE_TRIES, 10)
    return now + min(wait, longest)
