"""Messages go out from the same quick databases as the records are tried on."""

import pytest

from portal.library import Library
from portal.records.database import Database
from tests.clock import StillClock
from tests.messages.post import PostDesk
from tests.records.conftest import database, postgresql_pattern, quick_passwords, sqlite_pattern

__all__ = ["database", "postgresql_pattern", "quick_passwords", "sqlite_pattern"]


@pytest.fixture
def desk(database: Database, clock: StillClock, real: Library) -> PostDesk:
    return PostDesk(database, clock, real)
