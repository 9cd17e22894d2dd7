"""Every test has an app of its own; what is compiled from templates, addresses and catalogues is the same for all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from babel import Locale
from babel.support import NullTranslations, Translations
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class Compiled(BytecodeCache):
    """Templates that were compiled once, for all apps of these tests; a template that changed is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


@contextmanager
def compiled_once() -> Iterator[None]:
    """Compile the form of an address once, and read a compiled catalogue once, however many apps are made.

    An app asks for both each time it is made: nearly all of its making. What is kept is what never changes: a form of
    an address has its words in its name, and a folder of catalogues the sum of what they say.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", _kept_builders(Rule._compile_builder))
        patch.setattr(Translations, "load", staticmethod(_kept_catalogues(Translations.load)))
        yield


def _kept_builders(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[tuple[object, ...], Any] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # they stand in what is compiled
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    return builder


def _kept_catalogues(load: Callable[..., NullTranslations]) -> Callable[..., NullTranslations]:
    kept: dict[tuple[object, ...], NullTranslations] = {}

    def loaded(folder: str, locales: list[Locale], domain: str) -> NullTranslations:
        key = (folder, *map(str, locales), domain)
        if key not in kept:
            kept[key] = load(folder, locales, domain)
        return kept[key]

    return loaded
