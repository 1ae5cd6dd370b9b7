"""What reading a file gives: a relation of raw values in DuckDB, and how the file was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["csv", "excel", "parquet", "json"]
TEXT = "VARCHAR"
# Whole numbers, as DuckDB names them: as texts they have no spaces around them and are never empty.
SMALL_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
WHOLE = (*SMALL_WHOLE, "UBIGINT")
ROW = "_row"  # position of the record in the file, from 1 = first record after the header


@dataclass(frozen=True)
class Limits:
    """How much a file may ask of this machine before it is refused. Sizes in bytes."""

    unpacked: int = 20_000_000_000  # of a compressed file
    ratio: int = 200  # unpacked to packed; real exports stay below 50
    small: int = 50_000_000  # up to this size unpacked, the ratio does not matter
    line: int = 8_000_000  # one record of a text file
    columns: int = 5_000
    sheet_rows: int = 1_048_576  # what Excel itself can hold
    json_array: int = 2_000_000_000  # a JSON array is read whole or not at all, JSON lines one by one


@dataclass(frozen=True)
class ReadOptions:
    """What the caller knows about a file; whatever is None is found out.

    `header` is the number of the header's record (from 1, blank lines not counted), or 0 for none. `folder`: a private
    folder that lasts as long as the connection, for the rows of large files.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    sheets: tuple[str, ...] | None = None
    limits: Limits = field(default_factory=Limits)
    folder: Path | None = None


@dataclass(frozen=True)
class RawColumn:
    """`name` is unique in its table; `original` is what the file says, with its spaces and repetitions.

    `stored`: the type that the texts are kept as, where that loses nothing; see reading/typed.py.
    """

    name: str
    original: str
    type: str = TEXT  # as DuckDB names it; anything but VARCHAR only from Parquet, Excel and JSON
    stored: str = ""

    @property
    def is_text(self) -> bool:
        return self.type == TEXT


@dataclass(frozen=True)
class Dialect:
    """How a file was understood. What does not apply to its kind stays empty."""

    kind: Kind
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    header: int = 1  # record of the header, 0 = the file has none and columns are called column_1, ...
    packed: str = ""  # gz or zip, where the file was compressed
    repaired: bool = False  # read record by record, since the engine's own reader refused some of it


@dataclass(frozen=True)
class RawTable:
    """One table of a file. `relation` is a temporary view of `columns` and the whole number `_row`."""

    relation: str
    columns: tuple[RawColumn, ...]
    rows: int
    file: str  # name without folder
    dialect: Dialect
    sheet: str = ""
    rejected: int = 0  # records that could not be read at all; they stand in `rejects`
    warnings: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The file, with the sheet where there are several, for messages and rejects."""
        return f"{self.file} [{self.sheet}]" if self.sheet else self.file

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> RawColumn:
        return next(column for column in self.columns if column.name == name)
