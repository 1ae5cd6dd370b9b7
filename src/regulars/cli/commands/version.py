"""`regulars version`."""

from __future__ import annotations

import typer

import regulars

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def version() -> None:
    """The version of Regulars.

    Example: regulars version
    """
    print(f"regulars {regulars.__version__}")
