"""The sufficient statistics of the purchase models, of customers from anywhere. It loads neither engine nor metrics.

A *transaction* is a day with at least one counted order. `repeats` (x) counts those after the first, `recency` (t_x) is the
time from the first to the last of them, `age` (T) from the first to the last day that was observed, the one before the cut.
So (0, T] holds the observed days after the first and (T, T + h] the h days from the cut on (P. S. Fader, B. G. S. Hardie and
K. L. Lee, Marketing Science 24:2, 2005). The likelihoods see no more of a customer than (x, t_x, T).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from regulars.kernel.errors import InputError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WEEK = 7.0
_CHUNK = 250_000  # rows whose keys are sorted at once, so that memory does not grow with them
_ROUNDING = 1e-6  # days: a time that is so close to a whole day is one


@dataclass(frozen=True)
class Collapsed:
    """Unique (x, t_x, T), sorted; `count` customers have each. `inverse[i]` is the row of customer i."""

    repeats: Floats
    recency: Floats
    age: Floats
    count: Floats
    inverse: Integers

    def __len__(self) -> int:
        return len(self.count)


@dataclass(frozen=True, eq=False)
class PurchaseSummary:
    """One row a customer: arrays of equal length, times in units of `unit_days` days (7: weeks).

    `value` is the mean value of the repeat transactions (0 where there are none), or None where values are not known.
    Raises InputError where a row cannot be: negative or missing numbers, a share of a purchase, a last purchase after
    the end, times without a repeat.
    """

    customer: Integers
    repeats: Floats
    recency: Floats
    age: Floats
    value: Floats | None = None
    unit_days: float = WEEK

    def __post_init__(self) -> None:
        number = np.asarray(self.customer)
        if number.ndim != 1 or (number.size and number.dtype.kind not in "iu"):
            raise InputError("Customers must be whole numbers.", do="Number them from 0 and keep the list.")
        object.__setattr__(self, "customer", number.astype(np.int64, copy=False))
        for name in ("repeats", "recency", "age", *(("value",) if self.value is not None else ())):
            object.__setattr__(self, name, _column(getattr(self, name), name, len(number)))
        if not (np.isfinite(self.unit_days) and self.unit_days > 0):
            raise InputError(
                f"A unit of {self.unit_days} days is no time.", do="Give 7 for weeks, 1 for days."
            )
        self._check()

    def _check(self) -> None:
        slack = _ROUNDING / self.unit_days
        wrong = (
            (self.repeats != np.floor(self.repeats), "repeats are not whole numbers"),
            (self.recency > self.age + slack, "the last purchase (recency) is later than the end (age)"),
            ((self.repeats == 0) & (self.recency > slack), "there is a recency without a repeat purchase"),
        )
        for rows, words in wrong:
            _none_of(rows, words, self.customer)

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, rows: npt.NDArray[Any] | slice) -> PurchaseSummary:
        """The summary of some rows: a mask, positions or a slice."""
        value = None if self.value is None else self.value[rows]
        return PurchaseSummary(
            self.customer[rows], self.repeats[rows], self.recency[rows], self.age[rows], value, self.unit_days
        )

    def collapsed(self, codes: Integers | None = None) -> Collapsed:
        """The unique rows with their counts. With `codes` (n,), rows with different codes stay apart.

        Cost: one sort of whole numbers a million rows.
        """
        first, count, inverse = _grouped(_keys(self, codes), len(self))
        return Collapsed(self.repeats[first], self.recency[first], self.age[first], count, inverse)

    @classmethod
    def from_transactions(
        cls,
        transactions: pa.Table,
        until: date,
        *,
        columns: Sequence[str] = ("customer", "day", "value"),
        unit_days: float = WEEK,
    ) -> PurchaseSummary:
        """From one row an order, those before the day `until`; several on a day are one transaction.

        `columns` names the customer (whole numbers), the day and the value; leave the last out where values are not
        known. Rows without a customer or a day are left out, as are customers without an order before `until`.
        """
        missing = [name for name in columns if name not in transactions.column_names]
        if missing or len(columns) not in (2, 3):
            raise InputError(
                f"The transactions have no column {' and none '.join(map(repr, missing))}."
                if missing
                else "Name two or three columns: customer, day and value.",
                do=f"There are: {', '.join(transactions.column_names)}.",
            )
        table = transactions.select(list(columns)).filter(_known(transactions, columns[0], columns[1]))
        customer = _whole(table[columns[0]], columns[0])
        day = _cast(table[columns[1]], pa.date32(), "days").cast(pa.int32()).to_numpy().astype(np.int64)
        value = None
        if len(columns) == 3:
            value = _cast(table[columns[2]], pa.float64(), "numbers").fill_null(0.0).to_numpy()
        return _summarised(customer, day, value, until, unit_days)


def _column(given: Any, name: str, length: int) -> Floats:
    try:
        found = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} holds something that is no number.", do="Give an array of numbers."
        ) from error
    if found.shape != (length,):
        raise InputError(f"{name} has {found.size:,} values for {length:,} customers.")
    if not np.isfinite(found).all():
        raise InputError(
            f"{name} has {int((~np.isfinite(found)).sum()):,} missing or infinite values.",
            do="Leave these customers out, or give them a number.",
        )
    if (found < 0).any():
        raise InputError(
            f"{name} has {int((found < 0).sum()):,} negative values.",
            do="Purchases before the first or after the end of the data do not belong here.",
        )
    return found


def _none_of(rows: npt.NDArray[np.bool_], words: str, customer: Integers) -> None:
    if rows.any():
        some = ", ".join(str(number) for number in customer[rows][:3])
        raise InputError(f"For {int(rows.sum()):,} customers {words}.", where=f"customer {some}")


def _keys(summary: PurchaseSummary, codes: Integers | None) -> Callable[[slice], Integers]:
    """What makes one whole number of each row's (x, t_x, T), in that order, a part of the rows at a time."""
    columns = [
        _coded(summary.repeats, 1.0),
        *(_coded(t, summary.unit_days) for t in (summary.recency, summary.age)),
    ]
    if codes is not None:
        columns.append((codes.__getitem__, int(codes.max(initial=0)) + 1))
    if math.prod(size for _, size in columns) <= np.iinfo(np.int64).max:

        def key(rows: slice) -> Integers:
            found = columns[0][0](rows)
            for code, size in columns[1:]:
                found = found * size + code(rows)
            return found

        return key
    everyone = slice(0, len(summary))
    whole = np.stack([code(everyone) for code, _ in columns])
    return np.unique(whole, axis=1, return_inverse=True)[1].astype(np.int64).reshape(-1).__getitem__


def _coded(column: Floats, unit: float) -> tuple[Callable[[slice], Integers], int]:
    """Whole numbers in the order of the values, and how many there may be: days where all times are whole days."""

    def days(rows: slice) -> Integers:
        return np.rint(column[rows] * unit).astype(np.int64)

    parts = [slice(start, start + _CHUNK) for start in range(0, len(column), _CHUNK)]
    if all(np.abs(days(part) - column[part] * unit).max() <= _ROUNDING for part in parts):
        return days, int(np.rint(column.max(initial=0.0) * unit)) + 1
    values, ranks = np.unique(column, return_inverse=True)
    return ranks.astype(np.int64).__getitem__, len(values)


def _grouped(key: Callable[[slice], Integers], length: int) -> tuple[Integers, Floats, Integers]:
    """Of each different key in ascending order a place and how often it occurs; then the number of each row's key.

    Sorted a part at a time; what the parts have is merged. `np.unique` would take five times as long.
    """
    parts = []
    for start in range(0, length, _CHUNK):
        own = key(slice(start, start + _CHUNK))
        order = np.argsort(own)
        ranked = own[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
        parts.append((ranked[starts], order[starts] + start, np.diff(np.r_[starts, len(own)]), order))
    none = np.zeros(0, np.int64)
    if not parts:
        return none, np.zeros(0), none
    keys = np.sort(np.concatenate([part[0] for part in parts]))
    keys = keys[np.r_[True, keys[1:] != keys[:-1]]]
    first, count = np.zeros(len(keys), np.int64), np.zeros(len(keys))
    inverse = np.empty(length, np.int64)
    for start, (own, places, times, order) in zip(range(0, length, _CHUNK), parts, strict=True):
        at = np.searchsorted(keys, own)
        first[at] = places
        count[at] += times
        inverse[start + order] = np.repeat(at, times)
    return first, count, inverse


def _known(table: pa.Table, customer: str, day: str) -> npt.NDArray[np.bool_]:
    known = table[customer].is_valid().to_numpy() & table[day].is_valid().to_numpy()
    return pa.array(known)  # type: ignore[no-any-return]


def _cast(column: pa.ChunkedArray, kind: pa.DataType, words: str) -> pa.ChunkedArray:
    try:
        return column.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(f"A column of {words} holds something else: {error}") from error


def _whole(column: pa.ChunkedArray, name: str) -> Integers:
    if not pa.types.is_integer(column.type):
        raise InputError(
            f"The column '{name}' holds {column.type}, not whole numbers.",
            do="Number the customers, for example with dictionary_encode(), and keep the list.",
        )
    return column.cast(pa.int64()).to_numpy()  # type: ignore[no-any-return]


def _summarised(
    customer: Integers, day: Integers, value: Floats | None, until: date, unit_days: float
) -> PurchaseSummary:
    cut = (until - date(1970, 1, 1)).days
    order = np.flatnonzero(day < cut)
    order = order[np.lexsort((day[order], customer[order]))]
    customer, day = customer[order], day[order]
    start = np.flatnonzero(np.r_[True, customer[1:] != customer[:-1]]) if len(order) else order
    end = np.r_[start[1:], len(order)]
    first = np.repeat(day[start], end - start)
    new_day = np.r_[True, (customer[1:] != customer[:-1]) | (day[1:] != day[:-1])] if len(order) else order
    repeats = _sums(new_day.astype(np.float64), start) - 1
    mean = None
    if value is not None:
        later = _sums(np.where(day > first, value[order], 0.0), start)
        mean = np.maximum(np.divide(later, repeats, out=np.zeros_like(later), where=repeats > 0), 0.0)
    recency = (day[end - 1] - day[start]) / unit_days if len(order) else np.zeros(0)
    age = (cut - 1 - day[start]) / unit_days
    return PurchaseSummary(customer[start], repeats, recency, age, mean, unit_days)


def _sums(amounts: Floats, start: Integers) -> Floats:
    return np.add.reduceat(amounts, start) if len(start) else np.zeros(0)
