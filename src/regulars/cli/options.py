"""The options that commands share: where the facts come from, what changes the figures, how the answer is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from regulars.cli.output import Format
from regulars.kernel.errors import InputError


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as 2026-03-31") from None


Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Order exports: CSV, TSV, Excel, Parquet or JSON lines.", show_default=False),
]
Lake = Annotated[Path | None, typer.Option("--lake", metavar="PATH", help="Read a lake instead of files.")]
Source = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="NAME=FILE",
        help="A file with the name of the shop that it came from; repeat for several.",
    ),
]
Mapping = Annotated[
    Path | None,
    typer.Option("--mapping", metavar="FILE", help="A TOML file that says which column is what."),
]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency",
        metavar="CODE",
        help="Reporting currency (EUR), also of amounts that name none. Default: the most common.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="Time zone of times without one (Europe/Oslo). Default: UTC."),
]
DayFirst = Annotated[
    bool | None,
    typer.Option("--day-first/--month-first", help="How to read 03/04/2026 where no value of its column tells. Default: found out, else the day first.", show_default=False),
]  # fmt: skip
Window = Annotated[
    int | None,
    typer.Option("--window", metavar="DAYS", min=1, help="Activity window: a customer is who ordered within so many days. Default: proposed from the data."),
]  # fmt: skip
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", metavar="DAY", parser=_day, help="Look as if this day had just begun. Default: the day after the last covered day."),
]  # fmt: skip
Markets = Annotated[
    Path | None,
    typer.Option("--markets", metavar="FILE", help="A TOML file with groups of countries. Default: each country is a market."),
]  # fmt: skip
Margin = Annotated[
    str | None,
    typer.Option("--margin", metavar="SHARE|FILE", help="Gross margin: a share (0.4 or 40%), or a CSV by product, category or market."),
]  # fmt: skip
Costs = Annotated[
    Path | None,
    typer.Option("--costs", metavar="FILE", help="What was spent, by channel, market and month."),
]
EngineName = Annotated[
    str,
    typer.Option(
        "--engine", metavar="NAME", help="duckdb, or a Spark master: spark://host:7077 (needs --lake)."
    ),
]
ProgressFlag = Annotated[bool, typer.Option("--progress", help="Show progress where no terminal is, too.")]


@dataclass(frozen=True)
class Inputs:
    """Files or a lake, and what changes the figures."""

    files: Files = None
    source: Source = None
    lake: Lake = None
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="The lake as it was in this version.")
    ] = None
    mapping: Mapping = None
    currency: Currency = None
    tz: Zone = None
    day_first: DayFirst = None
    window: Window = None
    as_of: AsOf = None
    markets: Markets = None
    margin: Margin = None
    costs: Costs = None
    engine: EngineName = "duckdb"
    progress: ProgressFlag = False


@dataclass(frozen=True)
class Outputs:
    """How the answer is written."""

    format: Annotated[
        Format | None,
        typer.Option("--format", help="Default: what the file's name says, else a table."),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file instead of the screen."),
    ] = None
    sql: Annotated[bool, typer.Option("--sql", help="Show the SQL instead of the answer.")] = False


def named_files(files: list[Path] | None, sources: list[str] | None) -> list[tuple[Path, str | None]]:
    """The files with the name of their source, None where none was given. Raises InputError for `--source` without '='."""
    found: list[tuple[Path, str | None]] = [(path, None) for path in files or ()]
    for text in sources or ():
        name, equals, file = text.partition("=")
        if not (equals and name and file):
            raise InputError(f"--source {text} names no file.", do="Write it as --source no=orders_no.csv")
        found.append((Path(file), name))
    return found


def figures_and_files(inputs: Inputs, known: list[str]) -> tuple[list[str], Inputs]:
    """Names of figures told apart from files: what is no file and has no suffix is meant as a figure."""
    slugs = [str(p) for p in inputs.files or () if str(p) in known or not (p.suffix or p.exists())]
    return slugs, replace(inputs, files=[p for p in inputs.files or () if str(p) not in slugs])


def named_rules(texts: list[str] | None) -> dict[str, str]:
    """Rules by name from `NAME=RULE`. Raises InputError where the name is missing."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, rule = text.partition("=")
        if not (equals and name.strip().isidentifier() and rule.strip()):
            raise InputError(
                f"'{text}' names no rule.", where="--segment", do='Write: --segment "loyal=orders >= 5"'
            )
        found[name.strip()] = rule.strip()
    return found


def rules_and_files(inputs: Inputs) -> tuple[list[str], Inputs]:
    """Rules told apart from files: a rule has a space or a comparison in it, and no file of that name is there."""
    rules = [str(p) for p in inputs.files or () if any(sign in str(p) for sign in " =<>") and not p.exists()]
    return rules, replace(inputs, files=[p for p in inputs.files or () if str(p) not in rules])
