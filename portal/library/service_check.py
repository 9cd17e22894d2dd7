"""What must hold in help.toml before anybody is sent anywhere."""

import re
from collections.abc import Iterator
from typing import Any

from portal.library.hours import read_opening
from portal.library.languages import LANGUAGES, Translated
from portal.library.stated import overstated, read_stated
from portal.library.words import NEVER_SAID, TELLING

PHONE = r"\{phone: *(?P<id>[a-z0-9-]+) *\}"

Listed = dict[str, Any]


def problems_in_help(listed: Listed) -> Iterator[str]:
    """Say everything that is wrong in what was read from help.toml."""
    yield from _twice("need", [one["id"] for one in listed["need"]])
    yield from _twice("code", [one["code"] for one in listed["need"]])
    yield from _twice("service", [*(one["id"] for one in listed["service"]), *listed["left_out"]])
    checked = {one["id"] for one in listed["service"] if "phone" in one and read_stated(one["phone"]).is_checked}
    for need in listed["need"]:
        yield from _in_need(need)
    for one in listed["service"]:
        yield from _in_words(one, checked)
        yield from overstated(one["id"], one)
        yield from _in_ways(one, checked)
        yield from _in_hours(one)
    yield from _in_needs_of_services(listed)
    yield from (f"{name} is left out without a reason" for name, why in listed["left_out"].items() if not why.strip())


def _twice(kind: str, names: list[str]) -> Iterator[str]:
    yield from (f"duplicate {kind} {name}" for name in sorted(set(names)) if names.count(name) > 1)


def _in_need(need: Listed) -> Iterator[str]:
    for key in ("title", "tab", "intro"):
        yield from _in_text(f"need {need['id']}: {key}", need[key], digits=False)
    for language, tab in need["tab"].items():
        if told := TELLING.search(tab):
            yield f"need {need['id']}: its tab tells in {language}: {told[0]!r}"


def _in_words(one: Listed, checked: set[str]) -> Iterator[str]:
    name = one["id"]
    yield from _in_text(f"{name}: names", one["names"], digits=True)
    plain = {language: re.sub(PHONE, "", text) for language, text in one["what"].items()}
    yield from _in_text(f"{name}: what", plain, digits=False)
    named = {match["id"] for text in one["what"].values() for match in re.finditer(PHONE, text)}
    yield from (f"{name} names the phone of {other}, which is not confirmed" for other in sorted(named - checked))
    if "hours" in one:
        yield from _in_text(f"{name}: hours", one["hours"]["text"], digits=True)


def _in_text(where: str, text: Translated, *, digits: bool) -> Iterator[str]:
    for language in LANGUAGES:
        said = text.get(language, "")
        if not said:
            yield f"{where} is missing in {language}"
        if match := NEVER_SAID.search(said):
            yield f"{where} in {language} says {match[0]!r}"
        if match := re.search(r"[{}]" if digits else r"[{}\d]", said):
            yield f"{where} in {language} has {match[0]!r} in its prose"


def _in_ways(one: Listed, checked: set[str]) -> Iterator[str]:
    if strange := set(one["languages"]) - set(LANGUAGES):
        yield f"{one['id']} speaks the unknown {', '.join(sorted(strange))}"
    if one.get("groups") and one["id"] not in checked:
        yield f"line {one['id']} has no confirmed phone"
    if one.get("site_groups") and not ("website" in one and read_stated(one["website"]).is_checked):
        yield f"site {one['id']} is not confirmed"
    for key in ("website", "written"):
        address = one.get(key, {}).get("value", "")
        if address and not address.startswith(("https://", "http://")):
            yield f"{one['id']}: {key} is no address: {address!r}"


def _in_hours(one: Listed) -> Iterator[str]:
    timed = bool(one.get("around_the_clock") or one.get("opens"))
    if timed and not ("hours" in one and read_stated(one["hours"]).is_checked):
        yield f"{one['id']} has times, and hours that nobody confirmed"
    for opening in one.get("opens", ()):
        try:
            read_opening(opening)
        except (ValueError, KeyError) as error:
            yield f"{one['id']} opens at what is no time: {error}"


def _in_needs_of_services(listed: Listed) -> Iterator[str]:
    apart = {need["id"] for need in listed["need"] if need.get("apart")}
    known = {need["id"] for need in listed["need"]}
    used = {need for one in listed["service"] for need in one["needs"]}
    for one in listed["service"]:
        needs = set(one["needs"])
        yield from (f"{one['id']} answers the unknown need {need}" for need in sorted(needs - known))
        if not needs:
            yield f"{one['id']} answers no need"
        if needs & apart and needs - apart:
            yield f"{one['id']} stands both apart and in a list for those who were harmed"
    yield from (f"need {need} is answered by nobody" for need in sorted(known - used))
