"""What this machine has for the tests that need more than Python, and how to have the rest."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSER_AT = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
NEEDED = set(filter(None, os.environ.get("PORTAL_TESTS_NEED", "").split(",")))
NGINX_AT = ("/usr/sbin/nginx", "/usr/bin/nginx")
BROTLI_AT = ("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so",)
UNIT_CHECKER = "/usr/bin/systemd-analyze"
OWNER, APP, ALMIGHTY = "portal_owner", "portal_app", "tests"  # accounts of a cluster of the tests
HOW = {
    "browser": "the journeys in Chromium. To have them: apt-get install chromium",
    "postgresql": "the records on PostgreSQL. To have them: apt-get install postgresql",
    "nginx": "the front, as deploy/nginx has it. To have it: apt-get install nginx libnginx-mod-http-brotli-static",
    "systemd": "the units, by systemd's own checker. To have it: apt-get install systemd",
}


def browser() -> str | None:
    """Return the path of a Chromium, or None."""
    return next((path for path in BROWSER_AT if Path(path).exists()), None)


def nginx() -> str | None:
    """Return the path of an nginx, or None. It may lie unpacked in a folder that PORTAL_TESTS_NGINX names."""
    return _first(NGINX_AT)


def brotli_module() -> str | None:
    """Return the path of nginx's module for pages packed with Brotli, or None."""
    return _first(BROTLI_AT)


def _first(paths: tuple[str, ...]) -> str | None:
    root = os.environ.get("PORTAL_TESTS_NGINX", "")
    return next((root + path for path in paths if Path(root + path).exists()), None)


def postgresql_tools() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and (folders[-1] / "initdb").exists() else None


def left_out() -> list[str]:
    """Return what this machine has not, of what could be tested."""
    missing = []
    if browser() is None:
        missing.append("browser")
    if postgresql_tools() is None:
        missing.append("postgresql")
    if nginx() is None:
        missing.append("nginx")
    if not Path(UNIT_CHECKER).exists():
        missing.append("systemd")
    return missing


def roles_and_rights() -> tuple[str, str]:
    """What an operator runs once in the server and once in the database, as docs/postgresql.md tells it."""
    told = Path(__file__).parents[1] / "docs" / "postgresql.md"
    roles, rights = re.findall(r"```sql\n(.*?)```", told.read_text(encoding="utf-8"), re.DOTALL)
    return roles, rights


class Cluster:
    """A throw-away PostgreSQL on a socket of its own, ended with the tests; `settings` are its own, by name.

    It has the two accounts of docs/postgresql.md, and `tests`, who may do everything.
    """

    def __init__(self, tools: Path, folder_in: Path | None = None, **settings: str) -> None:
        # A folder of its own: pytest closes its own folders to everybody but the one who runs it.
        self._tools, self.folder = tools, Path(tempfile.mkdtemp(prefix="portal-tests-", dir=folder_in))
        if os.geteuid() == 0:  # initdb refuses root
            shutil.chown(self.folder, "postgres", "postgres")
        self._make()
        options = f"-c listen_addresses='' -c port=5432 -c unix_socket_directories='{self.folder}' -c fsync=off"
        options += "".join(f" -c {name}={value}" for name, value in settings.items())
        self._at = ["-h", str(self.folder), "-p", settings.get("port", "5432")]
        self._options = options
        self.start()
        self._roles, self._rights = roles_and_rights()
        self._furnish()

    def _make(self) -> None:
        self._run("initdb", "-D", str(self.folder / "data"), "-A", "trust", "-U", "tests", "--no-sync")

    def _furnish(self) -> None:
        self._sql("postgres", self._roles)

    def start(self) -> None:
        """Start the server, as it was first started."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", self._options, "start")

    def database(self, name: str) -> str:
        """Create an empty database of the owner's and return its address, for who may do everything."""
        self._run("createdb", *self._at, "-U", "tests", "-O", OWNER, name)
        self._sql(name, self._rights)
        return f"postgresql+psycopg://tests@/{name}?host={self.folder}"

    def stop(self) -> None:
        """End the server."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder)

    def _sql(self, database: str, statements: str) -> None:
        self._run("psql", *self._at, "-U", "tests", "-d", database, "-qc", statements)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._tools / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, f"{program}: {done.stderr}"
