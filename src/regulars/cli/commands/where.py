"""`regulars where`."""

from __future__ import annotations

import typer

from regulars.cli.person import Who, meant, told
from regulars.cli.site import Home, ready

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def where(person: Who, home: Home = None) -> None:
    """Say in which places of a site data of a person is, and how many records.

    \b
    Example:
      regulars where anna@example.org
    """
    ready(home)
    from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after Django is loaded

    holdings = privacy.where(meant(person))
    told(holdings)
    print(f"\n{privacy.records_of(holdings)} records in all.")
