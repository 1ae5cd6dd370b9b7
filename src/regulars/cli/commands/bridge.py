"""`regulars bridge`."""

from __future__ import annotations

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs
from regulars.cli.workspace import opened
from regulars.notebook.sheet import Column, Sheet

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_COLUMNS = (
    Column("step"),
    Column("detail"),
    Column("amount", "money"),
    Column("orders", "count"),
    Column("kind"),
)


@app.command()
@takes
def bridge(inputs: Inputs, outputs: Outputs) -> None:
    """From the files' total to the revenue used, step by step, in money and in orders.

    Every line is a reason why your own total differs from the revenue in the figures; the lines add up to the cent.

    \b
    Examples:
      regulars bridge orders.csv
      regulars bridge --lake shop.lake --currency EUR --output bridge.csv
    """
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        found = shop.bridge()
        if outputs.sql:
            print(found.sql())
            return
        rows = tuple(
            {
                "step": line.words,
                "detail": line.detail or "",
                "amount": line.amount,
                "orders": line.orders,
                "kind": line.kind,
            }
            for line in found.lines
        )
        sheet = Sheet(_COLUMNS, rows, "From the files' total to the revenue used", currency=found.currency)
        output.sheet(sheet, output.resolved(outputs.format, outputs.output), outputs.output)
