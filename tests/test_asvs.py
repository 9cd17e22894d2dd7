"""docs/asvs.md answers every requirement of ASVS 5.0, levels 1 and 2: by a test that is there, a page, or why."""

from tests.asvs import HOUSE, KINDS, NAMED, TABLE, WRITTEN, required, rows, totals
from tests.named import is_there


def test_every_requirement_stands_there_once_with_its_level() -> None:
    told = [(row.id, row.level) for row in rows()]
    assert told == list(required().items())
    assert len(told) == 253


def test_every_answer_is_of_one_kind() -> None:
    assert not [row.id for row in rows() if row.kind not in KINDS]


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{row.id}: {file}::{name}"
        for row in rows()
        for file, name in NAMED.findall(row.answer)
        if not is_there(file, name)
    ]
    assert not missing


def test_what_is_written_down_is_there() -> None:
    for row in rows():
        pages = WRITTEN.findall(row.answer)
        assert all((HOUSE / page).exists() for page in pages), row.id
        assert pages or row.kind != "written down", row.id


def test_a_reason_is_more_than_a_word() -> None:
    for row in rows():
        if row.kind in ("does not apply", "open"):
            assert len(row.answer.split(": ", 1)[1].split()) >= 2, row.id


def test_the_page_tells_its_own_totals() -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert totals(rows()) in text
    for level in (1, 2):
        assert totals([row for row in rows() if row.level == level]) in text
