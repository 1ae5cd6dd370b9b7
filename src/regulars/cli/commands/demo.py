"""`regulars demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress, tables
from regulars.cli.summary import of_summary
from regulars.demo.run import Shown, run
from regulars.metrics.catalogue import FIGURES

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where exports, lakes and reports go.")
    ] = Path("demo"),
    details: Annotated[
        bool, typer.Option("--details", help="Also say what each column was taken for.")
    ] = False,
) -> None:
    """Run everything on the demo shops, and say which file to open.

    First Online Retail II, a real British gift shop of 2009 to 2011 (two yearly exports that overlap by nine days). Then
    Nordlys, openly made up: four stores in four currencies with overlapping customers. Running it again changes nothing.

    \b
    Examples:
      regulars demo
      regulars demo --output /tmp/demo --details
    """
    with progress.shown(force=True) as tell:
        shops = run(output, tell)
    for shop in shops:
        print(_told(shop, details))
    print("\nOpen in a browser:")
    for shop in shops:
        for page in shop.reports:
            print(f"  {page.resolve()}")


def _told(shop: Shown, details: bool) -> str:
    title = f"\n{shop.name}\n{'=' * len(shop.name)}"
    imports = "\n\n".join(of_summary(summary, columns=details) for summary in shop.imports)
    figures = tables.of_rows(shop.figures, {slug: figure.name for slug, figure in FIGURES.items()})
    more = f"Ask it more:  regulars metrics --lake {shop.lake} --by market --period quarter retention_rate"
    return "\n\n".join((title, imports, figures, more))
