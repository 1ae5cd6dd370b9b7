"""The bridge from the files' total to the revenue used, in money and in orders. It adds up exactly to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from regulars.metrics.analysis import Analysis
from regulars.metrics.tabular import arrow_of


@dataclass(frozen=True)
class Given:
    """Something the import left out before there were facts (duplicates, rejected rows), as it counted them.

    `amount` in the reporting currency, positive, None where not known; `documents`: orders or refund documents.
    """

    code: str
    words: str
    rows: int
    documents: int = 0
    amount: Decimal | None = None


@dataclass(frozen=True)
class BridgeLine:
    """One step. `kind`: `total` (a running total), `step` (added to it, negative where it leaves) or `note` (said, not added).

    `amount` is rounded to the cent; totals equal the total before plus the steps between, exactly.
    `detail` tells lines of one code apart (the payment state of `unpaid`).
    """

    code: str
    words: str
    kind: Literal["total", "step", "note"]
    amount: Decimal | None
    orders: int | None
    detail: str | None = None


@dataclass(frozen=True)
class CurrencyTotal:
    """The files' order documents in one currency."""

    currency: str | None
    orders: int
    total: Decimal
    converted: Decimal


@dataclass(frozen=True)
class Bridge:
    """From `files_total` to `revenue`: codes of totals are files_total, orders_total, counted_total, revenue_before_refunds, revenue."""

    lines: tuple[BridgeLine, ...]
    currencies: tuple[CurrencyTotal, ...]
    currency: str | None
    definitions: str
    lake_version: int | None

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.lines, BridgeLine)


def bridge(analysis: Analysis, given: Sequence[Given] = ()) -> Bridge:
    """The bridge of one analysis; `given` are the import's own counts of what never became facts."""
    raise NotImplementedError
