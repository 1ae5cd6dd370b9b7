"""`regulars rfm`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.guard import say
from regulars.cli.options import Inputs, Outputs
from regulars.cli.tables import shown
from regulars.cli.workspace import opened
from regulars.metrics import Rfm, rfm_customers
from regulars.notebook.sheet import Kind, of_table

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_KINDS: dict[str, Kind] = {
    "customer_share": "share", "revenue": "money", "revenue_share": "share", "average_order_value": "money",
    "mean_recency_days": "days", "mean_orders": "ratio",
}  # fmt: skip


@app.command()
@takes
def rfm(
    inputs: Inputs,
    outputs: Outputs,
    customers: Annotated[
        bool,
        typer.Option(
            "--customers", help="One row a customer (by number, never by name) instead of the groups."
        ),
    ] = False,
) -> None:
    """Customers scored from 1 to 5 by recency, frequency and money, and the usual named groups.

    Scores come from cut points on the value (equal values, equal score); the cut points are shown.

    \b
    Examples:
      regulars rfm orders.csv
      regulars rfm --lake shop.lake --customers --output rfm.parquet
    """
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        found = shop.rfm()
        scored = rfm_customers(shop.analysis)
        if outputs.sql:
            print(shop.analysis.sql_of(scored) if customers else found.sql())
            return
        table = shop.analysis.engine.run(scored) if customers else found.to_arrow()
        title = f"RFM as of {found.as_of}: {found.customers:,} customers"
        sheet = of_table(table, title=title, kinds=_KINDS, notes=_cuts(found), currency=found.currency)
        output.sheet(sheet, output.resolved(outputs.format, outputs.output), outputs.output)
        if outputs.output is not None:
            say("\n".join(_cuts(found)))


def _cuts(found: Rfm) -> tuple[str, ...]:
    money = ", ".join(shown(cut, "money", found.currency) for cut in found.cuts.monetary)
    return (
        f"Cut points, days since the last order: {', '.join(map(str, found.cuts.recency))} (fewer is better)",
        f"Cut points, orders: {', '.join(map(str, found.cuts.frequency))}",
        f"Cut points, revenue: {money}",
    )
