"""A clock that stands still until it is told."""

from datetime import UTC, datetime, timedelta


class StillClock:
    """Tests say what time it is."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **spans: float) -> None:
        self.moment += timedelta(**spans)


def at(text: str) -> datetime:
    """Return an aware UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
