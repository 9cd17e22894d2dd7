"""Every test has an app or content of its own; what templates, addresses, catalogues and pages compile to is shared."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel import Locale
from babel.support import NullTranslations, Translations
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from portal.library.pages import MARKDOWN
from portal.library.problems import Problem
from portal.library.prose import Vocabulary, problems_in_prose
from portal.library.sanitize import clean


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


@contextmanager
def asked_once() -> Iterator[None]:
    """Compile a question to the records once for each kind of database, however many databases it is asked of.

    SQLAlchemy keeps what it compiled with each engine, and every test has an engine of its own. What is compiled
    depends on the question and the kind of database alone: each of a kind is reached by one driver, in one way.
    """
    kept: LRUCache[Any, Any] = LRUCache(5_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", property(lambda _: kept, lambda *_: None), raising=False)
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda one: hash(type(one)))
        yield


@contextmanager
def read_once() -> Iterator[None]:
    """Read a section, and look at the words of a page, once, however many times the content is built with one mistake.

    What is kept is what depends on nothing but what is given: Markdown, cleaning, and the words that are not said.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("portal.library.pages.clean", cache(clean))
        patch.setattr("portal.library.pages.MARKDOWN", SimpleNamespace(render=cache(MARKDOWN.render)))
        patch.setattr("portal.library.pages.problems_in_prose", _kept_problems(problems_in_prose))
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
        key = (Path(folder).resolve(), *map(str, locales), domain)  # each test has its own way to the same folder
        if key not in kept:
            kept[key] = load(folder, locales, domain)
        return kept[key]

    return loaded


def _kept_problems(look: Callable[..., list[Problem]]) -> Callable[..., list[Problem]]:
    kept: dict[tuple[object, ...], list[Problem]] = {}
    vocabularies: list[Vocabulary] = []  # each of them has a number

    def found(where: str, language: str, text: str, vocabulary: Vocabulary) -> list[Problem]:
        if vocabulary not in vocabularies:
            vocabularies.append(vocabulary)
        key = (where, language, text, vocabularies.index(vocabulary))
        if key not in kept:
            kept[key] = look(where, language, text, vocabulary)
        return list(kept[key])

    return found
