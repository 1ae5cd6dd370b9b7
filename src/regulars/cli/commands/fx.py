"""`regulars fx`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import options, progress
from regulars.lake import Lake
from regulars.lake.fx import newest_rate
from regulars.lake.rates import update_rates

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def fx() -> None:
    """Exchange rates: which ship, and how a lake gets newer ones."""


@app.command()
def info() -> None:
    """The last day of the rates that ship with Regulars (European Central Bank reference rates).

    Example: regulars fx info
    """
    print(f"Shipped: European Central Bank reference rates up to {newest_rate()}.")


@app.command()
def update(
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="A CSV or ZIP file of rates, or where to fetch one.")
    ],
    lake: Annotated[Path, typer.Option("--lake", metavar="PATH", help="The lake that gets them.")],
    shows: options.ProgressFlag = False,
) -> None:
    """Put exchange rates into a lake, where they win over those that ship.

    Reads the European Central Bank's files as they are (eurofxref-hist.zip, eurofxref.zip), and any CSV with the columns
    day, currency, per_euro (units for one euro).

    \b
    Examples:
      regulars fx update eurofxref-hist.zip --lake shop.lake
      regulars fx update https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip --lake shop.lake
    """
    with progress.shown(shows) as tell:
        tell("reading rates", None)
        version = update_rates(Lake.open(lake), source, progress=tell)
    print(f"Lake version {version}: exchange rates updated.")
