"""Messages go out from the same quick databases as the records are tried on."""

import pytest

from portal.library import Library
from portal.records.database import Database
from tests.clock import StillClock
from tests.messages.post import PostDesk


@pytest.fixture
def desk(database: Database, clock: StillClock, real: Library) -> PostDesk:
    return PostDesk(database, clock, real)
