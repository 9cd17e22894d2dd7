"""The command that counts for the Institute (art. 54 § 4)."""

import argparse
import sys

from portal.cli.reading_settings import records, settings
from portal.cli.spoken import add_language


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command."""
    one = commands.add_parser("figures", help="publish a year of a centre for the Institute, once, and print it as CSV")
    one.add_argument("centre")
    one.add_argument("year", type=int, choices=range(2017, 2100), metavar="YEAR")
    add_language(one, "fr")
    one.set_defaults(run=figures)


def figures(options: argparse.Namespace) -> int:
    """Publish a year that is over, or give again what was published; the file goes to the standard output."""
    from flask_babel import force_locale
    from sqlalchemy import select

    from portal.access.team import OPERATOR
    from portal.app import create_app
    from portal.clock import system_clock
    from portal.records.fence import Across
    from portal.records.figures import NotOverError, publish
    from portal.records.models import Centre
    from portal.web.team.figures import figures_csv

    installation = settings()
    app = create_app(installation)
    with records(installation) as database:
        with database.reading(across=Across.CENTRES) as session:
            centre = session.scalars(select(Centre).where(Centre.name == options.centre)).first()
        if centre is None:
            print(f"there is no centre {options.centre!r}", file=sys.stderr)
            return 1
        try:
            found = publish(database, centre.id, options.year, system_clock(), OPERATOR)
        except NotOverError:
            print(f"{options.year} is not over: a year is published once, when it is", file=sys.stderr)
            return 1
    with app.app_context(), force_locale(options.language):
        sys.stdout.buffer.write(figures_csv(found, centre.name))
    sys.stdout.flush()
    return 0
