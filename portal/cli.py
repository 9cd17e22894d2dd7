"""The `portal` command. Each sub-command reads the settings once, asks the rooms below, and says what it did."""

import argparse
import base64
import getpass
import os
import sys
from pathlib import Path

from portal.clock import BRUSSELS
from portal.settings import SettingError, Settings, settings_from

# What a receipt says as a number, for whoever checks it: art. of the law of 26 April 2024.
MATTERS_IN_WORDS = {
    "extension": "keeping the traces for longer (art. 29 § 3 al. 2)",
    "report-copy": "a copy of the report (art. 24)",
    "destruction": "destruction of the traces (art. 29 § 3 al. 1; 29 § 4 al. 1 for a minor)",
    "restitution": "restitution of clothes and other things (art. 29 § 3 al. 3; 29 § 4 al. 2 for a minor)",
    "contact-me": "being contacted by the centre (art. 14)",
    "language-help": "help with the language (art. 19 § 3 al. 2)",
    "stop-messages": "an end to messages (art. 19 § 1 al. 2)",
    "withdraw-service": "withdrawing consent to a service (art. 19 § 1 al. 2)",
}
DOUBTS_IN_WORDS = {
    "unknown-form": "its first line, or its matter, is not one that this version writes",
    "unknown-key": "it is signed with a key that was not given",
    "changed": "something in it is missing, added or changed",
}
WAITING = range(8)
HOW_LONG = "how many days a destruction waits, during which it can be cancelled with one tap"


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command and return its exit status: 0 done, 1 something to mend, 2 cannot begin."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # what is written here is for this account alone
    try:
        return int(options.run(options))
    except SettingError as problem:
        print(problem, file=sys.stderr)
        return 2


def demo(options: argparse.Namespace) -> int:
    """Serve the demonstration. It reads no key, database or mode of an installation, so that it can touch none."""
    from portal.demo import serve_demonstration

    own = {"PORTAL_BASE_URL": f"http://{options.host}:{options.port}", "PORTAL_MODE": "demo"}
    if data := os.environ.get("PORTAL_DEMO_DATA"):
        own["PORTAL_DATA"] = data
    return serve_demonstration(settings_from(own), options.host, options.port, fresh=options.fresh)


def serve(options: argparse.Namespace) -> int:
    """Serve an installation, after saying which centres nobody can be sent to by telephone."""
    from portal.app import create_app
    from portal.library import ContentError
    from portal.records.migrate import is_current
    from portal.server import EmbeddedServer
    from portal.web.languages import CatalogueError

    settings = _settings()
    try:
        app = create_app(settings)
    except (ContentError, CatalogueError) as problems:
        print(problems, file=sys.stderr)
        return 2
    if not is_current(app.extensions["portal"].database):
        print("PORTAL_DATABASE: its tables are not of this version; run `portal migrate`", file=sys.stderr)
        return 2
    for centre in app.extensions["portal-library"].directory.without_checked_phone():
        print(f"no checked phone: {centre.id}", file=sys.stderr)
    EmbeddedServer(lambda: create_app(settings), options.bind, options.workers).run()
    return 0


def migrate(_options: argparse.Namespace) -> int:
    """Bring the tables to this version."""
    from portal.records.cases import reseal_facts
    from portal.records.database import Database
    from portal.records.migrate import upgrade

    settings = _settings()
    database = Database(settings.database, settings.sealing_key)
    upgrade(database)
    if resealed := reseal_facts(database):
        print(f"{resealed} cases were sealed anew: their length could have told something")
    print("the tables are up to date")
    return 0


def content_check(options: argparse.Namespace) -> int:
    """Say everything that is wrong with the content and the catalogues; with --release, also what is overdue."""
    from portal.clock import brussels_day, system_clock
    from portal.library import ContentError, load_library
    from portal.web.languages import catalogue_problems

    problems = catalogue_problems()
    try:
        library = load_library()
    except ContentError as error:
        print("\n".join([*map(str, error.problems), *problems]))
        return 1
    late = [f"overdue: {what}" for what in library.overdue(brussels_day(system_clock()))]
    late += [f"no checked phone: {centre.id}" for centre in library.directory.without_checked_phone()]
    print("\n".join([*problems, *(late if options.release else []), f"{len(library.pages)} pages are built"]))
    if late and not options.release:
        print(f"{len(late)} things to confirm before a release: see `portal content report`")
    return 1 if problems or (options.release and late) else 0


def content_report(_options: argparse.Namespace) -> int:
    """Say what is covered and where, what is overdue, and what a person must confirm before going live."""
    from portal.clock import brussels_day, system_clock
    from portal.library import load_library, report

    library = load_library()
    today = brussels_day(system_clock())
    for part in (report.coverage(library), report.overdue(library, today), report.to_confirm(library)):
        print("\n".join(part), end="\n\n")
    return 0


def content_reading(_options: argparse.Namespace) -> int:
    """Say how hard each page is to read, in each language."""
    from portal.library import load_library, report

    print("\n".join(report.reading(load_library())))
    return 0


def guide_table(options: argparse.Namespace) -> int:
    """Print the guide's whole decision table, or every plan, with the articles."""
    from portal.library import load_library
    from portal.library.guide import table

    guide = load_library().guide
    print("\n".join((table.plans if options.plans else table.table)(guide, options.language)))
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the public pages as plain files; no key, database or mode of an installation is read."""
    import tempfile

    from portal.app import create_app
    from portal.web.export import ExportError, write_export

    if Path(options.folder).exists() and any(Path(options.folder).iterdir()):
        print(f"{options.folder} is not empty", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as data:
        own = {"PORTAL_MODE": "demo", "PORTAL_DATA": data, "PORTAL_NEUTRAL_SITE": options.neutral_site}
        app = create_app(settings_from(own | {"PORTAL_BASE_URL": "https://export.invalid"}), is_export=True)
        try:
            pages = write_export(app, Path(options.folder))
        except ExportError as problem:
            print(problem, file=sys.stderr)
            return 1
    print(f"{pages} pages are written; left out: the search, the postcode field, the way into a personal space")
    return 0


def add_centre(options: argparse.Namespace) -> int:
    """Add a centre to the installation, under its name in the directory of services."""
    from datetime import timedelta

    from portal.access import team
    from portal.library import load_library
    from portal.records.database import Database

    settings = _settings()
    if options.directory and options.directory not in load_library().directory.centres:
        print(f"the directory of services has no centre {options.directory!r}", file=sys.stderr)
        return 1
    try:
        database = Database(settings.database, settings.sealing_key)
        team.add_centre(database, options.name, options.directory, timedelta(days=options.waiting_days))
    except team.TakenError:
        print(f"there is a centre {options.name!r} already", file=sys.stderr)
        return 1
    print(f"added: {options.name}")
    return 0


def change_waiting(options: argparse.Namespace) -> int:
    """Change how long a destruction waits at a centre before it can be confirmed."""
    from datetime import timedelta

    from portal.access import team
    from portal.clock import system_clock
    from portal.records.database import Database

    settings = _settings()
    database = Database(settings.database, settings.sealing_key)
    try:
        team.change_waiting(database, options.name, timedelta(days=options.days), system_clock())
    except LookupError:
        print(f"there is no centre {options.name!r}", file=sys.stderr)
        return 1
    print(f"a destruction asked from now on waits {options.days} days at {options.name}")
    return 0


def add_staff(options: argparse.Namespace) -> int:
    """Add somebody to a centre's team; the password is asked for, the authenticator key shown once."""
    from sqlalchemy import select

    from portal.access import team
    from portal.clock import system_clock
    from portal.records.database import Database
    from portal.records.models import Centre

    settings = _settings()
    database = Database(settings.database, settings.sealing_key)
    with database.reading() as session:
        centre = session.scalars(select(Centre).where(Centre.name == options.centre)).first()
    if centre is None:
        print(f"there is no centre {options.centre!r}", file=sys.stderr)
        return 1
    password = getpass.getpass("password (at least 12 characters): ")
    try:
        member = team.add_member(database, centre.id, options.login, password, system_clock())
    except (ValueError, team.TakenError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"added: {options.login}\nauthenticator key, shown once: {member.authenticator}")
    return 0


def verify(_options: argparse.Namespace) -> int:
    """Check the journal of every centre, line by line."""
    from sqlalchemy import select

    from portal.records import journal
    from portal.records.database import Database
    from portal.records.models import Centre

    settings = _settings()
    broken = 0
    with Database(settings.database, settings.sealing_key).reading() as session:
        for centre in session.scalars(select(Centre)):
            line = journal.verify(session, centre.id)
            broken += line is not None
            print(f"{centre.name}: {'every line fits' if line is None else f'line {line} does not fit'}")
    return 1 if broken else 0


def verify_receipt(options: argparse.Namespace) -> int:
    """Say whether a receipt is genuine and what it says; with --key it needs no setting, database or network."""
    from portal.records import receipts

    keys = options.key or receipts.public_halves(_settings().receipt_keys)
    try:
        text = Path(options.file).read_bytes().decode("utf-8", errors="replace")
    except OSError as problem:
        print(f"{options.file} cannot be read: {problem.strerror}", file=sys.stderr)
        return 2
    try:
        slip = receipts.read(text, keys)
    except receipts.NotGenuineError as doubt:
        print(f"changed or not ours: {DOUBTS_IN_WORDS[doubt.reason]}")
        return 1
    print(f"genuine\nnumber: {slip.number}\nmatter: {MATTERS_IN_WORDS[receipts.kind_of(slip)]}")
    if isinstance(slip, receipts.Certificate):
        print(f"done: {slip.done_on}, by two members of the team, {slip.staff_numbers[0]} and {slip.staff_numbers[1]}")
    else:
        print(f"received: {slip.received_at.astimezone(BRUSSELS)} (time in Brussels)")
    return 0


def receipt_key(_options: argparse.Namespace) -> int:
    """Print the public keys that check receipts, the newest last: to hand to a lawyer."""
    from portal.records.receipts import public_halves

    for key in public_halves(_settings().receipt_keys):
        print(base64.b64encode(key).decode())
    return 0


def _public_key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise argparse.ArgumentTypeError("is not 32 bytes in base64, as `portal receipt-key` prints them")
    return key


def _settings() -> Settings:
    return settings_from(os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description=__doc__)
    commands = parser.add_subparsers(required=True)

    one = commands.add_parser("demo", help="serve a demonstration with invented data")
    one.add_argument("--host", default="127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--fresh", action="store_true", help="throw the demonstration's data away and start again")
    one.set_defaults(run=demo)

    one = commands.add_parser("serve", help="serve an installation (settings come from the environment)")
    one.add_argument("--bind", default="127.0.0.1:8000")
    one.add_argument("--workers", type=int, default=2)
    one.set_defaults(run=serve)

    one = commands.add_parser("migrate", help="bring the tables to this version")
    one.set_defaults(run=migrate)

    one = commands.add_parser("export", help="write the public pages as plain files")
    one.add_argument("folder")
    one.add_argument("--neutral-site", default="https://{lang}.wikipedia.org/", help="where leaving leads")
    one.set_defaults(run=export)

    _content_commands(commands)
    _team_commands(commands)
    _proof_commands(commands)
    return parser


def _content_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("content", help="the content and the catalogues")
    inner = one.add_subparsers(required=True)
    check = inner.add_parser("check", help="say everything that is wrong")
    check.add_argument("--release", action="store_true", help="fail also on what is overdue or unconfirmed")
    check.set_defaults(run=content_check)
    inner.add_parser("report", help="say what is covered, overdue or unconfirmed").set_defaults(run=content_report)
    inner.add_parser("reading", help="say how hard each page is to read").set_defaults(run=content_reading)

    one = commands.add_parser("guide", help="the guide's rules")
    inner = one.add_subparsers(required=True)
    whole = inner.add_parser("table", help="print the decision table with its articles")
    whole.add_argument("--language", choices=("fr", "nl", "de", "en"), default="en")
    whole.add_argument("--plans", action="store_true", help="print every plan instead, and the answers that lead to it")
    whole.set_defaults(run=guide_table)


def _team_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("centre", help="add a centre")
    one.add_argument("name")
    one.add_argument("--directory", help="its id in the directory of services, for its checked phone")
    one.add_argument("--waiting-days", type=int, choices=WAITING, default=WAITING[-1], help=HOW_LONG)
    one.set_defaults(run=add_centre)

    one = commands.add_parser("waiting", help="change how long a destruction waits at a centre")
    one.add_argument("name")
    one.add_argument("days", type=int, choices=WAITING, help=HOW_LONG)
    one.set_defaults(run=change_waiting)

    one = commands.add_parser("staff", help="add somebody to a centre's team")
    one.add_argument("centre")
    one.add_argument("login")
    one.set_defaults(run=add_staff)


def _proof_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser("verify", help="check the journal, or a receipt")
    one.set_defaults(run=verify)
    inner = one.add_subparsers()
    inner.add_parser("journal", help="check the journal, line by line").set_defaults(run=verify)
    slip = inner.add_parser("receipt", help="say whether a receipt is genuine, and what it says")
    slip.add_argument("file", metavar="FILE")
    slip.add_argument(
        "--key",
        metavar="PUBLICKEY_BASE64",
        action="append",
        type=_public_key,
        help="a public key of who wrote it, once for each; without it, this installation's own",
    )
    slip.set_defaults(run=verify_receipt)

    one = commands.add_parser("receipt-key", help="print the public keys that check receipts, the newest last")
    one.set_defaults(run=receipt_key)
