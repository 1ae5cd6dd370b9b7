"""`regulars whatif`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from regulars.cli import output, progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs, Outputs
from regulars.cli.tables import shown
from regulars.cli.workspace import opened
from regulars.metrics import WhatIf
from regulars.notebook.sheet import Kind, of_table

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_KINDS: dict[str, Kind] = {"effect": "money", "low": "money", "high": "money"}


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"'{text}' is no number") from None


def _option(name: str, words: str) -> object:
    return typer.Option(name, metavar="NUMBER", parser=_number, help=words)


@app.command()
@takes
def whatif(
    inputs: Inputs,
    outputs: Outputs,
    points: Annotated[
        Decimal | None, _option("--points", "Percentage points more retention. Default: 5.")
    ] = None,
    percent: Annotated[Decimal | None, _option("--percent", "Per cent more retention. Default: 5.")] = None,
    purchases: Annotated[
        Decimal | None, _option("--purchases", "More purchases a year each. Default: 1.")
    ] = None,
    price: Annotated[Decimal | None, _option("--price", "Per cent higher prices.")] = None,
    basket: Annotated[Decimal | None, _option("--basket", "Per cent larger baskets.")] = None,
) -> None:
    """What more retention, one more purchase a year or a higher price would be worth in a year.

    On margin where it is known (--margin), else on revenue, and it says so. The assumptions stand below.

    \b
    Examples:
      regulars whatif orders.csv --margin 40%
      regulars whatif --lake shop.lake --points 3 --price 2
    """
    asked = {
        "points": points,
        "percent": percent,
        "purchases": purchases,
        "price_percent": price,
        "basket_percent": basket,
    }
    # Nothing asked: the standard scenarios. Something asked: that alone.
    wanted = asked if any(value is not None for value in asked.values()) else {}
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        found = shop.whatif(**wanted)
        if outputs.sql:
            print(found.sql())
            return
        title = f"What it would be worth in the year {found.period_start} to {found.period_end}"
        sheet = of_table(found.to_arrow(), title=title, kinds=_KINDS, notes=_assumptions(found))
        output.sheet(sheet, output.resolved(outputs.format, outputs.output), outputs.output)


def _assumptions(found: WhatIf) -> tuple[str, ...]:
    said = tuple(
        f"- {one.words}" + ("" if one.value is None else f": {shown(one.value, 'number')}")
        for one in found.assumptions
    )
    open_ = (
        ()
        if found.complete
        else ("Incomplete: the data does not cover the whole year and the window before it.",)
    )
    return ("What this rests on:", *said, *open_)
