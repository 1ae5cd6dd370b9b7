"""The bridge from the files' total to the revenue used, in money and in orders. It adds up exactly to the cent.

Totals are sums of unrounded amounts, rounded once; so is each step. What rounding leaves between two totals stands on a
line of its own, so that adding the lines gives the totals exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

import pyarrow as pa
from babel.numbers import get_currency_precision

from regulars.kernel.errors import MissingRateError
from regulars.metrics.analysis import Analysis
from regulars.metrics.asked import Answered, heard
from regulars.metrics.bridge_sums import DocumentSums, RefundSums, read_documents, read_refunds
from regulars.metrics.counted import REASONS, revenue_parts
from regulars.metrics.refunded import REASONS as REFUND_REASONS
from regulars.metrics.tabular import arrow_of

_ZERO = Decimal(0)
_WORDS = {
    "later": "On or after the as-of day",
    "test": "Test orders",
    "cancelled": "Cancelled",
    "no_customer": "No customer identified",
    "unpaid": "Not paid",
    "no_value": "No goods of value",
    "refund_documents": "Refund documents, taken off below",
    "refund_documents_later": "Refund documents on or after the as-of day, left out",
    "refund_documents_no_customer": "Refund documents of nobody, left out as orders of nobody are",
    "refund_documents_order_left_out": "Refund documents of orders that do not count, left out",
    "tax": "Tax",
    "shipping": "Shipping",
    "adjustments": "Fees and adjustments",
    "other": "In the document's total, but in none of its parts",
    "rounding": "Rounding",
    "without_rate": "Orders that do not count and have no exchange rate: their amounts are in no line",
}


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
    """One line. `kind`: `total` (a running total), `step` (added to it, negative where it leaves), `note` (said, not added).

    `amount` is rounded to the currency's decimals; a total equals the total before it plus the steps between, exactly.
    `orders`: order documents, None where the line is about money alone. `detail` tells lines of one code apart (the
    payment state of `unpaid`). `rows`: rows of the files, for what the import left out.
    """

    code: str
    words: str
    kind: Literal["total", "step", "note"]
    amount: Decimal | None
    orders: int | None
    detail: str | None = None
    rows: int | None = None


@dataclass(frozen=True)
class CurrencyTotal:
    """The files' order documents in one currency, and the same in the reporting currency."""

    currency: str | None
    orders: int
    total: Decimal
    converted: Decimal


@dataclass(frozen=True)
class Bridge(Answered):
    """From the files to the revenue used.

    Codes of the totals: `rows_total` (only where the import says what it left out), `files_total` (orders less refund
    documents), `orders_total`, `counted_total`, `revenue_before_refunds`, `revenue`.
    """

    lines: tuple[BridgeLine, ...]
    currencies: tuple[CurrencyTotal, ...]
    currency: str | None
    definitions: str
    lake_version: int | None

    def line(self, code: str) -> BridgeLine:
        """The first line of that code; KeyError where there is none."""
        for line in self.lines:
            if line.code == code:
                return line
        raise KeyError(code)

    def to_arrow(self) -> pa.Table:
        return arrow_of(self.lines, BridgeLine)


@dataclass(frozen=True)
class _Step:
    code: str
    amount: Decimal
    orders: int | None = None
    detail: str | None = None
    words: str = ""


@heard
def bridge(analysis: Analysis, given: Sequence[Given] = ()) -> Bridge:
    """The bridge of one analysis; `given` are the import's own counts of what never became facts.

    Raises MissingRateError where a document that counts cannot be converted to the reporting currency. Others without a
    rate are said in a note; their amount is in no line.
    """
    analysis.prepare()
    documents, refunds = read_documents(analysis), read_refunds(analysis)
    if any(sums.unconverted for sums in documents if sums.reason is None) or refunds.unconverted:
        raise MissingRateError(
            "Some documents are in a currency without an exchange rate for their day.",
            do="Import rates for that currency, or leave its orders out.",
        )
    return Bridge(
        lines=tuple(_lines(analysis, documents, refunds, given)),
        currencies=_currencies(documents),
        currency=analysis.definitions.currency,
        definitions=analysis.definitions.digest(),
        lake_version=analysis.lake_version,
    )


def _lines(
    analysis: Analysis, documents: Sequence[DocumentSums], refunds: RefundSums, given: Sequence[Given]
) -> Iterable[BridgeLine]:
    cent = _cent(analysis.definitions.currency)
    counted = [sums for sums in documents if sums.reason is None]
    total, n = sum((sums.total for sums in documents), _ZERO), sum(sums.orders for sums in documents)
    counted_total, counted_n = sum((s.total for s in counted), _ZERO), sum(s.orders for s in counted)
    before = sum((sums.revenue for sums in counted), _ZERO)
    files = total - sum(refunds.amounts.values(), _ZERO)

    yield from _given_lines(given, files, n, cent)
    if without_rate := sum(sums.unconverted for sums in documents):
        yield BridgeLine("without_rate", _WORDS["without_rate"], "note", None, without_rate)
    yield _total("files_total", "All documents in the files", files, n, cent)
    yield from _steps(_refund_documents(refunds), files, total, cent)
    yield _total("orders_total", "All orders as charged", total, n, cent)
    yield from _steps(_left_out(documents), total, counted_total, cent)
    yield _total("counted_total", "Orders that count, as charged", counted_total, counted_n, cent)
    yield from _steps(_parts(analysis, counted), counted_total, before, cent)
    yield _total("revenue_before_refunds", "Revenue before refunds", before, counted_n, cent)
    taken = [
        _Step("refunds", -refunds.attributed, words="Refunds"),
        _Step(
            "refunds_without_order",
            -refunds.unattributed,
            words="Refunds of customers with no counted order before",
        ),
    ]
    revenue = before - refunds.attributed - refunds.unattributed
    yield from _steps(taken, before, revenue, cent)
    yield _total("revenue", "Revenue used", revenue, counted_n, cent)


def _given_lines(given: Sequence[Given], files: Decimal, n: int, cent: Decimal) -> Iterable[BridgeLine]:
    priced = [item for item in given if item.amount is not None]
    for item in given:
        if item.amount is None:
            yield BridgeLine(item.code, item.words, "note", None, item.documents or None, rows=item.rows)
    if not priced:
        return
    above = files + sum((item.amount or _ZERO for item in priced), _ZERO)
    documents = sum(item.documents for item in priced)
    yield _total("rows_total", "All rows in the files", above, n + documents, cent)
    for item in priced:
        amount = _rounded(-(item.amount or _ZERO), cent)
        yield BridgeLine(item.code, item.words, "step", amount, -item.documents, rows=item.rows)
    steps = [_Step(item.code, -(item.amount or _ZERO)) for item in priced]
    yield from _remainder(steps, above, files, cent)


def _refund_documents(refunds: RefundSums) -> list[_Step]:
    """Refund documents lowered the files' total: those that count are taken off again below, the others never."""
    return [
        _Step("_".join(filter(None, ("refund_documents", reason))), refunds.amounts.get(reason, _ZERO))
        for reason in (None, *REFUND_REASONS)
    ]


def _left_out(documents: Sequence[DocumentSums]) -> list[_Step]:
    """Orders that do not count, by reason in the order in which reasons are tried; unpaid ones by payment state."""
    found: dict[tuple[int, str], tuple[Decimal, int]] = {}
    for sums in documents:
        if sums.reason is not None:
            key = (REASONS.index(sums.reason), (sums.payment_state or "") if sums.reason == "unpaid" else "")
            amount, n = found.get(key, (_ZERO, 0))
            found[key] = (amount - sums.total, n - sums.orders)
    return [
        _Step(REASONS[place], amount, n, state or None)
        for (place, state), (amount, n) in sorted(found.items())
    ]


def _parts(analysis: Analysis, counted: Sequence[DocumentSums]) -> list[_Step]:
    """What an order's total has beside revenue."""
    within = revenue_parts(analysis.definitions)
    steps = []
    for name in ("tax", "shipping", "adjustments", "other"):
        if name not in within:
            steps.append(_Step(name, -sum((getattr(sums, name) for sums in counted), _ZERO)))
    return steps


def _steps(steps: Sequence[_Step], start: Decimal, end: Decimal, cent: Decimal) -> Iterable[BridgeLine]:
    for step in steps:
        if step.amount or step.orders:
            words = step.words or _WORDS[step.code]
            amount = _rounded(step.amount, cent)
            yield BridgeLine(step.code, words, "step", amount, step.orders, step.detail)
    yield from _remainder(steps, start, end, cent)


def _remainder(steps: Sequence[_Step], start: Decimal, end: Decimal, cent: Decimal) -> Iterable[BridgeLine]:
    added = sum((_rounded(step.amount, cent) for step in steps), _ZERO)
    left = _rounded(end, cent) - _rounded(start, cent) - added
    if left:
        yield BridgeLine("rounding", _WORDS["rounding"], "step", left, None)


def _total(code: str, words: str, amount: Decimal, orders: int, cent: Decimal) -> BridgeLine:
    return BridgeLine(code, words, "total", _rounded(amount, cent), orders)


def _currencies(documents: Sequence[DocumentSums]) -> tuple[CurrencyTotal, ...]:
    found: dict[str | None, tuple[int, Decimal, Decimal]] = {}
    for sums in documents:
        n, total, converted = found.get(sums.currency, (0, _ZERO, _ZERO))
        found[sums.currency] = (n + sums.orders, total + sums.original, converted + sums.total)
    ordered = sorted(found.items(), key=lambda item: (-item[1][2], item[0] or ""))
    return tuple(CurrencyTotal(currency, *values) for currency, values in ordered)


def _cent(currency: str | None) -> Decimal:
    return Decimal(1).scaleb(-(get_currency_precision(currency) if currency else 2))


def _rounded(amount: Decimal, cent: Decimal) -> Decimal:
    return amount.quantize(cent, ROUND_HALF_EVEN)
