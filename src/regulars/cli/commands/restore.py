"""`regulars restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress
from regulars.cli.guard import say
from regulars.cli.site import Home, chosen, erased_again
from regulars.kernel.errors import ConflictError
from regulars.platform import supervise
from regulars.platform.restoring import Restored, load_state, unpack
from regulars.platform.site import Site

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What 'regulars backup' wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Set a site that is in the folder aside; it is not deleted.")
    ] = False,
    erased: Annotated[
        Path | None,
        typer.Option(
            "--erased",
            metavar="FILE",
            help="The list erased.jsonl of the site before, where it is not in the folder or beside the back-up.",
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Make a site of a back-up, and bring it to this release. Who was erased since the back-up is erased again.

    The folder is new or empty, or holds a site that --replace sets aside.

    \b
    Examples:
      regulars restore /mnt/backups/monday.tar.gz --home /srv/regulars-restored
      regulars restore /mnt/backups/monday.tar.gz --home /srv/regulars --replace
    """
    site = chosen(home)
    if supervise.holder(site) is not None:
        raise ConflictError(
            "This site is running.",
            where=str(site.home),
            do=f"Stop it first: regulars down --home {site.home}",
        )
    with progress.shown() as tell:
        done = unpack(file, site, erased=erased, replace=replace, progress=tell)
        supervise.django()
        load_state(site)
        supervise.migrate()
        from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after django()

        again = privacy.erase_due(progress=tell)
    _told(site, done, again)


def _told(site: Site, done: Restored, again: int) -> None:
    """What is there now, who was erased again, and what only the reader can bring."""
    print(f"Restored from {done.made} into {site.home}. Start it with: regulars up --home {site.home}")
    print(erased_again(again))
    for path in done.aside:
        print(
            f"What was there before is in {path}. It holds personal data: delete it once you do not need it."
        )
    if not done.listed:
        say(
            f"Nothing here tells who was erased after {done.made}. That stands in the file erased.jsonl, in the folder of the\n"
            "site before and beside its newer back-ups. If anybody was, bring it before you start the site:\n"
            f"  regulars erase --again FOLDER/erased.jsonl --home {site.home}"
        )
