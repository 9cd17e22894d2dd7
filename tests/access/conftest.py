"""Who may come in: here a password and a code take as long as they do."""

import pytest


@pytest.fixture(autouse=True)
def quick_passwords() -> None:
    """Not here."""
