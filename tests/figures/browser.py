"""A Chromium for the figures: the one of the journeys, without a site around it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from tests import machine
from tests.journeys.conftest import ARGUMENTS, MOST_MILLISECONDS, PHONE


@contextmanager
def window(count: int = 1) -> Iterator[tuple[Page, ...]]:
    """Give windows of a small phone: the first without scripts, as she may read; the others with."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=machine.browser(), args=ARGUMENTS)
        pages = []
        for number in range(count):
            context = browser.new_context(java_script_enabled=number > 0)
            context.set_default_timeout(MOST_MILLISECONDS)
            context.route("**/*", lambda route: route.abort())  # a page is complete: it asks for nothing more
            pages.append(context.new_page())
            pages[-1].set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        yield tuple(pages)
        browser.close()
