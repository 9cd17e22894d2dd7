"""`python -m portal` is the `portal` command, also where the package is not installed."""

from portal.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
