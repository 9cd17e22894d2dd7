"""The commands that serve the portal, or prepare it to be served."""

import argparse
import os
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from portal.cli.erasing import was_restored
from portal.cli.long_work import progress
from portal.cli.reading_settings import records, settings
from portal.events import Event, tell, tell_error
from portal.settings import settings_from

if TYPE_CHECKING:
    from portal.records.database import Database

OLDER_AND_CLOSED = (
    "{name}: CLOSED. The key {key} was not given, and older sheets of its cases are to be sealed anew: "
    "their length could tell something"
)
GIVE_IT = (
    "PORTAL_SEALING_KEYS, PORTAL_CENTRE_KEYS: nothing was changed. Give the key, and run this again. Where it is lost "
    "for good, `portal migrate --leave-closed` brings the tables to this version and leaves those sheets as they are"
)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("demo", help="serve a demonstration with invented data")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--fresh", action="store_true", help="throw the demonstration's data away and start again")
    one.set_defaults(run=demo)

    one = commands.add_parser("serve", help="serve an installation (settings come from the environment)")
    one.add_argument("--bind", default="127.0.0.1:8000")
    one.add_argument("--workers", type=int, default=2)
    one.add_argument("--watch", type=own_address, help="/health, /ready and /metrics, on this machine alone")
    one.set_defaults(run=serve)

    one = commands.add_parser("metrics", help="print what calls for somebody, as counts, for Prometheus")
    one.set_defaults(run=metrics)

    one = commands.add_parser("migrate", help="bring the tables to this version")
    one.add_argument("--leave-closed", action="store_true", help="although the key of a centre is not given")
    one.set_defaults(run=migrate)

    one = commands.add_parser("export", help="write the public pages as plain files")
    one.add_argument("folder")
    one.add_argument("--neutral-site", default="https://{lang}.wikipedia.org/", help="where leaving leads")
    one.set_defaults(run=export)


def demo(options: argparse.Namespace) -> int:
    """Serve the demonstration. It reads no key, database or mode of an installation, so that it can touch none."""
    from portal.demo import serve_demonstration

    own = {"PORTAL_BASE_URL": f"http://{options.host}:{options.port}", "PORTAL_MODE": "demo"}
    if data := os.environ.get("PORTAL_DEMO_DATA"):
        own["PORTAL_DATA"] = data
    return serve_demonstration(settings_from(own), options.host, options.port, fresh=options.fresh)


def serve(options: argparse.Namespace) -> int:
    """Serve an installation, after saying which centres nobody can be sent to by telephone."""
    from sqlalchemy.exc import SQLAlchemyError

    from portal.app import create_app
    from portal.library import ContentError
    from portal.records.database import is_away
    from portal.records.migrate import is_current
    from portal.server import EmbeddedServer
    from portal.web.languages import CatalogueError

    installation = settings()
    try:
        app = create_app(installation)
    except (ContentError, CatalogueError) as problems:
        print(problems, file=sys.stderr)
        return 2
    database = app.extensions["portal"].database

    def may_open() -> bool:
        """Tell whether these are records to be served; what they lack is said."""
        if not is_current(database):
            print("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`", file=sys.stderr)
            return False
        return not _sees_past_the_fence(database) and not was_restored(installation, database)

    look = None
    try:
        if not may_open():
            return 2
    except SQLAlchemyError as error:  # who reads is served all the same; the records open when they could be looked at
        if not is_away(error):
            raise
        tell_error(Event.RECORDS_AWAY, error)
        look = may_open
    finally:
        database.engine.dispose()  # no connection goes into a worker
    for centre in app.extensions["portal-library"].directory.without_checked_phone():
        tell(Event.NO_CHECKED_PHONE, centre=centre.id)
    EmbeddedServer(
        lambda: create_app(installation, look_first=look), options.bind, options.workers, options.watch
    ).run()
    return 0


def _sees_past_the_fence(database: "Database") -> bool:
    """Tell, and say, whether PostgreSQL would show this account every centre at once: nothing is then served."""
    from portal.records.fence import sees_past

    with database.engine.connect() as connection:
        past = sees_past(connection)
    if past:
        print("PORTAL_DATABASE: its account sees every centre at once: docs/postgresql.md has two", file=sys.stderr)
    return past


def own_address(text: str) -> str:
    """Return an address that only this machine reaches: `unix:/path`, or a loopback address with its port."""
    host = text.rpartition(":")[0].strip("[]")
    if not text.startswith("unix:/") and not (host and ip_address(host).is_loopback):
        raise argparse.ArgumentTypeError("is neither unix:/path nor a loopback address like 127.0.0.1:8001")
    return text


def metrics(_options: argparse.Namespace) -> int:
    """Print the same counts as the watched address, for whoever collects them from files or without a server."""
    from portal.clock import system_clock
    from portal.web.watch import metrics_text

    installation = settings()
    with records(installation) as database:
        print(metrics_text(database, installation.data, system_clock), end="")
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Bring the tables to this version; nothing is changed where that needs a key that was not given."""
    from portal.records.migrate import upgrade
    from portal.records.older_sheets import closed_with_older_sheets, reseal_facts

    with records(settings()) as database:
        closed = closed_with_older_sheets(database)
        for one in closed:
            print(OLDER_AND_CLOSED.format(name=one.name, key=one.key_id or "that wraps its key"), file=sys.stderr)
        if closed and not options.leave_closed:
            print(GIVE_IT, file=sys.stderr)
            return 2
        upgrade(database)
        if resealed := reseal_facts(database, {one.id for one in closed}):
            print(f"{resealed} cases were sealed anew: their length could have told something")
    print("the tables are up to date")
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the public pages as plain files; of an installation nothing is read but whom to tell of a weakness."""
    import tempfile

    from portal.app import create_app
    from portal.web.export import ExportError, write_export

    if Path(options.folder).exists() and any(Path(options.folder).iterdir()):
        print(f"{options.folder} is not empty", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as data:
        own = {"PORTAL_MODE": "demo", "PORTAL_DATA": data, "PORTAL_NEUTRAL_SITE": options.neutral_site}
        own |= {name: os.environ.get(name, "") for name in ("PORTAL_SECURITY_CONTACT", "PORTAL_SECURITY_POLICY")}
        app = create_app(settings_from(own | {"PORTAL_BASE_URL": "https://export.invalid"}), is_export=True)
        before = os.umask(0o022)  # a web server reads these as an account of its own; there is no secret in them
        try:
            pages = write_export(app, Path(options.folder), progress("pages written", 500))
        except ExportError as problem:
            print(problem, file=sys.stderr)
            return 1
        finally:
            os.umask(before)
    print(f"{pages} pages are written; left out: the search, the postcode field, the way into a personal space")
    return 0
