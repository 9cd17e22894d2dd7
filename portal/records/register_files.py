"""The register as a file, closed for a key of its own that is kept offline; written daily, read on any laptop."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from portal.records.files import whole_file
from portal.records.offline_keys import Closing, Opening
from portal.records.register import Line
from portal.records.sealed_files import Closer, NotOpenedError, lines_of, opened, read_head

FORM = "register 1"
UNFINISHED = "register.unfinished"
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Register:
    """What a file holds: whose cases, as they stood at a moment."""

    centre: str
    written_at: datetime
    lines: tuple[Line, ...]

    def parts(self, today: date) -> tuple[tuple[Line, ...], tuple[Line, ...], tuple[Line, ...]]:
        """Return what can be asked for in the next 60 days only, what is past its day, and all the others."""
        dated = [line for line in self.lines if line.ask_by]
        soon = tuple(line for line in dated if line.ask_by and today <= line.ask_by <= today + SOON)
        past = tuple(line for line in dated if line.ask_by and line.ask_by < today)
        told = {*soon, *past}
        return soon, past, tuple(line for line in self.lines if line not in told)


def write_register(
    folder: Path,
    centre_id: str,
    centre: str,
    lines: Iterable[Line],
    to: Closing,
    signing_keys: Sequence[bytes],
    now: datetime,
) -> Path:
    """Write the register of a centre into a folder; its name tells a day and a random number.

    Raises:
        FileExistsError: there is one of this second already.
        OSError: it cannot be written.

    """
    path = folder / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.{centre_id[:8]}.register"
    with whole_file(path, folder / UNFINISHED) as file:
        closer = Closer(file, {"form": FORM, "written_at": now.astimezone(UTC).isoformat()}, to, signing_keys)
        closer.add(json.dumps({"centre": centre}).encode() + b"\n")
        for line in lines:
            days = [day.isoformat() if day else None for day in (line.ask_by, line.keep_through)]
            closer.add(json.dumps([line.code, *days, line.is_held]).encode() + b"\n")
        closer.end()
    return path


def read_register(path: Path, opening: Opening, public_keys: Sequence[bytes] | None) -> Register:
    """Return what a file holds. It needs no setting, database or network.

    Raises:
        NotOpenedError: another form, key or signer, or anything in it was changed.
        OSError: it cannot be read.

    """
    with path.open("rb") as file:
        told = read_head(file).fields
        if told.get("form") != FORM:
            raise NotOpenedError("form")
        first, *rest = lines_of(opened(file, opening, public_keys))
    lines = [json.loads(line) for line in rest]
    return Register(
        centre=json.loads(first)["centre"],
        written_at=datetime.fromisoformat(told["written_at"]),
        lines=tuple(Line(code, _day(ask_by), _day(keep), bool(held)) for code, ask_by, keep, held in lines),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
