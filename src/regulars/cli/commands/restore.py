"""`regulars restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress
from regulars.cli.site import Home, chosen
from regulars.platform import supervise
from regulars.platform.backup import load_state, unpack

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'regulars backup' wrote.")],
    home: Home = None,
) -> None:
    """Make a site of a back-up, in a folder that is new or empty, and bring it to this release.

    \b
    Example:
      regulars restore /mnt/backups/monday.tar.gz --home /srv/regulars-restored
    """
    site = chosen(home)
    with progress.shown() as tell:
        about = unpack(file, site, tell)
        supervise.django()
        load_state(site)
        supervise.migrate()
    print(f"Restored from {about['made']} into {site.home}. Start it with: regulars up --home {site.home}")
    print(
        "Who was erased since is erased again with: regulars erase --again FOLDER-OF-THE-SITE-BEFORE/erased.jsonl"
    )
