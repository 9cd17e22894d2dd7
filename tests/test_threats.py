"""docs/threats.md answers each threat with tests: each one named is there, and what stays unstopped is said."""

import re

from tests.named import HOUSE, missing_in, named_in

THREATS = (HOUSE / "docs" / "threats.md").read_text(encoding="utf-8")
ATTACKERS = re.split(r"^## ", THREATS, flags=re.MULTILINE)[1:]
ROW = re.compile(r"^\| (?P<who>[^|]*) \| (?P<what>[^|]*) \| (?P<answer>[^|]*) \|$", re.MULTILINE)


def test_every_test_that_is_named_exists() -> None:
    assert named_in("threats.md")
    assert not missing_in("threats.md")


def test_every_line_is_answered_by_a_test_or_says_why_not() -> None:
    for attacker in ATTACKERS:
        rows = [row for row in ROW.finditer(attacker) if row["answer"].strip() not in ("answered by", "---")]
        assert rows, attacker
        for row in rows:
            answer = row["answer"]
            assert "`tests/" in answer or answer.startswith(("none: ", "the lines above")), row[0]


def test_what_is_not_stopped_is_said_of_every_attacker() -> None:
    for attacker in ATTACKERS:
        _, found, rest = attacker.partition("**Not stopped.**")
        assert found, attacker.splitlines()[0]
        assert len(rest.split()) > 10, attacker.splitlines()[0]
