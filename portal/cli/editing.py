"""The commands of whoever edits the content: what is wrong, covered, overdue, hard to read."""

import argparse

from portal.cli.spoken import add_language


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands."""
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
    add_language(whole, "en")
    whole.add_argument("--plans", action="store_true", help="print every plan instead, and the answers that lead to it")
    whole.set_defaults(run=guide_table)


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
