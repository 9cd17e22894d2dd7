"""Whatever a server of PostgreSQL takes text for, what was written is read again letter by letter."""

from collections.abc import Iterator

import pytest

from portal.access.team import add_centre
from portal.records.database import Database
from portal.records.migrate import upgrade
from portal.records.models import Centre
from tests.machine import OWNER
from tests.patterns import Overlooking, created, dropped, under

NAME = "Liège – Łódź · Eupen ß 🙂"


@pytest.fixture
def without_letters(postgresql_pattern: str) -> Iterator[Database]:
    """What a server makes that was installed where no language was set."""
    how = "ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
    made = Overlooking(under(OWNER, created(postgresql_pattern, "letters", how)), b"k" * 32)
    yield made
    made.engine.dispose()
    dropped(made.engine.url.render_as_string(hide_password=False))


@pytest.mark.postgresql
def test_a_server_that_was_told_no_language_keeps_every_letter(without_letters: Database) -> None:
    upgrade(without_letters)
    centre_id = add_centre(without_letters, NAME)
    with without_letters.reading(centre_id) as session:
        assert session.get_one(Centre, centre_id).name == NAME
