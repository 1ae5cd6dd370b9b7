"""What the commands of the platform share: the site's folder, and Django loaded for it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from regulars.kernel.errors import MissingExtraError
from regulars.platform.site import HOME_VARIABLE, LAKE_VARIABLE, Site

Home = Annotated[
    Path | None,
    typer.Option(
        "--home", metavar="FOLDER", help="The site's folder (default: REGULARS_HOME, else ./regulars-site)."
    ),
]


def chosen(home: Path | None, lake: Path | None = None) -> Site:
    """The site that a command means; children and Django are told by the environment. Raises where the extra is missing."""
    if find_spec("django") is None:
        raise MissingExtraError("platform", "The platform")
    site = Site.named(home, lake)
    os.environ[HOME_VARIABLE] = str(site.home)
    if site.elsewhere is not None:
        os.environ[LAKE_VARIABLE] = str(site.elsewhere)
    return site


def ready(home: Path | None) -> Site:
    """A site that exists, with Django loaded and its database up to date. Raises InputError where there is none."""
    from regulars.kernel.errors import InputError  # noqa: PLC0415 - rarely needed
    from regulars.platform import supervise  # noqa: PLC0415 - loads Django

    site = chosen(home)
    if not site.home.is_dir():
        raise InputError(
            "There is no site in this folder.",
            where=str(site.home),
            do="Start one with 'regulars up', or name it with --home.",
        )
    supervise.django()
    supervise.migrate()
    return site


def erased_again(count: int) -> str:
    """What is said after a list of erasures was obeyed."""
    return f"{count} {'person was' if count == 1 else 'people were'} erased again."
