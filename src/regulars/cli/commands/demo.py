"""`regulars demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress, tables
from regulars.cli.called import called, shortest
from regulars.cli.site import chosen
from regulars.cli.summary import of_summary
from regulars.demo.run import Shown, run
from regulars.demo.samples import put_into
from regulars.metrics.catalogue import FIGURES

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where exports, lakes and reports go.")
    ] = Path("demo"),
    platform: Annotated[
        bool,
        typer.Option(
            "--platform", help="Also start the platform with the real shop in it, in the background."
        ),
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Also say what the imports understood, file by file.")
    ] = False,
    samples: Annotated[
        Path | None,
        typer.Option(
            "--samples", metavar="FOLDER", help="Only write the small files that the README and the docs use."
        ),
    ] = None,
) -> None:
    """Run everything on the demo shops, and say which file to open.

    First Online Retail II, a real British gift shop of 2009 to 2011 (two yearly exports that overlap by nine days). Then
    Nordlys, openly made up: four stores in four currencies with overlapping customers. Running it again changes nothing.

    \b
    Examples:
      regulars demo
      regulars demo --platform
      regulars demo --output /tmp/demo --details
      regulars demo --samples .
    """
    if samples is not None:
        print("\n".join(f"Written: {file}" for file in put_into(samples)))
        return
    with progress.shown(force=True) as tell:
        shops = run(output, tell)
    for shop in shops:
        print(_told(shop, details))
    print("\nOpen in a browser:")
    for shop in shops:
        for page in shop.reports:
            print(f"  {page.resolve().as_uri()}")
    print("\nAsk more, for example:")
    for shop in shops:
        print(f"  {called()} metrics --lake {shop.lake} --period quarter --by market retention_rate")
    if platform:
        print(_platform(output))


def _platform(output: Path) -> str:
    """Start the platform and say how to get in."""
    chosen(output / "site")  # names the extra where it is missing
    from regulars.demo import site  # noqa: PLC0415 - the platform is optional

    with progress.shown(force=True) as tell:
        started = site.start(output, tell)
    lines = ["", "The platform is running, with the real shop in it:", f"  {started.address}"]
    if started.password is not None:
        lines.append(f"  sign in as {started.email} with the one-time password {started.password}")
    else:
        lines.append(
            f"  sign in as {started.email}; to begin anew, stop it and delete {shortest(started.home)}"
        )
    lines.append(f"Stop it with: {called()} down --home {shortest(started.home)}")
    return "\n".join(lines)


def _told(shop: Shown, details: bool) -> str:
    title = f"\n{shop.name}: {shop.what}"
    imports = [of_summary(summary) for summary in shop.imports] if details else [_in_short(shop)]
    names = {row.metric: FIGURES[row.metric].name for row in shop.figures}
    return "\n\n".join((title, *imports, tables.of_one_period(shop.figures, names)))


def _in_short(shop: Shown) -> str:
    """What came in, in a few lines: the whole of it is in the report and behind --details."""
    files = [file for summary in shop.imports for file in summary.files]
    sources = [source for summary in shop.imports for source in summary.sources]
    days = [day for source in sources for day in (source.first, source.last) if day]
    twice = sum(file.duplicates for file in files)
    unused = sum(reason.rows for file in files for reason in (*file.left_out, *file.rejected))
    stores = len({source.source for source in sources if source.orders})
    lines = [
        f"{len(files)} files with {sum(file.rows for file in files):,} rows:"
        f" {sum(source.orders for source in sources):,} orders"
        + (f" of {stores} stores" if stores > 1 else "")
        + (f", {min(days)} to {max(days)}" if days else "")
    ]
    if twice:
        lines.append(f"{twice:,} rows stand twice and count once")
    if unused:
        lines.append(f"{unused:,} rows could not be used (--details says why)")
    return "\n".join(f"  {line}" for line in lines)
