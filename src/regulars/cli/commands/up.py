"""`regulars up`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress
from regulars.cli.called import called, shortest
from regulars.cli.guard import say
from regulars.cli.site import Home, chosen, erased_again
from regulars.platform import config, supervise
from regulars.platform.site import Site

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def up(
    home: Home = None,
    lake: Annotated[
        Path | None,
        typer.Option("--lake", metavar="PATH", help="Use this lake instead of one in the site's folder."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="HOST:PORT", help="Where to listen (default 127.0.0.1:8600)."),
    ] = None,
    background: Annotated[
        bool, typer.Option("--background", help="Return once it answers; 'regulars down' stops it.")
    ] = False,
) -> None:
    """Start the platform: two processes, one database file, one folder. Ctrl-C stops it cleanly.

    The first time it prints a link with which the first user is made. Settings come from environment variables; see
    docs/platform/settings.md.

    \b
    Examples:
      regulars up
      regulars up --home /srv/regulars --address 127.0.0.1:9000
      regulars up --lake shop.lake --background
    """
    site = chosen(home, lake)
    if address is not None:
        os.environ[config.ADDRESS.name] = address
    site.make()
    if (running := supervise.holder(site)) is not None:
        say(f"It is running already (process {running}): http://{config.ADDRESS.text()}")
        raise typer.Exit(0)
    supervise.refuse_taken_address()
    supervise.django()
    supervise.migrate()
    _erase_due(site)
    _adopt()
    if background:
        supervise.in_background(site)
        _told(site)
        print(f"Stop it with: {called()} down --home {shortest(site.home)}")
        return
    say("Starting. Ctrl-C stops it.")
    supervise.run(site, tell=say, ready=lambda: _told(site))
    say("Stopped. Nothing was lost: what had begun goes on with the next start.")


def _erase_due(site: Site) -> None:
    """Nobody sees a page with people on it whom the site's list of erasures names: a back-up may have brought them back."""
    from regulars.platform.privacy import api as privacy  # noqa: PLC0415 - after django()

    with supervise.only_one(site), progress.shown() as tell:
        count = privacy.erase_due(progress=tell)
    if count:
        say(f"A back-up had brought back who was erased: {erased_again(count)}")


def _adopt() -> None:
    """A lake that was made without the platform brings its customers with it."""
    from regulars.platform.intake.api import adopt_if_needed  # noqa: PLC0415 - after django()

    if adopt_if_needed():
        say("This lake was made without the platform: its customers are taken over now.")


def _told(site: Site) -> None:
    """Where it is, and how the first user gets in."""
    from regulars.platform.core import setup  # noqa: PLC0415 - after django()

    print(f"Regulars is running: {config.public_url()}")
    if token := setup.token(site):
        print(f"Make the first user:  {config.public_url()}/welcome?token={token}")
    print(f"Its folder: {site.home}", flush=True)
