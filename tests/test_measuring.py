"""What measures for minutes first reads what it is told: help is given, and a word it does not know is refused."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from tests import drill
from tests.benchmark import __main__ as benchmark

BEGINNINGS = {
    "drill": drill.main,
    "benchmark": benchmark.begin,
    **{part: partial(lambda part, said: benchmark.begin([part, *said]), part) for part in benchmark.PARTS},
}


@pytest.mark.parametrize("begin", BEGINNINGS.values(), ids=BEGINNINGS)
@pytest.mark.parametrize(("said", "status"), [("--help", 0), ("--halp", 2), ("everything", 2)])
def test_nothing_begins_where_help_is_asked_or_a_word_is_unknown(
    begin: Callable[[Sequence[str]], object],
    said: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("tempfile.TemporaryDirectory", None)  # with it all of them begin
    with pytest.raises(SystemExit) as ended:
        begin([said])
    assert ended.value.code == status
    assert "usage: python -m tests." in "".join(capsys.readouterr())
