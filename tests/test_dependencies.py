"""What the program stands on: each with its reason, listed for whoever asks; the one at its end can be replaced."""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import nh3
import pytest

from portal.cli import main
from portal.cli.inventory import read_lock
from portal.library import Library, sanitize

ROOT = Path(__file__).parents[1]
POLICY = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REASON = re.compile(r"^\| `(?P<name>[a-z0-9-]+)` \| (?P<why>[^|]+) \| (?P<otherwise>[^|]+) \|$", re.MULTILINE)
LOOK = re.compile(
    r"^\| `(?P<name>[a-z0-9-]+)` \| (?P<locked>[\w.]+) \| (?P<newest>[\w.]+) \| (?P<known>[^|]+) \|$", re.MULTILINE
)
PURL = re.compile(r"pkg:pypi/(?P<name>[a-z0-9][a-z0-9-]*)@(?P<version>[0-9][\w.]*)")


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", one)[0] for one in requirements}


def test_each_dependency_has_its_reason_and_what_would_take_its_place() -> None:
    reasons = {row["name"]: row for row in REASON.finditer(POLICY)}
    optional = names(PROJECT["optional-dependencies"]["postgresql"])
    assert reasons.keys() == names(PROJECT["dependencies"]) | optional
    for name, row in reasons.items():
        assert len(row["why"].split()) >= 3, name
        assert row["otherwise"].strip(), name


def test_the_bill_of_materials_has_all_that_is_locked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sbom"]) == 0
    bill = json.loads(capsys.readouterr().out)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", bill["metadata"]["timestamp"])
    assert bill["metadata"]["component"]["name"] == "portal"
    locked = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert [(one["name"], one["version"]) for one in bill["components"]] == [(one.name, one.version) for one in locked]
    assert len(locked) >= 30
    for one in bill["components"]:
        found = PURL.fullmatch(one["purl"])
        assert found, one["purl"]
        assert (found["name"], found["version"]) == (one["name"], one["version"])
        assert one["type"] == "library"
        assert one["licenses"], f"{one['name']} says no licence"
        assert one["properties"]
        assert all(re.fullmatch(r"[0-9a-f]{64}", file["value"]) for file in one["properties"])


def test_the_bill_says_what_needs_what(capsys: pytest.CaptureFixture[str]) -> None:
    main(["sbom"])
    bill = json.loads(capsys.readouterr().out)
    refs = {bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
    needs = {one["ref"]: set(one["dependsOn"]) for one in bill["dependencies"]}
    assert needs.keys() == refs
    assert len(refs) == len(bill["components"]) + 1
    assert set().union(*needs.values()) <= refs
    (own,) = (needs[ref] for ref in refs if ref.startswith("portal@"))
    assert {PURL.fullmatch(one)["name"] for one in own} == names(PROJECT["dependencies"])  # type: ignore[index]  # matched above
    reached, todo = set(), set(own)
    while todo:
        reached |= (one := {todo.pop()})
        todo |= set().union(*(needs[ref] for ref in one)) - reached
    assert reached == refs - {next(ref for ref in refs if ref.startswith("portal@"))}  # nothing is locked for no reason


def test_the_same_lock_makes_the_same_bill(capsys: pytest.CaptureFixture[str]) -> None:
    numbers = set()
    for _ in range(2):
        main(["sbom"])
        numbers.add(json.loads(capsys.readouterr().out)["serialNumber"])
    assert len(numbers) == 1


def test_somebody_looked_at_each_version_that_is_locked_and_wrote_down_when() -> None:
    """What changes in a lock asks for a new look: this cannot tell that nothing is known, only that somebody looked."""
    locks = (ROOT / "requirements.lock", ROOT / "deploy" / "containers" / "postgresql.lock")
    locked = {one.name: one.version for lock in locks for one in read_lock(lock.read_text(encoding="utf-8"))}
    looks = list(LOOK.finditer(POLICY))
    assert [(one["name"], one["locked"]) for one in looks] == sorted(locked.items())
    assert re.search(r"^\*\*The look of \d{1,2} [A-Z][a-z]+ 20\d\d\.\*\*", POLICY, re.MULTILINE)
    behind = [one for one in looks if one["newest"] != one["locked"]]
    assert all("stays" in one["known"] for one in behind), "what is behind says why it stays so"


def test_what_is_installed_here_is_what_is_locked() -> None:
    for one in read_lock((ROOT / "requirements-dev.lock").read_text(encoding="utf-8")):
        try:
            assert metadata.version(one.name) == one.version
        except metadata.PackageNotFoundError:
            assert one.name in NOT_EVERYWHERE, one.name


NOT_EVERYWHERE = {"colorama", "greenlet", "importlib-metadata", "tomli", "zipp"}


def with_nh3(html: str) -> str:
    """The one line that takes bleach's place."""
    return nh3.clean(
        html,
        tags=set(sanitize.TAGS),
        attributes={tag: set(names) for tag, names in sanitize.ATTRIBUTES.items()},
        url_schemes=set(sanitize.PROTOCOLS),
        link_rel=None,
    )


def test_the_cleaner_at_its_end_of_life_can_be_replaced_in_one_line(real: Library) -> None:
    """Every section of every page in every language, as bleach left it, is left as it is by the other cleaner."""
    sections = [section.html for page in real.pages.values() for section in page.sections]
    assert len(sections) > 500
    for html in sections:
        assert with_nh3(html).replace("&nbsp;", "\u00a0") == html  # two ways to write the same space
