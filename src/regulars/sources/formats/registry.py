"""Finds the format of a raw table. A format is a folder here with one or more mappings (`*.toml`).

A mapping of a format names the columns by which it is known (`needs`). The one with the most of them wins, so that a
particular export goes before a general one. Adding a format touches its own folder only. What no format knows is
read as a generic orders file, whose columns are recognised.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from regulars.kernel.errors import InputError
from regulars.sources.formats.generic import recognise
from regulars.sources.loading.options import LoadOptions
from regulars.sources.mapping.fields import required_of
from regulars.sources.mapping.model import FileRule, Mapping
from regulars.sources.mapping.read import parse_mapping
from regulars.sources.reading.raw import RawTable

COSTS = "costs"  # goes beside the orders that a mapping describes, and is known by its own columns


@dataclass(frozen=True)
class Choice:
    """The mapping that reads a raw table, and which of the mapping's files it is. `format`: what it is called.

    `declared`: it is the mapping that was given, not one that was found.
    """

    mapping: Mapping
    file: str
    format: str
    declared: bool = False


@cache
def shipped() -> tuple[tuple[str, Mapping], ...]:
    """(format, mapping) of every mapping in the folders beside this module."""
    folder = Path(__file__).parent
    paths = sorted(folder.glob("*/*.toml"))
    return tuple(
        (p.parent.name, parse_mapping(p.read_text("utf-8"), where=f"{p.parent.name}/{p.name}")) for p in paths
    )


def choose(
    con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: Mapping | None, options: LoadOptions
) -> Choice:
    """The mapping for a raw table: the one given, the format asked for, the one known by its columns, or recognition.

    A file of costs beside files that the given mapping describes is read by its own format.

    Raises InputError where the given mapping has no place for the file, or the format is unknown.
    """
    if mapping is not None:
        costs = _known(raw) if _cannot_read(mapping, raw) else None
        if costs is not None and costs.format == COSTS:
            return costs
        return Choice(mapping, _file_of(mapping, raw), mapping.name, declared=True)
    if options.format is not None and options.format != "generic":
        return _asked_for(raw, options.format)
    known = None if options.format == "generic" else _known(raw)
    if known is not None:
        return known
    made = recognise(con, raw, options)
    return Choice(made, "file", made.name)


def _cannot_read(mapping: Mapping, raw: RawTable) -> bool:
    """Whether a mapping knows no such file, or names columns that the file has not."""
    rule = next((rule for rule in mapping.files if _fits(rule, raw)), None)
    if rule is None:
        return True
    wanted = [
        part
        for feed in mapping.feeds
        if feed.file == rule.name
        for name, value in feed.columns
        if value.how == "column" and (not mapping.tolerant or name in required_of(feed.table))
        for part in value.parts
        if not part.startswith(("each.", *(f"{file.name}." for file in mapping.files)))
    ]
    return not _has(tuple(wanted), raw)


def _file_of(mapping: Mapping, raw: RawTable) -> str:
    for rule in mapping.files:
        if _fits(rule, raw):
            return rule.name
    patterns = ", ".join(rule.match or "with the columns " + ", ".join(rule.needs) for rule in mapping.files)
    raise InputError(
        f"The mapping '{mapping.name}' has no place for this file; it knows: {patterns}.",
        where=raw.where,
        do="Rename the file, or add it under [files] in the mapping.",
    )


def _fits(rule: FileRule, raw: RawTable) -> bool:
    if rule.match and not fnmatch.fnmatch(raw.file.lower(), rule.match.lower()):
        return False
    if rule.sheet and not fnmatch.fnmatch(raw.sheet.lower(), rule.sheet.lower()):
        return False
    return _has(rule.needs, raw)


def _has(needs: tuple[str, ...], raw: RawTable) -> bool:
    there = {column.original.strip().casefold() for column in raw.columns}
    there |= {column.name.strip().casefold() for column in raw.columns}
    return all(name.casefold() in there for name in needs)


def _known(raw: RawTable) -> Choice | None:
    fitting = [
        (len(rule.needs), name, mapping, rule)
        for name, mapping in shipped()
        for rule in mapping.files
        if rule.needs and _fits(rule, raw)
    ]
    if not fitting:
        return None
    _, name, mapping, rule = max(fitting, key=lambda found: (found[0], found[1]))
    return Choice(mapping, rule.name, name)


def _asked_for(raw: RawTable, wanted: str) -> Choice:
    names = sorted({name for name, _ in shipped()} | {"generic"})
    if wanted not in names:
        raise InputError(f"There is no format '{wanted}'.", do=f"Known are: {', '.join(names)}.")
    mine = [(mapping, rule) for name, mapping in shipped() if name == wanted for rule in mapping.files]
    for mapping, rule in mine:
        # Also by its name where columns alone do not tell: who subscribed and who never did have the same.
        if _fits(rule, raw):
            return Choice(mapping, rule.name, wanted)
    needs = " or ".join(
        ", ".join(rule.needs) + (f" (in a file named {rule.match})" if rule.match else "") for _, rule in mine
    )
    raise InputError(
        f"This is no {wanted} export: it needs the columns {needs}.",
        where=raw.where,
        do="Leave the format out.",
    )
