"""The import summary: what was read, what was understood, what was left out and why. Plain frozen data, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from regulars.kernel.definitions import as_plain


@dataclass(frozen=True)
class Amount:
    """A sum of one currency; sums of several currencies stand side by side, never added."""

    currency: str | None
    amount: Decimal


@dataclass(frozen=True)
class ReasonCount:
    """Rows that share a reason: rejected or left out. The reasons are `Message`s, of the texts in `sources.messages`."""

    reason: str
    rows: int


@dataclass(frozen=True)
class Recognised:
    """What one column was taken for. `how` says why: by its name, its content, the mapping, the format."""

    column: str
    field: str
    how: str

    def __str__(self) -> str:
        return f'column "{self.column}" is {self.field} ({self.how})'


@dataclass(frozen=True)
class FileSummary:
    """One file (or one sheet of a workbook).

    `rows` = `used` + all `rejected` + all `left_out` + `duplicates`. `totals`: document totals as the file has
    them (orders positive, refund documents negative), of the rows used.
    """

    file: str
    source: str
    format: str
    feeds: tuple[str, ...]
    rows: int
    used: int
    rejected: tuple[ReasonCount, ...]
    left_out: tuple[ReasonCount, ...]
    duplicates: int
    recognised: tuple[Recognised, ...]
    unused_columns: tuple[str, ...]
    totals: tuple[Amount, ...]


@dataclass(frozen=True)
class StateCount:
    """Orders of one kind and state of payment, cancelled and test orders aside, with their goods.

    `moved`, `moved_goods`: those of them that the payment rules keep from counting.
    """

    payment_kind: str | None
    payment_state: str | None
    orders: int
    goods: tuple[Amount, ...]
    moved: int
    moved_goods: tuple[Amount, ...]


@dataclass(frozen=True)
class TaxCounts:
    """How many orders' prices include tax, as detected or declared. `no_tax`: the file gives a tax of zero."""

    included: int
    excluded: int
    no_tax: int
    unknown: int


@dataclass(frozen=True)
class SourceSummary:
    """One shop or system. Days are local and included. `payment`: only those moved by the rules have `moved` > 0."""

    source: str
    first: date | None
    last: date | None
    orders: int
    customers: int
    without_customer: int
    refunds: int
    refunds_without_date: int
    payment: tuple[StateCount, ...]
    tax: TaxCounts


NoteKind = Literal["guests", "relay", "shared", "house", "possible_house", "possible_duplicates"]


@dataclass(frozen=True)
class QualityNote:
    """One finding about who the customers are (D14), with its effect.

    `what` may be shown to anybody (addresses are masked, domains are not); `who` is the full address or id.
    """

    kind: NoteKind
    source: str | None
    what: str
    who: str
    orders: int
    customers: int
    goods: tuple[Amount, ...]


@dataclass(frozen=True)
class TableCount:
    """Rows of one fact table that this import brings."""

    table: str
    rows: int


@dataclass(frozen=True)
class ImportSummary:
    """Everything worth knowing about one load or import. `lake_version` is None for a dry run or a plain load.

    `warnings` are `Message`s: English texts that know their fixed form and values.
    """

    files: tuple[FileSummary, ...]
    sources: tuple[SourceSummary, ...]
    tables: tuple[TableCount, ...]
    quality: tuple[QualityNote, ...] = ()
    warnings: tuple[str, ...] = ()
    new_customers: int = 0
    rejects_file: str | None = None
    dry_run: bool = False
    lake_version: int | None = None

    @property
    def rejected(self) -> int:
        """Rows in the rejects file, all files together."""
        return sum(reason.rows for file in self.files for reason in file.rejected)

    def as_plain(self) -> dict[str, Any]:
        """Nested dicts and lists; dates and decimals as text."""
        plain: dict[str, Any] = as_plain(self)
        return plain
