"""`regulars metrics`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.guard import say
from regulars.cli.options import Inputs, Outputs, figures_and_files, named_rules
from regulars.cli.output import Format
from regulars.cli.workspace import opened, tell_window
from regulars.kernel.periods import Grain
from regulars.metrics.dimensions import DIMENSIONS
from regulars.notebook import figures as all_figures
from regulars.notebook.sheet import Column, Sheet

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@takes
def metrics(
    inputs: Inputs,
    outputs: Outputs,
    period: Annotated[Grain, typer.Option("--period", help="Length of the periods.")] = "month",
    by: Annotated[
        str,
        typer.Option("--by", metavar="NAMES", help=f"Split by, parted by commas: {', '.join(DIMENSIONS)}."),
    ] = "",
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="RULE", help="Only customers who match this segment rule."),
    ] = None,
    segment: Annotated[
        list[str] | None,
        typer.Option(
            "--segment", metavar="NAME=RULE", help="A segment for --by segment. Default: the RFM groups."
        ),
    ] = None,
    rolling: Annotated[
        bool, typer.Option("--rolling", help="Periods that end with the as-of day instead of calendar ones.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="Show which figures there are.")] = False,
) -> None:
    """Key figures by period, from files or a lake.

    Name figures and files in any order; no figure named means all that the facts can answer. A row carries what
    it is made of, its 95 % interval, whether the data covers it, the definitions and the lake version.

    \b
    Examples:
      regulars metrics --list
      regulars metrics orders.csv retention_rate --period quarter
      regulars metrics --lake shop.lake --by market,channel --format csv --output figures.csv
      regulars metrics --lake shop.lake retention_rate --where "country in (DE, AT)" --rolling --period year
      regulars metrics orders.csv churn_rate --sql
    """
    if listed:
        _list(outputs)
        return
    slugs, facts = figures_and_files(inputs, [figure.slug for figure in all_figures()])
    names = [name.strip() for name in by.split(",") if name.strip()]
    with progress.shown(inputs.progress) as tell, opened(facts, tell) as shop:
        found = shop.figures(
            *slugs, period=period, by=names, where=where, segments=named_rules(segment), rolling=rolling
        )
        if outputs.sql:
            print(found.sql())
            return
        tell_window(shop)
        chosen = output.resolved(outputs.format, outputs.output)
        output.figures(
            found.rows, chosen, outputs.output, {figure.slug: figure.name for figure in found.asked}
        )
        if chosen is not Format.table and not all(row.additive for row in found.rows):
            say("Rows of this split overlap: they do not add up; rows without a value for it are the totals.")


def _list(outputs: Outputs) -> None:
    columns = (Column("figure"), Column("name"), Column("unit"), Column("definition"))
    rows = tuple(
        {"figure": f.slug, "name": f.name, "unit": f.unit, "definition": f.symbols} for f in all_figures()
    )
    output.sheet(Sheet(columns, rows), output.resolved(outputs.format, outputs.output), outputs.output)
