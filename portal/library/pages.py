"""One page in one language: TOML front matter, Markdown, and the marks that say where each statement comes from."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from portal.library import addresses
from portal.library.languages import OWN_NAMES, Language, say_date
from portal.library.menu import EASY
from portal.library.problems import Problem, line_of
from portal.library.prose import Vocabulary, problems_in_prose
from portal.library.sanitize import clean
from portal.library.services import Line, Services
from portal.library.sources import Sources

FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)
HEADING = re.compile(r"^## (?P<title>.+?) \{#(?P<id>[a-z0-9-]+)\}[ \t]*$", re.MULTILINE)
MARK = re.compile(r"[ \t]*\{src: *(?P<marks>[^}]+)\}")
PLACEHOLDER = re.compile(r"\{(?P<kind>fact|phone|lines): *(?P<id>[^}]+?) *\}")
FIGURE = re.compile(r"^\{figure: *(?P<id>[a-z-]+) *\}[ \t]*$", re.MULTILINE)
PAGE_LINK = re.compile(r"\]\(page:(?P<id>[a-z0-9-]+)(?P<section>#[a-z0-9-]+)?\)")
ANY_LINK = re.compile(r"\]\((?P<target>[^)]*)\)")
LIST_MARKER = re.compile(r"^\d+\. ", re.MULTILINE)
DIGIT = re.compile(r"\d")

FIGURES = ("phases", "keeping", "arrival", "complaint")
"""The pictures that a page may name; each is a template of its own, with its words in the catalogues."""

MARKDOWN = MarkdownIt("commonmark", {"html": False})


Say = Callable[..., None]
"""Notes a problem: what is wrong, the part of the file where it stands, what would mend it."""


@dataclass(frozen=True)
class Section:
    """A part of a page with its cleaned HTML and the sources folded under it."""

    id: str
    title: str
    html: str
    sources: tuple[str, ...]
    parity: tuple[tuple[str, ...], ...]  # marks, facts, links, figures, numbers to call: the same in all

    @property
    def links(self) -> tuple[str, ...]:
        """The pages, and the sections of pages, that it leads to: `keeping`, `keeping#adults`."""
        return self.parity[2]

    @property
    def figures(self) -> tuple[str, ...]:
        """The pictures that stand at its end."""
        return self.parity[3]


@dataclass(frozen=True)
class Page:
    """A page in one language."""

    id: str
    code: str
    language: str
    title: str
    tab: str
    short: tuple[str, ...]
    reviewed_on: date
    to_check: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass
class PageReader:
    """Reads page files against the sources, the services and the list of pages; collects what is wrong."""

    sources: Sources
    services: Services
    codes: dict[str, str]
    vocabulary: Vocabulary
    easy: frozenset[str] = frozenset()  # ids that have an easy version: an easy page leads to easy pages
    problems: list[Problem] = field(default_factory=list)

    def read(self, path: Path, language: str) -> Page | None:
        """Return the page of a file, or None where its front matter cannot be read at all."""
        name = path.parent.name
        is_easy = path.parent.parent.name == "easy"
        where = f"{EASY if is_easy else ''}{name}/{path.name}"
        text = path.read_text(encoding="utf-8")
        say = partial(self._say, where, text)
        match = FRONT_MATTER.match(text)
        if not match:
            return say("does not begin with +++ front matter +++")
        try:
            front = tomllib.loads(match[1])
            page_front = _front_matter(front)
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            return say(f"front matter: {error!r}")
        self.problems += problems_in_prose(where, language, text, self.vocabulary)
        for line in (page_front["title"], page_front["tab"], *page_front["short"]):
            self._check_digits(line, say)
        return Page(
            id=EASY + name if is_easy else name,
            code=self.codes[name],
            language=language,
            title=page_front["title"],
            tab=page_front["tab"],
            short=tuple(self._fill(line, language, say, as_text=True) for line in page_front["short"]),
            reviewed_on=page_front["reviewed_on"],
            to_check=tuple(page_front["to_check"]),
            sections=self._sections(match[2], language, say, is_easy=is_easy),
        )

    def _say(self, where: str, text: str, what: str, at: str = "", mend: str = "") -> None:
        self.problems.append(Problem(where, what, line_of(text, at), mend))

    def _sections(self, body: str, language: str, say: Say, *, is_easy: bool) -> tuple[Section, ...]:
        headings = list(HEADING.finditer(body))
        if not headings:
            say("has no section: write `## Title {#section-id}`")
            return ()
        if body[: headings[0].start()].strip():
            say("has text before its first section", body.strip()[:20], "put it under a heading")
        ends = [*(heading.start() for heading in headings[1:]), len(body)]
        sections = [
            self._section(heading, body[heading.end() : end], language, say, is_easy=is_easy)
            for heading, end in zip(headings, ends, strict=True)
        ]
        ids = [section.id for section in sections]
        for duplicate in {name for name in ids if ids.count(name) > 1}:
            say(f"section id {duplicate!r} stands twice", f"{{#{duplicate}}}", "rename one")
        return tuple(sections)

    def _section(self, heading: re.Match[str], text: str, language: str, say: Say, *, is_easy: bool) -> Section:
        name = heading["id"]
        marks = self._marks(text, name, say)
        facts = sorted({match["id"] for match in PLACEHOLDER.finditer(text) if match["kind"] == "fact"})
        cited = [self.sources.facts[fact].source for fact in facts if fact in self.sources.facts]
        numbers = sorted(
            {f"{match['kind']}: {match['id']}" for match in PLACEHOLDER.finditer(text) if match["kind"] != "fact"}
        )
        links = sorted({match["id"] + (match["section"] or "") for match in PAGE_LINK.finditer(text)})
        figures = tuple(match["id"] for match in FIGURE.finditer(text))
        for figure in set(figures) - set(FIGURES):
            say(
                f"section {name} has the unknown figure {figure!r}", f"figure: {figure}", f"one of {', '.join(FIGURES)}"
            )
        text = FIGURE.sub("", text)
        if not marks and not facts:
            say(f"section {name} states something without a source", f"{{#{name}}}", "add {src: …}")
        self._check_digits(heading["title"], say)
        self._check_digits(text, say)
        if re.search(r"^#", text, re.MULTILINE):
            say(f"section {name} has a heading of another form", f"{{#{name}}}", "write `## Title {#id}`")
        html = clean(MARKDOWN.render(self._fill(MARK.sub("", text), language, say, is_easy=is_easy)))
        return Section(
            id=name,
            title=heading["title"],
            html=html,
            sources=tuple(dict.fromkeys([*marks, *cited])),
            parity=(tuple(sorted(set(marks))), tuple(facts), tuple(links), figures, tuple(numbers)),
        )

    def _marks(self, text: str, section: str, say: Say) -> list[str]:
        marks = [mark.strip() for match in MARK.finditer(text) for mark in match["marks"].split(";") if mark.strip()]
        for mark in marks:
            if mark not in self.sources:
                say(
                    f"section {section} cites the unknown source {mark!r}",
                    mark,
                    "list it in sources.toml or correct it",
                )
        return marks

    def _check_digits(self, text: str, say: Say) -> None:
        for line in text.splitlines():
            plain = LIST_MARKER.sub("", PAGE_LINK.sub("]", PLACEHOLDER.sub("", MARK.sub("", line))))
            if digit := DIGIT.search(plain):
                near = plain[max(0, digit.start() - 25) : digit.end() + 15]
                say(f"has a number in prose near {near!r}", line, "use {fact: …}")
            if "{" in plain:
                say(f"has a brace that is no mark near {plain[plain.index('{') :][:30]!r}", line, "see README, content")

    def _fill(self, text: str, language: str, say: Say, *, as_text: bool = False, is_easy: bool = False) -> str:
        def placeholder(match: re.Match[str]) -> str:
            return self._value(match["kind"], match["id"], language, say)

        def link(match: re.Match[str]) -> str:
            return f"]({self._address(match['id'], language, say, is_easy=is_easy)}{match['section'] or ''})"

        for match in ANY_LINK.finditer(text):
            if not match["target"].startswith("page:"):
                say(f"links outside the list of pages: {match['target']!r}", match[0], "link to page:<id>")
        filled = PLACEHOLDER.sub(placeholder, text)
        return filled if as_text else PAGE_LINK.sub(link, filled)

    def _value(self, kind: str, name: str, language: str, say: Say) -> str:
        if kind == "fact" and name in self.sources.facts:
            value = self.sources.facts[name].value
            return say_date(value, language) if isinstance(value, date) else str(value)
        if kind == "phone" and name in self.services.lines:
            return _phone_link(self.services.lines[name].phone)
        if kind == "lines" and (lines := self.services.lines_for(name, language)):
            return "\n".join(
                f"- **{line.names[language]}**: {_phone_link(line.phone)}{_aside(line, language)}" for line in lines
            )
        say(f"has the unknown placeholder {kind}: {name}", f": {name}", "facts.toml, or a line's id or group")
        return ""

    def _address(self, name: str, language: str, say: Say, *, is_easy: bool) -> str:
        if name in addresses.NAMED:
            return addresses.named(language, name)
        if is_easy and EASY + name in self.easy:
            return addresses.easy(language, self.codes[name])
        if name in self.codes:
            return addresses.page(language, self.codes[name])
        say(f"links to the unknown page {name!r}", f"page:{name}", "see site.toml for the ids")
        return ""


def _front_matter(front: dict[str, Any]) -> dict[str, Any]:
    known = {"title": str, "tab": str, "short": list, "reviewed_on": date, "to_check": list}
    for key, kind in known.items():
        if not isinstance(front[key], kind):
            raise TypeError(f"{key} is not {kind.__name__}")
    if unknown := set(front) - set(known):
        raise KeyError(f"unknown: {', '.join(sorted(unknown))}")
    return front


def _phone_link(phone: str) -> str:
    return f"[{phone}](tel:{phone.replace(' ', '')})"


def _aside(line: Line, language: str) -> str:
    spoken = "" if language in line.languages else ", ".join(OWN_NAMES[Language(one)] for one in line.languages)
    asides = [aside for aside in (line.hours[language] if line.hours else "", spoken) if aside]
    return f" ({', '.join(asides)})" if asides else ""
