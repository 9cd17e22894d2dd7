"""The commands that add centres and people."""

import argparse
import sys
from pathlib import Path

from portal.cli.keys import given_key
from portal.cli.reading_settings import records, settings
from portal.cli.spoken import add_language

WAITING = range(8)
ROLES = ("nurse", "coordinator", "auditor", "operator")
HOW_LONG = "how many days a destruction waits, during which it can be cancelled with one tap"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
    one = commands.add_parser("centre", help="add a centre")
    one.add_argument("name")
    one.add_argument("--directory", help="its id in the directory of services, for its checked phone")
    one.add_argument("--waiting-days", type=int, choices=WAITING, default=WAITING[-1], help=HOW_LONG)
    told = "what `portal keys new --own` printed, in PORTAL_CENTRE_KEYS: only this key, held by the hospital, opens it"
    one.add_argument("--own-key", type=Path, metavar="FILE", help=told)
    one.set_defaults(run=add_centre)

    one = commands.add_parser("waiting", help="change how long a destruction waits at a centre")
    one.add_argument("name")
    one.add_argument("days", type=int, choices=WAITING, help=HOW_LONG)
    one.set_defaults(run=change_waiting)

    one = commands.add_parser("staff", help="invite somebody to a centre's team")
    one.add_argument("centre")
    one.add_argument("login")
    one.add_argument("--role", choices=ROLES, default=ROLES[0], help="what somebody new is in the team")
    one.add_argument(
        "--again",
        action="store_true",
        help="for a known member who lost everything: whatever they had opens nothing any more",
    )
    add_language(one, "fr", "of the page they join on")
    one.set_defaults(run=add_staff)


def add_centre(options: argparse.Namespace) -> int:
    """Add a centre to the installation, under its name in the directory of services."""
    from datetime import timedelta

    from portal.access import team
    from portal.library import load_library

    installation = settings()
    if options.directory and options.directory not in load_library().directory.centres:
        print(f"the directory of services has no centre {options.directory!r}", file=sys.stderr)
        return 1
    with records(installation) as database:
        own_key = given_key(database, options.own_key) if options.own_key else None
        if options.own_key and own_key is None:
            return 1
        try:
            team.add_centre(database, options.name, options.directory, timedelta(days=options.waiting_days), own_key)
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

    installation = settings()
    with records(installation) as database:
        try:
            team.change_waiting(database, options.name, timedelta(days=options.days), system_clock())
        except LookupError:
            print(f"there is no centre {options.name!r}", file=sys.stderr)
            return 1
        print(f"a destruction asked from now on waits {options.days} days at {options.name}")
        return 0


def add_staff(options: argparse.Namespace) -> int:
    """Invite somebody to a centre's team: print the address to hand over, where they choose what they sign in with."""
    from sqlalchemy import select

    from portal.access import people
    from portal.access.roles import Role
    from portal.access.team import OPERATOR, TakenError
    from portal.clock import BRUSSELS, system_clock
    from portal.records.fence import Across
    from portal.records.models import Centre

    installation = settings()
    with records(installation) as database:
        with database.reading(across=Across.CENTRES) as session:
            centre_id = session.scalars(select(Centre.id).where(Centre.name == options.centre)).first()
        if centre_id is None:
            print(f"there is no centre {options.centre!r}", file=sys.stderr)
            return 1
        known = people.member_named(database, centre_id, options.login)
        if options.again and known is None:
            print(f"there is nobody with the login {options.login!r} at {options.centre!r}", file=sys.stderr)
            return 1
        try:
            if options.again and known is not None:
                made = people.invite_again(database, centre_id, OPERATOR, known, system_clock())
            else:
                made = people.invite(database, centre_id, OPERATOR, options.login, Role(options.role), system_clock())
        except TakenError as problem:
            print(f"{problem}; --again invites a known member anew", file=sys.stderr)
            return 1
        ends = made.ends_at.astimezone(BRUSSELS)
        print(f"invited: {made.login}, {made.role}")
        print(f"address to hand over, shown once, until {ends:%Y-%m-%d %H:%M} in Brussels:")
        print(f"{installation.base_url}/{options.language}/team/join/{made.token}")
        return 0
