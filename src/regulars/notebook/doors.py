"""`read` and `open_lake`: from a path to an open shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path

from regulars.kernel.definitions import Definitions
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine, Engine
from regulars.metrics.catalogue import FIGURES
from regulars.metrics.figures import Figure
from regulars.metrics.opening import definitions_at, open_files, open_lake_with
from regulars.notebook.shop import Shop
from regulars.sources import LoadOptions, SourceFile
from regulars.sources.loading.options import DEFAULT_SOURCE

Path_ = str | PathLike[str]


def read(
    files: Path_ | Sequence[Path_] | Mapping[str, Path_],
    *,
    definitions: Definitions | None = None,
    mapping: Path_ | None = None,
    currency: str | None = None,
    zone: str | None = None,
    day_first: bool | None = None,
    as_of: date | None = None,
) -> Shop:
    """Read order exports: one path, several, or a mapping of source name to path.

    `definitions`: window, markets, payment rules and so on (default: the standard ones, the window proposed).
    `currency` and `zone`: for amounts and times that name none. `day_first`: how to read 03/04/2026 where no value
    tells. Raises InputError for what cannot be read.
    """
    engine = DuckEngine()
    try:
        ready = open_files(
            engine,
            _source_files(files),
            definitions or Definitions(),
            options=LoadOptions(
                mapping=None if mapping is None else Path(mapping),
                currency=currency,
                zone=zone,
                day_first=day_first,
            ),
            as_of=as_of,
        )
    except BaseException:
        engine.close()
        raise
    return Shop(ready)


def _source_files(files: Path_ | Sequence[Path_] | Mapping[str, Path_]) -> list[SourceFile]:
    if isinstance(files, Mapping):
        return [SourceFile(Path(path), name) for name, path in files.items()]
    if isinstance(files, str | PathLike):
        files = [files]
    return [SourceFile(Path(path), DEFAULT_SOURCE) for path in files]


def open_lake(
    path: Path_,
    *,
    version: int | None = None,
    definitions: Definitions | None = None,
    as_of: date | None = None,
    engine: Engine | None = None,
) -> Shop:
    """Open a lake, at a version if one is given, with that version's definitions unless others are given.

    `engine`: where it is to be computed (default: DuckDB). Raises LakeError where there is no lake.
    """
    lake = Lake.open(Path(path))
    chosen = definitions or definitions_at(lake, version)
    return Shop(open_lake_with(lake, engine or DuckEngine(), chosen, version=version, as_of=as_of))


def figures() -> tuple[Figure, ...]:
    """Every figure that can be asked for, with its name, definition and unit."""
    return tuple(FIGURES.values())
