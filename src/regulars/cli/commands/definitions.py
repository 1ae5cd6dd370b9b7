"""`regulars definitions`."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from regulars.kernel.definitions import STANDARD_PAYMENT_RULES, Definitions
from regulars.kernel.errors import InputError
from regulars.lake import Lake
from regulars.lake.toml import from_toml, to_toml
from regulars.metrics.opening import definitions_at

app = typer.Typer(rich_markup_mode=None, add_completion=False)
_LakeOption = Annotated[Path, typer.Option("--lake", metavar="PATH", help="The lake.")]
# These change the facts' own markets and days, so that setting them alone would leave the two apart.
_REWRITES = ("markets", "zone")
# Standard values that say little by themselves.
_SAID = {
    "window_days": "proposed from the data",
    "currency": "that of most orders",
    "markets": "each country is a market",
    "payment_rules": f"{len(STANDARD_PAYMENT_RULES)} rules, in docs/reference/settings.md",
    "margin": "not known",
    "coverage": "from each source's first day to its last",
}


@app.callback()
def definitions() -> None:
    """Show or set what changes a figure: window, currency, markets, payment rules."""


@app.command()
def show(
    lake: _LakeOption,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="Those in force in this lake version.")
    ] = None,
) -> None:
    """The definitions in force, as the TOML that the lake keeps; below it, as remarks, the standard values of all others.

    \b
    Examples:
      regulars definitions show --lake shop.lake
      regulars definitions show --lake shop.lake --version 3 > then.toml
    """
    found = definitions_at(Lake.open(lake), version)
    print(f"# definitions {found.digest()}\n{to_toml(found).rstrip()}")
    if unset := _standards(found):
        print("\n# Not set, so that the standard holds (docs/reference/settings.md explains each):")
        print("\n".join(f"# {line}" for line in unset))


def _standards(found: Definitions) -> list[str]:
    """The settings that have their standard value, one a line."""
    same = [
        field.name
        for field in fields(Definitions)
        if field.name != "format" and getattr(found, field.name) == field.default
    ]
    return [f"{name}: {_standard(name, getattr(found, name))}" for name in same]


def _standard(name: str, value: Any) -> str:
    if name in _SAID:
        return _SAID[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value in (None, ()) else str(value)


@app.command(name="set")
def set_(
    lake: _LakeOption,
    settings: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE...", help="Settings, as docs/reference/settings.md names them."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A whole TOML file, in place of all settings."),
    ] = None,
) -> None:
    """Set definitions. It becomes a lake version of its own; old figures can be made again with the old version.

    A market or a time zone changes the facts too: use 'regulars lake markets' for these.

    \b
    Examples:
      regulars definitions set --lake shop.lake window_days=180 currency=EUR
      regulars definitions set --lake shop.lake --file definitions.toml
    """
    opened = Lake.open(lake)
    before = opened.definitions()
    after = from_toml(_text(file), where=str(file)) if file is not None else before
    for text in settings or ():
        after = _changed(after, text)
    moved = [name for name in _REWRITES if getattr(before, name) != getattr(after, name)]
    if moved:
        raise InputError(
            f"{' and '.join(moved)} cannot be changed here.",
            do="Use: regulars lake markets PATH markets.toml",
        )
    if after == before:
        print(f"Nothing changed: definitions {before.digest()} were in force already.")
        return
    number = opened.set_definitions(after)
    print(f"Lake version {number}: definitions {before.digest()} -> {after.digest()}.")


def _changed(known: Definitions, text: str) -> Definitions:
    name, equals, value = text.partition("=")
    if not equals or name.strip() not in {field.name for field in fields(Definitions)}:
        raise InputError(
            f"'{text}' sets nothing.", do="Write NAME=VALUE; docs/reference/settings.md lists the names."
        )
    name = name.strip()
    parsed = from_toml(f"{name} = {_toml_value(value.strip())}", where=f"{name}=")
    change: dict[str, Any] = {name: getattr(parsed, name)}
    return replace(known, **change)


def _toml_value(text: str) -> str:
    """The value as TOML: as it is where that can be read, else as a text."""
    try:
        tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return json.dumps(text)
    return text


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError("it cannot be read as text.", where=str(file), do="Check the name.") from None
