"""`regulars lake`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import options, output, progress
from regulars.cli.output import Format
from regulars.cli.settings import checked_zone, read_markets
from regulars.kernel.errors import InputError
from regulars.lake import Lake
from regulars.lake.markets import rewrite_markets
from regulars.lake.upkeep import compact, vacuum
from regulars.notebook.sheet import Column, Sheet

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_Path = Annotated[Path, typer.Argument(metavar="PATH", help="The lake.")]
_Format = Annotated[Format, typer.Option("--format", help="How the answer is written.")]


@app.callback()
def lake() -> None:
    """Look after a lake: info, history, compact, vacuum, markets."""


@app.command()
def info(
    path: _Path,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="As it was in this version.")
    ] = None,
    format_: _Format = Format.table,
) -> None:
    """What is in a lake: its tables with rows and sizes, and the days that each source covers.

    Example: regulars lake info shop.lake
    """
    opened = Lake.open(path)
    manifest = opened.manifest(version)
    columns = (
        Column("table"),
        Column("rows", "count"),
        Column("files", "count"),
        Column("megabytes", "number"),
    )
    rows = tuple(
        {"table": name, "rows": state.rows, "files": state.files, "megabytes": state.bytes / 1e6}
        for name, state in manifest.tables.items()
        if state.rows
    )
    covered = tuple(f"{c.source}: {c.first} to {c.last}" for c in manifest.coverage)
    title = f"{path}, version {manifest.version} of {manifest.published}, definitions {manifest.definitions}"
    output.sheet(Sheet(columns, rows, title, ("Covered days:", *covered) if covered else ()), format_, None)


@app.command()
def history(path: _Path, format_: _Format = Format.table) -> None:
    """Every kept version of a lake, newest first. '--version N' of other commands reads one.

    Example: regulars lake history shop.lake
    """
    columns = (
        Column("version", "count"),
        Column("published"),
        Column("definitions"),
        Column("orders", "count"),
        Column("note"),
    )
    rows = tuple(
        {"version": m.version, "published": m.published, "definitions": m.definitions,
         "orders": m.tables["orders"].rows if "orders" in m.tables else 0, "note": m.note}
        for m in Lake.open(path).history()
    )  # fmt: skip
    output.sheet(Sheet(columns, rows), format_, None)


@app.command(name="compact")
def compact_(path: _Path, shows: options.ProgressFlag = False) -> None:
    """Sort tables by customer and join small files, where needed. No figure changes.

    Example: regulars lake compact shop.lake
    """
    with progress.shown(shows) as tell:
        print(f"Lake version {compact(Lake.open(path), progress=tell)}: compacted.")


@app.command(name="vacuum")
def vacuum_(
    path: _Path,
    keep: Annotated[int, typer.Option("--keep", min=1, help="How many versions to keep.")] = 10,
    shows: options.ProgressFlag = False,
) -> None:
    """Forget old versions and remove the files that only they name. Figures of forgotten versions cannot be made again.

    Example: regulars lake vacuum shop.lake --keep 3
    """
    with progress.shown(shows) as tell:
        gone = vacuum(Lake.open(path), keep=keep, progress=tell)
    print(f"Forgot {gone.versions} versions, removed {gone.files} files, freed {gone.bytes / 1e6:.1f} MB.")


@app.command()
def markets(
    path: _Path,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A TOML file with groups of countries.")
    ] = None,
    each: Annotated[bool, typer.Option("--each-country", help="Make each country a market again.")] = False,
    tz: options.Zone = None,
    shows: options.ProgressFlag = False,
) -> None:
    """Group countries to markets, or set the standard time zone; all facts follow, as a version of their own.

    \b
    Examples:
      regulars lake markets shop.lake markets.toml
      regulars lake markets shop.lake --each-country
    """
    opened = Lake.open(path)
    known = opened.definitions()
    changed = known if tz is None else replace(known, zone=checked_zone(tz, where="--tz"))
    if file is not None:
        changed = replace(changed, markets=read_markets(file))
    elif each:
        changed = replace(changed, markets=())
    elif tz is None:
        raise InputError(
            "nothing is to be changed.", do="Name a file of markets, or --each-country, or --tz ZONE."
        )
    with progress.shown(shows) as tell:
        version = rewrite_markets(opened, changed, progress=tell)
    print(f"Lake version {version}: markets rewritten, definitions {known.digest()} -> {changed.digest()}.")
