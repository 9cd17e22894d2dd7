"""The counts of a year, as they are printed."""

from tests.year.book import Book


def tell(book: Book) -> None:
    """Print what happened, and what was wrong."""
    width = max(map(len, book.counts))
    for what, many in sorted(book.counts.items()):
        print(f"{what:<{width}}  {many:>7,}")
    print(f"{'faults':<{width}}  {len(book.faults):>7,}")
    for fault in book.faults[:40]:
        print(f"  {fault}")
