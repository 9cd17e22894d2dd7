"""What is wrong with the content: each problem names its file and what would mend it; any of them stops the build."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it stands, what is wrong, on which line where that is known, and what would mend it."""

    where: str
    what: str
    line: int | None = None
    mend: str = ""

    def __str__(self) -> str:
        """Give the line shown to an editor: `keeping/fr.md:34: has a number in prose (use {fact: …})`."""
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return f"{place}: {self.what}" + (f" ({self.mend})" if self.mend else "")


def line_of(text: str, part: str) -> int | None:
    """Return the number of the line on which a part of a text first stands, counted from 1; None where it does not."""
    place = text.find(part) if part else -1
    return None if place < 0 else text.count("\n", 0, place) + 1


class ContentError(Exception):
    """The content cannot be built; `problems` lists everything that was found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems and show them one a line."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
