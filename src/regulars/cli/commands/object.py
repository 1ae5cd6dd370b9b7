"""`regulars object`."""

from __future__ import annotations

from typing import Annotated

import typer

from regulars.cli.person import Who, meant
from regulars.cli.site import Home, ready

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(name="object")
def object_(
    person: Who,
    undo: Annotated[bool, typer.Option("--undo", help="Allow profiling again.")] = False,
    home: Home = None,
) -> None:
    """Obey somebody who objects to profiling: they are in no segment and on no list from then on.

    \b
    Example:
      regulars object anna@example.org
    """
    ready(home)
    from regulars.platform.customers import api as customers  # noqa: PLC0415 - after Django is loaded

    customers.set_profiling(numbers=meant(person).numbers, allowed=undo, by=None)
    print("Profiling is allowed again." if undo else "They are not profiled from now on.")
