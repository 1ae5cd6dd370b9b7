"""`regulars window`."""

from __future__ import annotations

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs
from regulars.cli.workspace import opened
from regulars.metrics import WindowProposal, propose_by_history
from regulars.metrics.asked import listening
from regulars.notebook.sheet import Column, Sheet

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_COLUMNS = (
    Column("history"), Column("proposed_days", "count"), Column("repeat_orders", "count"),
    Column("customers", "count"), Column("share_returned", "percent"), Column("median_gap_days", "count"),
    Column("mean_gap_days", "days"), Column("weak"),
)  # fmt: skip


@app.command()
@takes
def window(inputs: Inputs, outputs: Outputs) -> None:
    """The activity window that the data proposes, and why.

    A customer is who ordered within the window. The proposal is the gap after which nine in ten of those who ever
    come back have come back; it is shown for shorter histories too, so that one sees how much it depends on them.

    \b
    Examples:
      regulars window orders.csv
      regulars window --lake shop.lake --format json
    """
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        months = (6, 12, 24)
        with listening(shop.analysis) as asked:
            named = [("all", shop.window())]
            cut = list(zip(months, propose_by_history(shop.analysis, months), strict=True))
        if outputs.sql:
            print(asked.sql())
            return
        named += [(f"last {n} months", found) for n, found in cut]
        sheet = Sheet(_COLUMNS, tuple(_row(name, found) for name, found in named), "Proposed activity window")
        output.sheet(sheet, output.resolved(outputs.format, outputs.output), outputs.output)


def _row(history: str, found: WindowProposal) -> dict[str, object]:
    return {
        "history": history,
        "proposed_days": found.days,
        "repeat_orders": found.repeat_orders,
        "customers": found.customers,
        "share_returned": found.share_returned * 100,
        "median_gap_days": found.median_gap,
        "mean_gap_days": found.mean_gap,
        "weak": " ".join(reason.words for reason in found.weak),
    }
