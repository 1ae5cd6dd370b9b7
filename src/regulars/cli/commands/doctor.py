"""`regulars doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import checks
from regulars.cli.leftovers import sweep

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_MARKS = {"ok": "ok", "weak": "note", "broken": "BROKEN"}


@app.command()
def doctor(
    lake: Annotated[
        Path | None, typer.Option("--lake", metavar="PATH", help="Look at this lake too.")
    ] = None,
) -> None:
    """Say what is wrong with this installation, or with a lake, and how to mend it.

    Ends with 0 where nothing is broken (a note is about something optional), else with 1.

    \b
    Examples:
      regulars doctor
      regulars doctor --lake shop.lake
    """
    found = [check() for check in checks.CHECKS]
    if lake is not None:
        found += checks.of_lake(lake)
    for finding in found:
        print(f"{_MARKS[finding.state]:>7}  {finding.subject}: {finding.said}")
        if finding.mend:
            print(f"{'':>7}  -> {finding.mend}")
    swept = sweep()
    if swept:
        print(f"{'ok':>7}  Removed {swept} temporary folder(s) that a killed run had left behind.")
    broken = sum(finding.state == "broken" for finding in found)
    print("\nNothing is broken." if not broken else f"\n{broken} problem(s) to mend.")
    raise typer.Exit(1 if broken else 0)
