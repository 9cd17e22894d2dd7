"""A list of common passwords that the operator gives, the commonest first: of it, short hashes are kept.

No such list lies in the repository: it holds words of people who never gave them. docs/sign-in.md says where one is.
"""

from functools import cache
from itertools import islice
from pathlib import Path

from portal.access.common import hashed
from portal.access.factors import Weakness, as_typed, weakness
from portal.settings import SettingError

WANTED = 10_000  # the commonest of those that could be chosen here
NEEDED = 3_000  # ASVS 6.2.4; with fewer it is no list of this kind
NEVER_CHOSEN = (Weakness.SHORT, Weakness.LONG, Weakness.SIMPLE)


@cache
def listed_in(file: Path | None) -> frozenset[bytes]:
    """Return the hashes of the commonest passwords of a file, one on each line; none where no file is given.

    Raises:
        portal.settings.SettingError: it cannot be read, or holds too few that could be chosen here.

    """
    if file is None:
        return frozenset()
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            typed = (as_typed(line.rstrip("\r\n")) for line in lines)
            could_be = (one for one in typed if weakness(one) not in NEVER_CHOSEN)
            listed = frozenset(map(hashed, islice(could_be, WANTED)))
    except OSError as problem:
        raise SettingError(f"PORTAL_COMMON_PASSWORDS: cannot be read: {problem.strerror}") from None
    if len(listed) < NEEDED:
        raise SettingError(
            f"PORTAL_COMMON_PASSWORDS: holds {len(listed)} that could be chosen here; {NEEDED} are needed"
        )
    return listed
