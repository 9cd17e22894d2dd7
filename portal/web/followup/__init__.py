"""Her own space. A link only shows a field for a code; the code opens it; leaving ends it."""

from portal.web.followup import asking, entering, slips, space
from portal.web.followup.visiting import blueprint

__all__ = ["asking", "blueprint", "entering", "slips", "space"]
