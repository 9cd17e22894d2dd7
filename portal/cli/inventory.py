"""The command that says what the program is made of: every locked distribution, as a CycloneDX bill of materials."""

import argparse
import json
import re
import tomllib
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).resolve().parents[2]
LOCKED = re.compile(
    r"^(?P<name>[a-z0-9][\w.-]*)(?:\[[\w,]+\])?==(?P<version>[^\s;\\]+)(?P<rest>.*(?:\n    .*)*)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
FIRST_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
ONLY_FOR_EXTRAS = re.compile(r";.*\bextra\b")


class Locked(NamedTuple):
    """A distribution as the lock has it, and the hashes of the files it may come in."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL, by which vulnerability databases know it."""
        return f"pkg:pypi/{self.name}@{self.version}"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("sbom", help="print what the program is made of (CycloneDX 1.6, JSON)")
    one.add_argument("--lock", type=Path, default=ROOT / "requirements.lock", help="what is installed, with hashes")
    one.set_defaults(run=sbom)


def sbom(options: argparse.Namespace) -> int:
    """Print the bill of materials of a lock."""
    from portal.clock import system_clock

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = read_lock(options.lock.read_text(encoding="utf-8"))
    print(json.dumps(bill(project, locked, system_clock()), indent=1, ensure_ascii=False))
    return 0


def read_lock(text: str) -> list[Locked]:
    """Return the distributions of a lock, in its order."""
    return [Locked(one["name"], one["version"], tuple(HASH.findall(one["rest"]))) for one in LOCKED.finditer(text)]


def bill(project: dict[str, Any], locked: list[Locked], now: datetime) -> dict[str, Any]:
    """Return a bill of materials: the program, what it stands on, and what of that needs what.

    Its serial number depends on the content alone, so that two bills of one lock have the same. Each component lists by
    SHA-256 the files that may be installed, as properties: one version comes in several files.
    """
    own = {"name": project["name"], "version": project["version"], "bom-ref": f"{project['name']}@{project['version']}"}
    refs = {one.name: one.purl for one in locked}
    direct = sorted(refs[name] for name in map(_name, project["dependencies"]) if name in refs)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps([own, locked]))}",
        "version": 1,
        "metadata": {
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "component": {"type": "application", **own, "licenses": [{"license": {"id": project["license"]}}]},
        },
        "components": [_component(one) for one in locked],
        "dependencies": [
            {"ref": own["bom-ref"], "dependsOn": direct},
            *({"ref": one.purl, "dependsOn": _needed_by(one.name, refs)} for one in locked),
        ],
    }


def _component(one: Locked) -> dict[str, Any]:
    files = [{"name": "lock:sha256", "value": digest} for digest in one.hashes]
    component = {"type": "library", "name": one.name, "version": one.version, "purl": one.purl, "bom-ref": one.purl}
    return {**component, "licenses": _licences(one.name), "properties": files}


def _licences(name: str) -> list[dict[str, Any]]:
    """Return how a distribution says that it is licensed; nothing where it is not installed here, or does not say."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expressions := told.get_all("License-Expression"):
        return [{"expression": expressions[0]}]
    kinds = [one.rsplit(" :: ", 1)[1] for one in told.get_all("Classifier") or () if one.startswith("License :: ")]
    words = (told.get_all("License") or [""])[0]
    if not kinds and words and "\n" not in words:  # some put the whole text there
        kinds = [words]
    return [{"license": {"name": kind}} for kind in kinds]


def _needed_by(name: str, refs: dict[str, str]) -> list[str]:
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    names = {_name(need) for need in needs if not ONLY_FOR_EXTRAS.search(need)}
    return sorted(refs[one] for one in names & refs.keys())


def _name(requirement: str) -> str:
    found = FIRST_NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""
