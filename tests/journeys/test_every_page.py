"""axe on every public page, in every language, on a small phone; and in the dark for one language."""

import pytest
from flask import Flask

from portal.library.languages import LANGUAGES
from portal.web.press import public_paths
from tests.journeys.axe import assert_accessible
from tests.journeys.conftest import Site, Window


@pytest.mark.parametrize(("language", "scheme"), [*((language, "light") for language in LANGUAGES), ("de", "dark")])
def test_axe_finds_nothing(walker: Window, site: Site, app: Flask, language: str, scheme: str) -> None:
    walk = walker(java_script_enabled=False, color_scheme=scheme)
    paths = [path for path in public_paths(app) if path.startswith(f"/{language}/")]
    assert len(paths) >= 12 + 13 + 28
    for path in paths:
        assert_accessible(walk.open(path), walk.looker, path)
        wide = walk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
