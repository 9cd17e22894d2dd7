"""What is wrong with the content: every problem names its file, and any problem stops the build."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing to mend: where it stands, and what is wrong."""

    where: str
    what: str

    def __str__(self) -> str:
        """Give the line shown to an editor."""
        return f"{self.where}: {self.what}"


class ContentError(Exception):
    """The content cannot be built; `problems` lists everything that was found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems and show them one a line."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
