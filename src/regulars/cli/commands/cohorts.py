"""`regulars cohorts`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs
from regulars.cli.output import Format
from regulars.cli.tables import named, shown
from regulars.cli.workspace import opened
from regulars.kernel.periods import Grain, Period
from regulars.metrics import Cohorts
from regulars.metrics.cohorts import SMALL, By, Cohort, Measure
from regulars.notebook.sheet import Column, Kind, Sheet, of_table

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_FIT = 13  # columns that a screen has room for: the first period and twelve more
_BY: dict[By, str] = {
    "first_order": "first order", "sign_up": "sign-up", "market": "market", "country": "country",
    "channel": "channel", "category": "category of the first order", "discounted": "discount on the first order",
}  # fmt: skip
_MEASURES: dict[Measure, str] = {
    "customers": "share who ordered",
    "returned": "share who had ordered a second time",
    "retained": "share who were still customers",
    "revenue": "revenue per customer so far",
    "margin": "margin per customer so far",
    "orders": "orders per customer so far",
}
_NOTES = (
    f"* incomplete: not all its days are covered. ~ a cohort of under {SMALL} customers.",
    "already there: ordered in the first days of the data, and may be customers of long before; they are in no average.",
)


@app.command()
@takes
def cohorts(
    inputs: Inputs,
    outputs: Outputs,
    period: Annotated[
        Grain, typer.Option("--period", help="Length of the cohorts and of the columns.")
    ] = "month",
    by: Annotated[By, typer.Option("--by", help="What makes a cohort.")] = "first_order",
    measure: Annotated[Measure, typer.Option("--measure", help="What the cells say.")] = "customers",
    columns: Annotated[
        int | None,
        typer.Option("--columns", min=1, help="The most columns to show. Default: 13 on a screen, else all."),
    ] = None,
) -> None:
    """Customers who began together, and what became of them.

    As a table it is the triangle; as JSON, CSV or Parquet one row a cell, with its interval and whether it is complete.
    The first customers of an export may be old ones: they form the cohort 'already there' and are in no average.

    \b
    Examples:
      regulars cohorts orders.csv
      regulars cohorts orders.csv --period quarter --measure revenue
      regulars cohorts --lake shop.lake --by market --output cohorts.csv
    """
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        chosen = output.resolved(outputs.format, outputs.output)
        most = columns or (_FIT if chosen is Format.table and outputs.output is None else None)
        found = shop.cohorts(by, period=period, measure=measure, columns=most)
        if outputs.sql:
            print(found.sql())
            return
        sheet = _triangle(found) if chosen is Format.table else of_table(found.to_arrow())
        output.sheet(sheet, chosen, outputs.output)


def _triangle(found: Cohorts) -> Sheet:
    """One row a cohort, one column an offset; '*' where a cell is incomplete, '~' where a cohort is small."""
    last = max((cell.offset for cell in found.cells), default=0)
    cells = {(cell.cohort, cell.offset): cell for cell in found.cells}
    kind: Kind = {"share": "percent", "money": "money", "number": "ratio"}[found.unit]  # type: ignore[assignment]
    scale = 100 if found.unit == "share" else 1
    rows = []
    for cohort in found.cohorts:
        row: dict[str, object] = {"cohort": _named(cohort), "customers": cohort.size}
        for offset in range(last + 1):
            cell = cells.get((cohort.key, offset))
            if cell is not None and cell.value is not None:
                row[str(offset)] = shown(cell.value * scale, kind) + (" " if cell.complete else "*")
        rows.append(row)
    means = ((str(a.offset), a.value) for a in found.average if a.value is not None)
    average = {"cohort": "average", **{offset: shown(mean * scale, kind) + " " for offset, mean in means}}
    columns = (
        Column("cohort"),
        Column("customers", "count"),
        *(Column(str(n), "text", right=True) for n in range(last + 1)),
    )
    unit, each = f" in {found.currency}" if found.currency else "", found.offset_grain
    title = f"Cohorts by {_BY[found.by]}: {_MEASURES[found.measure]}{unit}, by {each}s since they began"
    return Sheet(columns, (*rows, average), title, _NOTES)


def _named(cohort: Cohort) -> str:
    """As figures name the same period: 2011-03, 2011 Q1; a value as it is."""
    if cohort.start is not None and cohort.end is not None:
        name = named(Period(cohort.start, cohort.end))
    else:
        name = cohort.key or "(none)"
    return name + (" ~" if cohort.small else "")
