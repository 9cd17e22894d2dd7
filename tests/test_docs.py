"""The pages for operators, editors, developers and officers name what is there: files, links, commands."""

import re
from pathlib import Path

import pytest

from portal.cli import _parser
from tests.named import HOUSE

PAGES = [HOUSE / "README.md", *sorted((HOUSE / "docs").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#|page:)([^)#\s]+)")
PATH = re.compile(r"`((?:portal|tests|content|translations|docs|deploy)/[\w./-]+)`")
COMMAND = re.compile(r"python -m portal (?P<command>[a-z-]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [page.parent / name for name in LINK.findall(text) if not name.endswith("#…")]
    named = [HOUSE / name for name in PATH.findall(text)]
    assert not [str(path) for path in (*links, *named) if not path.exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_is_one(page: Path) -> None:
    known = _parser().format_help()
    shown = set(COMMAND.findall(page.read_text(encoding="utf-8")))
    assert not {name for name in shown if not re.search(rf"^ +{name}\b", known, re.MULTILINE)}


def test_readme_leads_to_each_page_that_somebody_works_with() -> None:
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    for name in ("operating", "editing", "developing", "data-protection", "threats"):
        assert f"docs/{name}.md" in readme, name
