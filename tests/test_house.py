"""The rooms, the locks and the tree: what holds the house together."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP = {
    "portal",
    "translations",
    "content",
    "tests",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "docs",
    "deploy",
    ".ci",
    ".gitignore",
}
LOCKS = {"requirements.lock", "requirements-dev.lock"}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return listed.stdout.splitlines()


def test_a_room_knows_only_the_rooms_below_it() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(script)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "command", [("ruff", "check", "portal", "tests"), ("ruff", "format", "--check", "portal", "tests"), ("mypy",)]
)
def test_the_code_is_clean_and_typed(command: tuple[str, ...]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("lock", sorted(LOCKS))
def test_the_locks_carry_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|index-url|find-links|file:", text, re.IGNORECASE)
    packages = re.findall(r"^[a-z0-9][\w.\-]*(?:\[[\w,]+\])?==", text, re.MULTILINE)
    assert len(packages) >= 20
    assert text.count("--hash=sha256:") >= len(packages)


def test_what_runs_is_what_is_tested() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9][\w.\-]*==[\w.]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_the_top_of_the_tree_stays_short() -> None:
    top = {path.split("/")[0] for path in tracked()}
    assert top <= TOP | LOCKS


def test_the_catalogues_and_the_templates_know_each_other() -> None:
    used = set()
    for path in [*(ROOT / "portal/templates").rglob("*.*"), *(ROOT / "portal/web").rglob("*.py")]:
        used |= set(re.findall(r"""_\(\s*["']([a-z0-9_.\-]+)["']""", path.read_text(encoding="utf-8")))
    for path in (ROOT / "portal/cli").rglob("*.py"):
        used |= set(re.findall(r'"(register\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    keys = set(
        re.findall(r'^msgid "([^"]+)"', (ROOT / "translations/en/LC_MESSAGES/messages.po").read_text(), re.MULTILINE)
    )
    whole = {key for key in used if not key.endswith((".", "_"))}
    assert whole <= keys
    prefixes = tuple(key for key in used if key.endswith((".", "_")))
    assert {key for key in keys if key not in whole and not key.startswith((*prefixes, "error."))} == set()
