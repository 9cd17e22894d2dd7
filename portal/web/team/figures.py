"""Figures for the Institute (art. 54 § 4): a year is published once, shown as it was published, and taken as CSV."""

import csv
import io

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import RadioField, ValidationError

from portal.access.roles import Duty
from portal.library.languages import Language
from portal.records import figures as counted
from portal.records.disclosure import upper_end
from portal.records.figures import TABLES, Figures
from portal.web.rooms import rooms
from portal.web.session_forms import SessionForm
from portal.web.team.desk import blueprint, check_token, member, own_form, signed_in

BYTE_ORDER_MARK = "\ufeff"  # without it, a spreadsheet reads é as two letters
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class YearForm(SessionForm):
    """Which year is published."""

    year = RadioField(validate_choice=False)

    def validate_year(self, field: RadioField) -> None:
        """Take a year that is over and was not published."""
        if field.data not in [choice[0] for choice in field.iter_choices()]:
            raise ValidationError(_("figures.year_needed"))


@blueprint.get("/figures")
@signed_in(Duty.FIGURES)
def figures(language: Language) -> ResponseReturnValue:
    """Show what was published, and what can be."""
    return _page(own_form(YearForm))


@blueprint.post("/figures")
@signed_in(Duty.FIGURES)
def publish_figures(language: Language) -> ResponseReturnValue:
    """Publish a year; one that was published already stays as it is."""
    check_token()
    form = own_form(YearForm, request.form)
    form.year.choices = [(str(year), str(year)) for year in _years()]
    if not form.validate():
        return _page(form), 422
    centre_id, staff_id = member().centre_id, member().staff_id
    counted.publish(rooms().database, centre_id, int(form.year.data), rooms().now, staff_id, staff_id)
    return redirect(url_for(".figures", language=language, _anchor=f"y{form.year.data}"), 303)


@blueprint.get("/figures/<int:year>.csv")
@signed_in(Duty.FIGURES)
def figures_file(language: Language, year: int) -> ResponseReturnValue:
    """Give what was published of a year as a file with a neutral name."""
    found = _years().get(year) or abort(404)
    response = Response(figures_csv(found, member().centre_name), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{year}.csv"'
    return response


def figures_csv(found: Figures, centre_name: str) -> bytes:
    """Return what was published as CSV, in the present language: UTF-8 that a Belgian spreadsheet opens as it is."""
    file = io.StringIO()
    rows = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
    heads = ("csv_centre", "csv_year", "csv_table", "csv_category", "csv_least", "csv_most")
    rows.writerow([_plain(_("figures." + head)) for head in heads])
    for table in TABLES:
        for category, lower in found.tables.get(table.name, {}).items():
            words = (centre_name, str(found.year), _table(table.name), category_said(table.name, category))
            rows.writerow([*map(_plain, words), lower, upper_end(lower)])
    return (BYTE_ORDER_MARK + file.getvalue()).encode()


def category_said(table: str, category: str) -> str:
    """Return a category in words."""
    return str(_(f"figures.{table}_{category}"))


def _table(name: str) -> str:
    return str(_("figures.table_" + name))


def _plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _years() -> dict[int, Figures | None]:
    with rooms().database.reading(member().centre_id) as session:
        return counted.years(session, member().centre_id, rooms().now)


def _page(form: YearForm) -> str:
    every = _years()
    form.year.choices = [(str(year), str(year)) for year, found in every.items() if found is None]
    if len(form.year.choices) == 1 and not form.errors:
        form.year.data = form.year.choices[0][0]
    return render_template(
        "team/figures.html",
        form=form,
        published=[found for found in every.values() if found],
        tables=TABLES,
        category_said=category_said,
        upper_end=upper_end,
    )
