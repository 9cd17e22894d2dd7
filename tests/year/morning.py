"""The page of the day as a member of the team has it: every line, also those that are a page away."""

from portal.records.board import Board, Line, board, page_of
from portal.records.today import Part
from tests.year.book import House
from tests.year.world import World


def every_line(world: World, house: House, viewer: str) -> list[Line]:
    """Return all lines of *Today* for one member."""
    day: Board = board(world.database, house.centre_id, viewer, world.now)
    found = []
    for section in day.sections:
        found += of_part(world, house, viewer, section.part) if section.is_cut else list(section.lines)
    return found


def of_part(world: World, house: House, viewer: str, part: Part) -> list[Line]:
    """Return every line of one part, page by page."""
    found: list[Line] = []
    for number in range(1, 100):
        page = page_of(world.database, house.centre_id, viewer, world.now, part, number)
        found += page.lines
        if page.count <= number * 50:
            break
    return found
