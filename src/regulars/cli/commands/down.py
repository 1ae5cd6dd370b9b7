"""`regulars down`."""

from __future__ import annotations

import typer

from regulars.cli.guard import say
from regulars.cli.site import Home, chosen
from regulars.kernel.errors import InputError
from regulars.platform import supervise

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def down(home: Home = None) -> None:
    """Stop a platform that runs in the background. What it was doing goes on with the next start.

    Example: regulars down --home demo/site
    """
    site = chosen(home)
    if not site.home.is_dir():
        raise InputError(
            "There is no site in this folder, so nothing was stopped.",
            where=str(site.home),
            do="Name the site's folder with --home.",
        )
    if not supervise.end(site):
        say(f"It is not running: {site.home}")
        return
    say("Stopped.")
