"""`regulars report`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli import progress
from regulars.cli.groups import takes
from regulars.cli.options import Inputs
from regulars.cli.output import as_json
from regulars.cli.workspace import opened, tell_window
from regulars.kernel.errors import InputError
from regulars.notebook.names import names_of
from regulars.report import LANGUAGES, ReportOptions, render_html

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
@takes
def report(
    inputs: Inputs,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The HTML file. Default: the export's name + .report.html"
        ),
    ] = None,
    lang: Annotated[
        str, typer.Option("--lang", metavar="CODE", help=f"Language of the report: {', '.join(LANGUAGES)}.")
    ] = "en",
    people: Annotated[
        bool, typer.Option("--people", help="Name customers who are overdue. Without it, nobody is named.")
    ] = False,
    predict: Annotated[
        bool,
        typer.Option(
            "--predict/--no-predict", help="With what will happen: revenue, risk, how good the prediction is."
        ),
    ] = True,
    json: Annotated[
        bool, typer.Option("--json", help="The report's content as JSON on stdout; no HTML.")
    ] = False,
) -> None:
    """One HTML report from an order export: who stays, who leaves, what they are worth.

    Nothing is left behind but the file: no server, no account, no outside requests. Columns are recognised by name and
    content, and the report shows what each was taken for; --mapping declares them where that is wrong. Without a
    margin and costs the report says what it cannot say. What will happen takes longer than the rest; --no-predict
    leaves it out.

    \b
    Examples:
      regulars report orders.csv
      regulars report orders.csv --margin 40% --costs costs.csv --lang de --output bericht.html
      regulars report --source no=orders_no.csv --source de=orders_de.csv --currency EUR
      regulars report --lake shop.lake --window 180
    """
    if lang not in LANGUAGES:
        raise InputError(
            f"there are no texts in '{lang}'.", where="--lang", do=f"Use one of: {', '.join(LANGUAGES)}."
        )
    target = output or _default(inputs)
    if not json:
        _writable(target)
    with progress.shown(inputs.progress) as tell, opened(inputs, tell) as shop:
        names = (lambda customers: names_of(shop, customers, inputs.lake)) if people else None
        content = shop.report(ReportOptions(people=people, names=names, predict=predict), tell)
        if json:
            sys.stdout.write(as_json([content.as_plain()]))
            return
        tell("drawing", None)
        page = render_html(content, lang)
    _write(target, page)
    tell_window(shop)
    print(f"{target}: {len(content.findings)} things worth knowing. Open it in a browser.")


def _default(inputs: Inputs) -> Path:
    """Where one stands, named after the lake or the first file."""
    named = (
        [inputs.lake]
        if inputs.lake
        else [*(inputs.files or ()), *(Path(s.partition("=")[2]) for s in inputs.source or ())]
    )
    return Path(f"{named[0].stem if named else 'shop'}.report.html")


def _writable(target: Path) -> None:
    """Raise InputError now rather than after minutes of work."""
    folder = target.parent
    if not folder.is_dir():
        raise InputError(
            "there is no such folder.", where=str(folder), do="Make it, or name another file with --output."
        )
    if target.is_dir() or not os.access(target if target.exists() else folder, os.W_OK):
        raise InputError("it cannot be written.", where=str(target), do="Name another file with --output.")


def _write(target: Path, page: str) -> None:
    """Whole or not at all: a stopped run leaves no half page."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
