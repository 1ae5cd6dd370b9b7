"""What a load is given and what it gives back: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.sources.loading.summary import ImportSummary

DEFAULT_SOURCE = "shop"


@dataclass(frozen=True)
class SourceFile:
    """A file and the shop or system that it came from: `--source no=orders_no.csv`."""

    path: Path
    source: str = DEFAULT_SOURCE


@dataclass(frozen=True)
class LoadOptions:
    """How to read the files, where the files and their mapping do not say.

    `mapping`: a TOML mapping that all files belong to. `format`: a format's name, instead of detection.
    `currency`, `zone`: for amounts and timestamps that name none. `day_first`: how to read 03/04/2026.
    `rejects`: where rows that cannot be used are written; personal data, so the file is private.
    """

    mapping: Path | None = None
    format: str | None = None
    currency: str | None = None
    zone: str | None = None
    day_first: bool | None = None
    rejects: Path | None = None


@dataclass(frozen=True)
class Loaded:
    """The canonical tables stand in the engine under the names in TABLES; this is what was learned on the way.

    `definitions`: those given, with the zone and (where the data has only one) the currency settled, and with
    the margin and markets that came as files. `coverage`: first and last local day of each source, as in
    `definitions.coverage` where that was set by hand. `currencies`: all that occur, most orders first.
    """

    definitions: Definitions
    summary: ImportSummary
    coverage: tuple[SourceCoverage, ...]
    currencies: tuple[str, ...]
