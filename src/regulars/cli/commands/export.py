"""`regulars export`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.person import Who, meant
from regulars.cli.site import Home, ready
from regulars.kernel.errors import ConflictError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def export(
    person: Who,
    into: Annotated[Path, typer.Option("--into", metavar="FILE", help="The ZIP to write.")] = Path(
        "person.zip"
    ),
    language: Annotated[
        str, typer.Option("--language", help="Of the readable page: en, de, nb or ro.")
    ] = "en",
    home: Home = None,
) -> None:
    """Write everything that a site knows of a person into one readable file.

    \b
    Example:
      regulars export anna@example.org --into anna.zip --language de
    """
    ready(home)
    from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after Django is loaded

    who = meant(person)
    try:
        handle = os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConflictError(
            "There is a file of this name.", where=str(into), do="Name another one with --into."
        ) from None
    with os.fdopen(handle, "wb") as file:
        rows = privacy.export(who, file, by=None, language=language)
    print(f"{into}: {rows} rows. The file holds personal data: hand it over, then delete it.")
