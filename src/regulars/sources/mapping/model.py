"""A mapping as frozen values: what `read.py` makes of the TOML file and `compile.py` makes SQL of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Grain = Literal["order", "line"]
Compose = Literal["column", "value", "first_of", "times", "plus", "minus", "text", "sum", "day_and_time"]

# What a line of a document can be; `goods` where no rule says otherwise.
LINE_KINDS = ("goods", "shipping", "adjustment", "gift_card")
# Amounts of a document that its lines may give in parts.
SUMMED = ("total", "subtotal", "tax", "shipping", "adjustments", "discount", "refunded", "cost", "fee")


@dataclass(frozen=True)
class Value:
    """How one field comes out of a row.

    `how` and `parts`: a column, a constant, the first of several that is not empty, a product, a sum, a
    difference, a text with columns in braces, a sum over a JSON list (`refunds.total`), or a day in one column with its time of
    day in another. Then, in this order: `pattern` (the first group of a regular
    expression), `values` (texts replaced, `otherwise` for all others), `unit` (amounts are multiplied by it),
    `negate`. `format` is a strptime format, `zone` the zone of timestamps that name none.
    """

    how: Compose
    parts: tuple[str, ...]
    pattern: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    unit: Decimal = Decimal(1)
    negate: bool = False
    format: str | None = None
    zone: str | None = None


@dataclass(frozen=True)
class Condition:
    """A row is taken only if its column satisfies every part that is given. Patterns have `*` and `?`."""

    column: str
    one_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    not_like: tuple[str, ...] = ()
    empty: bool | None = None


@dataclass(frozen=True)
class Join:
    """Columns of another file, found by equal values: `on` is (column there, column here). Known as `file.column`."""

    file: str
    on: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FileRule:
    """Which files are meant: by name pattern, sheet, or the columns that they must have (`needs`)."""

    name: str
    match: str | None = None
    sheet: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Classify:
    """Line kinds by product code: the first kind of which a pattern matches; `*` and `?`, capitals alike."""

    kind: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """One file feeding one fact table.

    For `orders` a `grain` of `line` means several rows a document: order fields are taken from the first row
    that has them, `lines` says what each row adds. `export`: the column that parts yearly exports inside the file.
    `each`: a column with a JSON list; every element is a row, its fields are `each.field`.
    `refund`: order numbers that are refund documents; `left_out`: documents that are neither. `signed`: a document
    with a negative amount is a refund document too. `sums`: amounts of the document that each line gives a part of.
    """

    table: str
    file: str
    columns: tuple[tuple[str, Value], ...]
    lines: tuple[tuple[str, Value], ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Condition, ...] = ()
    grain: Grain = "order"
    export: str | None = None
    each: str | None = None
    classify: tuple[Classify, ...] = ()
    refund: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    signed: bool = False
    sums: tuple[str, ...] = ()

    def value(self, name: str) -> Value | None:
        """What feeds a field, if anything does."""
        return dict(self.columns).get(name)


@dataclass(frozen=True)
class Mapping:
    """A whole mapping. `zone`, `currency`, `day_first`, `decimal` hold where a row does not say."""

    name: str
    files: tuple[FileRule, ...]
    feeds: tuple[Feed, ...]
    zone: str | None = None
    currency: str | None = None
    day_first: bool | None = None
    decimal: Literal[".", ","] | None = None
    tolerant: bool = False  # fields whose columns are not there are left out: exports differ by shop and year
    found: tuple[tuple[str, str], ...] = ()  # (column, how it was recognised), where nobody declared it
    notes: tuple[str, ...] = ()  # what recognition took for granted, in words
