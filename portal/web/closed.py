"""Records that were away when the program started: they open once they were looked at, and are ours to serve."""

from collections.abc import Callable

from flask import abort, request

OF_RECORDS = {"followup", "team"}


class Closed:
    """Refuses what needs the records until a look at them was good."""

    def __init__(self, look: Callable[[], bool]) -> None:
        """Remember how to look."""
        self._look: Callable[[], bool] | None = look

    def refuse(self) -> None:
        """Say that this part is closed for a moment, as long as the records are away or not of this version."""
        look = self._look  # another thread may find them good, and forget how to look, in between
        if look is None or request.blueprint not in OF_RECORDS:
            return
        if not look():
            abort(503)
        self._look = None
