"""`regulars cohorts`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs
from regulars.cli.output import Format
from regulars.cli.tables import shown
from regulars.cli.workspace import opened
from regulars.kernel.periods import Grain
from regulars.metrics import Cohorts
from regulars.metrics.cohorts import By, Measure
from regulars.notebook.sheet import Column, Kind, Sheet, of_table

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_FIT = 13  # columns that a screen has room for: the first period and twelve more


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
        name = (
            f"{cohort.key or '(none)'}{' (already there)' if cohort.already_there and cohort.start else ''}"
        )
        row: dict[str, object] = {"cohort": name + (" ~" if cohort.small else ""), "customers": cohort.size}
        for offset in range(last + 1):
            cell = cells.get((cohort.key, offset))
            if cell is not None and cell.value is not None:
                row[str(offset)] = shown(cell.value * scale, kind) + ("" if cell.complete else "*")
        rows.append(row)
    average = {
        "cohort": "average",
        **{str(a.offset): shown(None if a.value is None else a.value * scale, kind) for a in found.average},
    }
    columns = (
        Column("cohort"),
        Column("customers", "count"),
        *(Column(str(n), "text") for n in range(last + 1)),
    )
    title = (
        f"Cohorts by {found.by.replace('_', ' ')}: {found.measure}, {found.offset_grain}s after the beginning"
    )
    notes = (
        "* incomplete: not all its days are covered. ~ a small cohort. The average leaves out who was already there.",
    )
    return Sheet(columns, (*rows, average), title, notes, found.currency)
