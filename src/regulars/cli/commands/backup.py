"""`regulars backup` and `regulars restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress
from regulars.cli.site import Home, ready
from regulars.platform.backup import back_up

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def backup(
    into: Annotated[
        Path | None,
        typer.Option("--into", metavar="FILE", help="The file (default: backups/ in the site's folder)."),
    ] = None,
    home: Home = None,
) -> None:
    """Write everything of a site into one file, while it runs. The file holds personal data: keep it safe.

    Uploads and rejected rows are left out; they expire anyway.

    \b
    Examples:
      regulars backup
      regulars backup --home /srv/regulars --into /mnt/backups/monday.tar.gz
    """
    site = ready(home)
    with progress.shown() as tell:
        made = back_up(site, into=into, progress=tell)
    version = "no lake yet" if made.lake_version is None else f"lake version {made.lake_version}"
    print(f"{made.file}: {made.bytes / 1e6:,.1f} MB, {version}")
