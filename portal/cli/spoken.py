"""The option that says in which language a command speaks."""

import argparse


def add_language(command: argparse.ArgumentParser, usual: str, why: str = "of what is printed") -> None:
    """Let a command be told a language of the site."""
    command.add_argument(
        "--language", type=_language, default=usual, metavar="LANGUAGE", help=f"{why}; usually {usual}"
    )


def _language(code: str) -> str:
    from portal.library.languages import LANGUAGES, Language

    try:
        return Language(code)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{code!r} is none of {', '.join(LANGUAGES)}") from None
