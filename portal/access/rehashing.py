"""After the sealing key changed: the tries under names that somebody has are counted under the newest key.

Nothing else can be hashed anew, because what was hashed is kept nowhere: a hospital's sign-in is, when its member comes
in next; a recovery code is used once under the key that made it, or replaced by fresh ones.
"""

from collections.abc import Sequence

from sqlalchemy import select

from portal.access.team import name_hashes
from portal.records.database import Database
from portal.records.fence import Across
from portal.records.models import SignInTry, Staff


def hash_anew(database: Database) -> int:
    """Count the tries of every name that somebody has under the newest key; return how many were moved."""
    with database.reading(across=Across.KEYS) as session:
        logins = list(session.scalars(select(Staff.login)))
        counted = frozenset(session.scalars(select(SignInTry.name_hash)))
    every = [name_hashes(database, login) for login in logins]
    return sum(_moved(database, hashes) for hashes in every if counted.intersection(hashes[1:]))


def _moved(database: Database, hashes: Sequence[str]) -> int:
    """Count under the newest hash what is counted under the others: the most tries, and the longest wait."""
    with database.writing(across=Across.SIGN_IN) as session:
        every = session.scalars(select(SignInTry).where(SignInTry.name_hash.in_(hashes)).with_for_update()).all()
        older = [one for one in every if one.name_hash != hashes[0]]
        if older:
            there = next((one for one in every if one.name_hash == hashes[0]), SignInTry(name_hash=hashes[0]))
            there.failures = max(one.failures for one in every)
            there.next_try_at = max((one.next_try_at for one in every if one.next_try_at), default=None)
            session.add(there)
        for one in older:
            session.delete(one)
        return len(older)
