"""What each field of each form takes, read off the forms themselves: `python -m tests.fields` writes docs/fields.md."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wtforms import BooleanField, Form, SelectFieldBase
from wtforms.fields.core import UnboundField
from wtforms.validators import DataRequired, InputRequired, Length

import portal.web

PAGE = Path(__file__).parents[1] / "docs" / "fields.md"
BEGINNING = """# What each field takes

Made by `python -m tests.fields` from the forms themselves; a test holds this page to them. Everything that is
typed is text, never HTML. Beside what stands here, no field takes what no keyboard types (NUL, control characters,
bytes in another encoding), a whole form takes 16 KB, and every form of a session carries a token signed for it.
What a form asks her in her space, kind by kind, stands in `portal/web/followup/questions.py`.
"""


def written() -> str:
    """Return the page."""
    return "\n".join([BEGINNING, *(line for form in forms() for line in section(form))])


def forms() -> list[type[Form]]:
    """Return every form of the program, by its place and name."""
    for module in pkgutil.walk_packages(portal.web.__path__, "portal.web."):
        importlib.import_module(module.name)
    found = {one for one in _below(Form) if one.__module__.startswith("portal.web")}
    return sorted(found, key=lambda one: (one.__module__, one.__name__))


def _below(form: type[Form]) -> Iterator[type[Form]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)


def section(form: type[Form]) -> list[str]:
    """Return a form's lines; none for one without a field."""
    fields = [(name, field) for name in dir(form) if isinstance(field := getattr(form, name), UnboundField)]
    rows = [_row(form, name, field) for name, field in sorted(fields, key=lambda one: one[1].creation_counter)]
    if not rows:
        return []
    place = form.__module__.removeprefix("portal.web.")
    head = f"## `{place}.{form.__name__}`\n\n{(form.__doc__ or '').splitlines()[0]}\n"
    return [head, "| field | takes | and |\n|---|---|---|", *rows, ""]


def _row(form: type[Form], name: str, field: "UnboundField[Any]") -> str:
    check = getattr(form, f"validate_{name}", None)
    also = (check.__doc__ or "").splitlines()[0] if check else ""
    return f"| `{name}` | {', '.join(_takes(field))} | {also} |"


def _takes(field: "UnboundField[Any]") -> Iterator[str]:
    kind, validators = field.field_class, field.kwargs.get("validators", [])
    is_needed = any(isinstance(one, DataRequired | InputRequired) for one in validators)
    yield "a tick" if issubclass(kind, BooleanField) else kind.__name__.removesuffix("Field").lower()
    if is_needed:
        yield "needed"
    for one in validators:
        if isinstance(one, Length) and one.max >= 0:
            yield f"at most {one.max} letters"
    choices = field.kwargs.get("choices")
    if issubclass(kind, SelectFieldBase) and choices and not callable(choices):
        yield "one of " + " ".join(f"`{getattr(one, 'value', one)}`" for one in choices)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    print(f"{PAGE.name}: {len(forms())} forms")
