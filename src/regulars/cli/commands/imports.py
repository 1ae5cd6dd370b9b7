"""`regulars import`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from regulars.cli import options, progress
from regulars.cli.options import named_files
from regulars.cli.output import as_json
from regulars.cli.settings import definitions_with
from regulars.cli.summary import of_summary
from regulars.cli.workspace import all_there
from regulars.kernel.errors import InputError
from regulars.lake import Lake
from regulars.sources import LoadOptions, SourceFile, import_into
from regulars.sources.loading.options import DEFAULT_SOURCE

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def import_files(
    files: options.Files = None,
    lake: Annotated[
        Path, typer.Option("--lake", metavar="PATH", help="The lake; a new one is made where there is none.")
    ] = Path("regulars.lake"),
    source: options.Source = None,
    mapping: options.Mapping = None,
    currency: options.Currency = None,
    tz: options.Zone = None,
    day_first: options.DayFirst = None,
    markets: options.Markets = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; store nothing.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", metavar="FILE", help="Where rows that cannot be used are written, with the reason."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The summary as JSON.")] = False,
    shows: options.ProgressFlag = False,
) -> None:
    """Bring exports into a lake, again and again.

    Importing a file twice changes nothing; a later export replaces the orders that it repeats. Each file belongs to a
    source (a shop); where an order number comes again with another customer, currency or id, the import stops and shows
    both rows. Reject files hold personal data: they are made readable for you alone.

    \b
    Examples:
      regulars import orders.csv --lake shop.lake
      regulars import --lake shop.lake --source no=orders_no.csv --source de=orders_de.csv
      regulars import export/*.csv --lake shop.lake --mapping shop.toml --dry-run
    """
    named = named_files(files, source)
    if not named:
        raise InputError("no file is named.", do="Name one: regulars import orders.csv --lake shop.lake")
    all_there([path for path, _ in named])
    chosen = [SourceFile(path, name or DEFAULT_SOURCE) for path, name in named]
    with progress.shown(shows) as tell, _lake(lake, dry_run) as opened:
        known = opened.definitions()
        summary = import_into(
            opened,
            chosen,
            definitions=definitions_with(known, currency=currency, tz=tz, markets=markets),
            options=LoadOptions(
                mapping=mapping, currency=currency, zone=tz, day_first=day_first, rejects=rejects
            ),
            progress=tell,
            dry_run=dry_run,
        )
    sys.stdout.write(as_json([summary.as_plain()]) if json else of_summary(summary) + "\n")


@contextmanager
def _lake(path: Path, dry_run: bool) -> Iterator[Lake]:
    """The lake, made where there is none; a dry run makes none but looks at an empty one elsewhere."""
    if Lake.is_lake(path):
        yield Lake.open(path)
    elif not dry_run:
        yield Lake.create(path)
    else:
        with TemporaryDirectory(prefix=f"regulars-{os.getpid()}-") as folder:
            yield Lake.create(Path(folder) / path.name)
