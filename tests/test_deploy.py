"""The deployments that exist as files: units that can do little, images that hold what was tested."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.cli import _parser
from portal.runs import EXPECTED
from portal.settings.secrets import SECRETS
from tests import machine

ROOT = Path(__file__).parents[1]
UNITS, CONTAINERS = ROOT / "deploy" / "systemd", ROOT / "deploy" / "containers"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
LARGEST_EXPOSURE = {"portal-outbox.service": 1.6}  # it speaks with a mail server; the others with this machine alone
OTHERS_LARGEST = 1.4


@pytest.fixture
def checked_here(tmp_path: Path) -> dict[str, str]:
    """The units with a program that exists on this machine, and where systemd's checker finds them."""
    shutil.copytree(UNITS, tmp_path / "units")
    for path in (tmp_path / "units").glob("*.service"):
        path.write_text(path.read_text().replace("/opt/portal/.venv/bin/python", "/bin/true"))
    return {**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}/units:", "SYSTEMD_PAGER": "cat", "LC_ALL": "C.UTF-8"}


def analyze(environment: dict[str, str], *arguments: str) -> str:
    command = [machine.UNIT_CHECKER, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.systemd
def test_every_unit_is_one(checked_here: dict[str, str]) -> None:
    folder = checked_here["SYSTEMD_UNIT_PATH"].rstrip(":")
    units = [str(path) for path in sorted(Path(folder).glob("portal-*.*")) if path.is_file()]
    assert len(units) >= 6
    assert analyze(checked_here, "verify", *units) == ""


@pytest.mark.systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_no_unit_can_do_much(checked_here: dict[str, str], unit: str) -> None:
    path = Path(checked_here["SYSTEMD_UNIT_PATH"].rstrip(":")) / unit
    told = analyze(checked_here, "security", "--offline=true", "--no-pager", str(path))
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert exposure, told
    assert float(exposure[1]) <= LARGEST_EXPOSURE.get(unit, OTHERS_LARGEST)


@pytest.mark.parametrize("unit", SERVICES)
def test_every_unit_calls_a_command_that_exists(unit: str) -> None:
    command = re.search(r"^ExecStart=\S+ -m portal (.*)$", (UNITS / unit).read_text(), re.MULTILINE)
    assert command
    assert _parser().parse_args(command[1].split()).command == unit.removeprefix("portal-").split(".")[0]


def test_a_unit_reaches_this_machine_alone_but_for_the_one_that_sends() -> None:
    every = (UNITS / "portal-.service.d" / "hardened.conf").read_text()
    assert "\nIPAddressDeny=any\nIPAddressAllow=localhost\n" in every
    assert [unit for unit in SERVICES if "IPAddress" in (UNITS / unit).read_text()] == ["portal-outbox.service"]


def test_every_timer_has_its_unit_and_is_made_up_for() -> None:
    timers = {path.stem.removeprefix("portal-") for path in UNITS.glob("*.timer")}
    assert timers == set(EXPECTED) - {"outbox"}
    for name in timers:
        text = (UNITS / f"portal-{name}.timer").read_text()
        assert "Persistent=true" in text
        assert "Europe/Brussels" in text
        assert "Type=oneshot" in (UNITS / f"portal-{name}.service").read_text()


def test_what_lies_outside_the_database_is_named_and_may_be_written_by_its_unit_alone() -> None:
    named = (UNITS / "portal.env").read_text()
    compose = (CONTAINERS / "compose.yaml").read_text()
    for name, folder in (("anchor", "anchors"), ("sweep", "erasures")):
        told = f"PORTAL_{folder.upper()}{{}}/var/lib/portal-{folder}"
        assert told.format("=") in named
        assert told.format(": ") in compose
        line = f"\nReadWritePaths=/var/lib/portal-{folder}\n"
        assert [unit for unit in SERVICES if line in (UNITS / unit).read_text()] == [f"portal-{name}.service"]
    for name, folder in (("backup", "backups"), ("register", "registers")):
        unit = (UNITS / f"portal-{name}.service").read_text()
        assert f" {name} /var/lib/portal-{folder}\n" in unit
        assert f"\nReadWritePaths=/var/lib/portal-{folder}\n" in unit
        assert f'["{name}", "/var/lib/portal-{folder}"]' in compose
        assert f"\nPORTAL_{name.upper()}_KEY=\n" in named
    assert "\nPORTAL_PERIODS_APPROVED=\n" in named


def test_secrets_are_given_as_files_and_stand_in_no_environment() -> None:
    every = (UNITS / "portal-.service.d" / "hardened.conf").read_text()
    assert (
        "\nLoadCredential=PORTAL:/etc/portal/secrets\n" in every
    )  # a file SIGNING_KEYS is given as PORTAL_SIGNING_KEYS
    named = (UNITS / "portal.env").read_text()
    compose = (CONTAINERS / "compose.yaml").read_text()
    for name in SECRETS:
        assert f"{name}=" not in named or name == "PORTAL_DATABASE"
        assert name.removeprefix("PORTAL_") in named
        assert f"{name}:" not in compose.split("\nsecrets:\n")[0] or name == "PORTAL_DATABASE"
    assert not re.search(r"PORTAL_DATABASE[=:].*//\w+:[^@]+@", named + compose)
    assert "PORTAL_SECRETS: /run/secrets\n" in compose
    needed = ", ".join(f"PORTAL_{which}_KEYS" for which in ("SIGNING", "SEALING", "RECEIPT"))
    for given in ("pgpass", "pgpass-owner"):
        assert f"\n  secrets: [{given}, {needed}]\n" in compose.replace("\n    secrets:", "\n  secrets:")
    assert all(f"  {name}: {{file: ./secrets/{name}}}\n" in compose for name in needed.split(", "))
    assert "\ndeploy/containers/secrets\n" in (CONTAINERS / "Containerfile.dockerignore").read_text()


def test_no_key_lies_among_the_files() -> None:
    for path in (ROOT / "deploy").rglob("*"):
        if path.is_file():
            keys = re.findall(r"^PORTAL_[A-Z_]*KEYS?=(.*)$", path.read_text(), re.MULTILINE)
            assert set(keys) <= {""}, path


def test_the_image_holds_what_was_tested() -> None:
    lock = (CONTAINERS / "postgresql.lock").read_text().split("\n", 1)[1]
    tested = (ROOT / "requirements-dev.lock").read_text()
    for pinned in re.findall(r"^\S.*(?:\\\n .*)*", lock, re.MULTILINE):
        assert pinned in tested
    text = (CONTAINERS / "Containerfile").read_text()
    assert all("--require-hashes" in line for line in text.splitlines() if "pip install" in line)
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001:10001", "www-data:www-data"]


def test_the_database_of_the_compose_has_the_two_accounts() -> None:
    made = " ".join((CONTAINERS / "accounts.sh").read_text().split())
    for told in machine.roles_and_rights():
        for statement in re.sub(r"PASSWORD '[^']*' ", "", told).strip().split(";"):
            assert " ".join(statement.split()) in re.sub(r"PASSWORD :'\w+' ", "", made), statement
    compose = (CONTAINERS / "compose.yaml").read_text()
    assert compose.count("//portal_owner@") == 1
    assert compose.count("//portal_app@") == 1
    assert "/docker-entrypoint-initdb.d/accounts.sh:ro" in compose


def test_every_file_of_the_front_is_put_where_nginx_reads_it() -> None:
    files = {path.stem for path in (ROOT / "deploy" / "nginx").iterdir()}
    told = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    copied = re.search(r"cp deploy/nginx/\{([a-z,-]+)\}\.conf /etc/nginx/portal/", told)
    assert copied
    assert {*copied[1].split(","), "nginx", "upstream-several"} == files
    image = (CONTAINERS / "Containerfile").read_text()
    assert set(re.findall(r"deploy/nginx/([a-z-]+)\.conf", image)) == files - {"upstream"}


def test_whom_nginx_asks_comes_back_where_it_was() -> None:
    asked = re.findall(r"server (\S+):8000", (ROOT / "deploy" / "nginx" / "upstream-several.conf").read_text())
    compose = (CONTAINERS / "compose.yaml").read_text()
    at = [re.search(rf"\n  {name}:\n(?:    .*\n)*?    .*ipv4_address: ([\d.]+)", compose) for name in asked]
    assert len({one[1] for one in at if one}) == len(asked) == 2


def test_nothing_in_the_compose_is_more_than_it_needs() -> None:
    text = (CONTAINERS / "compose.yaml").read_text()
    services = re.search(r"^services:\n(.*?)^networks:", text, re.MULTILINE | re.DOTALL)
    assert services
    each = re.findall(r"^  ([a-z0-9-]+):\n((?:    .*\n|\n|  #.*\n)+)", services[1], re.MULTILINE)
    assert {name for name, _ in each} >= {"database", "app-1", "app-2", "front", "outbox"}
    for name, body in each:
        assert re.search(r"<<: \*(hardened|portal|serving)", body), name
        assert "privileged" not in body.replace("ip_unprivileged", "")
        assert ("ports:" in body) == (name == "front")
    for needed in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"):
        assert text.count(needed) == 1
    for command in re.findall(r"command: (\[.*\])$", text, re.MULTILINE):
        words = json.loads(command)
        assert words[0] == "postgres" or _parser().parse_args(words).command == words[0]
