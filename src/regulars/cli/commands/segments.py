"""`regulars segments`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs, rules_and_files
from regulars.cli.workspace import opened
from regulars.kernel.errors import InputError
from regulars.metrics.segments import ALLOWED, STANDARD
from regulars.notebook.sheet import Column, Kind, Sheet, of_table

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_COLUMNS = (
    Column("rule"), Column("customers", "count"), Column("share", "percent"), Column("orders", "count"),
    Column("revenue", "money"), Column("revenue_share", "percent"),
)  # fmt: skip
_MEMBERS: dict[str, Kind] = {"revenue": "money"}


@app.command()
@takes
def segments(
    inputs: Inputs,
    outputs: Outputs,
    members: Annotated[
        bool,
        typer.Option("--members", help="One row a customer of the first rule (by number, never by name)."),
    ] = False,
    columns: Annotated[bool, typer.Option("--columns", help="Show what a rule may speak of.")] = False,
) -> None:
    """How many customers a rule finds, and what they are worth.

    A rule compares what is known of a customer, joined by 'and', 'or', 'not' and brackets. A mistake is pointed at.

    \b
    Examples:
      regulars segments --columns
      regulars segments orders.csv "orders >= 3 and days_since_last_order > 90 and country in (DE, AT)"
      regulars segments --lake shop.lake "last_order_day before 90 days ago" --members --output members.csv
    """
    chosen = output.resolved(outputs.format, outputs.output)
    if columns:
        output.sheet(_known(), chosen, outputs.output)
        return
    rules, facts = rules_and_files(inputs)
    if not rules:
        raise InputError(
            "no rule is given.", do='Write one in quotes: regulars segments orders.csv "orders >= 3"'
        )
    with progress.shown(inputs.progress) as tell, opened(facts, tell) as shop:
        found = [shop.segment(rule) for rule in rules]
        if outputs.sql:
            print("\n\n".join(segment.sql() for segment in found))
        elif members:
            output.sheet(of_table(found[0].to_arrow(), kinds=_MEMBERS), chosen, outputs.output)
        else:
            rows = tuple(
                {"rule": s.rule, "customers": s.customers, "share": s.share, "orders": s.orders,
                 "revenue": s.revenue, "revenue_share": s.revenue_share}
                for s in found
            )  # fmt: skip
            output.sheet(
                Sheet(_COLUMNS, rows, currency=shop.analysis.definitions.currency), chosen, outputs.output
            )


def _known() -> Sheet:
    columns = (Column("column"), Column("type"), Column("meaning"), Column("takes"))
    rows = tuple(
        {"column": c.name, "type": c.type, "meaning": c.words, "takes": ", ".join(ALLOWED[c.type])}
        for c in STANDARD.columns.values()
    )
    return Sheet(
        columns, rows, "What a rule may speak of", ("Every column also takes: is missing, is not missing.",)
    )
