"""Calendars: which periods are looked at, and the small tables that turn a day into bits.

Each order sets, by one look-up on its day, the bits of every boundary at whose time its buyer is a customer and of
every period that it falls in; one `bit_or` a customer then answers all periods at once. Bits come from these tables,
never from a shift in the engine (`1 << 40` is 256 on Spark).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from regulars.kernel.periods import Period
from regulars.lake.small import small_table

BITS = 62  # a signed 64-bit mask keeps clear of its sign bit on both engines


@dataclass(frozen=True)
class Chunk:
    """Up to 62 periods and boundaries that share one mask."""

    index: int
    periods: tuple[tuple[int, Period], ...]  # (position in the calendar, period)
    bits: tuple[int, ...]  # the number of each period's bit
    boundaries: tuple[date, ...]  # each with the bit of its place

    @property
    def masks(self) -> tuple[str, ...]:
        return tuple(f"{kind}_{self.index}" for kind in ("at", "within", "edge"))

    @property
    def starts(self) -> int:
        """The bits of the boundaries at which its periods start."""
        starts = {period.start for _, period in self.periods}
        return sum(1 << bit for bit, boundary in enumerate(self.boundaries) if boundary in starts)

    @property
    def within(self) -> int:
        """The bits of its periods."""
        return sum(1 << bit for bit in self.bits)

    def part(self, positions: dict[Period, int]) -> Chunk:
        """These of its periods, at other positions, with the same bits."""
        chosen = [
            (positions[period], period, bit)
            for bit, (_, period) in zip(self.bits, self.periods, strict=True)
            if period in positions
        ]
        chosen.sort()
        pairs = tuple((position, period) for position, period, _ in chosen)
        return Chunk(self.index, pairs, tuple(bit for *_, bit in chosen), self.boundaries)


@dataclass(frozen=True)
class Calendar:
    """Periods to look at, in any order and overlapping if need be, and the activity window in days.

    `wider`: a calendar that has all its periods and the same window. Calendars of one wider one share its masks, so
    that the orders are gone through once for all of them.
    """

    name: str  # part of the engine's table names: letters, digits, underscores
    periods: tuple[Period, ...]
    window: int
    wider: Calendar | None = None

    @property
    def masked(self) -> Calendar:
        """The calendar whose masks are read."""
        return self.wider or self

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        if self.wider is not None:
            positions = {period: position for position, period in enumerate(self.periods)}
            parts = (chunk.part(positions) for chunk in self.wider.chunks)
            return tuple(chunk for chunk in parts if chunk.periods)
        found: list[Chunk] = []
        periods: list[tuple[int, Period]] = []
        edges: set[date] = set()
        for position, period in enumerate(self.periods):
            wider = edges | {period.start, period.end}
            if periods and (len(wider) > BITS or len(periods) == BITS):
                found.append(_chunk(len(found), periods, edges))
                periods, wider = [], {period.start, period.end}
            periods.append((position, period))
            edges = wider
        if periods:
            found.append(_chunk(len(found), periods, edges))
        return tuple(found)

    @property
    def first_day(self) -> date:
        """First day that can matter to any period."""
        return min(p.start for p in self.periods) - timedelta(days=self.window)

    @property
    def last_day(self) -> date:
        """Last day that can matter to any period."""
        return max(p.end for p in self.periods) - timedelta(days=1)

    @property
    def days_name(self) -> str:
        return f"days_{self.masked.name}"

    @property
    def periods_name(self) -> str:
        return f"periods_{self.name}"

    def days_table(self) -> pa.Table:
        """One row a day: the masks `at` (boundaries t with day < t <= day + W), `within` (periods that contain the
        day) and `edge` (periods [s, e) with e - W <= day < s: whoever ordered then is kept by construction)."""
        days = [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]
        columns: dict[str, list[int]] = {}
        reach = timedelta(days=self.window)
        for chunk in self.chunks:
            for name, of_day in zip(chunk.masks, self._masks(chunk, reach), strict=True):
                columns[name] = [of_day(day) for day in days]
        schema = pa.schema([("day", pa.date32()), *((name, pa.int64()) for name in columns)])
        return small_table(schema, zip(days, *columns.values(), strict=True))

    @staticmethod
    def _masks(chunk: Chunk, reach: timedelta) -> tuple[Callable[[date], int], ...]:
        spans = [(bit, period) for bit, (_, period) in zip(chunk.bits, chunk.periods, strict=True)]

        def at(day: date) -> int:
            return sum(1 << bit for bit, t in enumerate(chunk.boundaries) if day < t <= day + reach)

        def within(day: date) -> int:
            return sum(1 << bit for bit, p in spans if p.start <= day < p.end)

        def edge(day: date) -> int:
            return sum(1 << bit for bit, p in spans if p.end - reach <= day < p.start)

        return at, within, edge

    def periods_table(self) -> pa.Table:
        """One row a period: its position, chunk, days and bits."""
        rows = (tuple(row.values()) for row in self._period_rows())
        schema = pa.schema(
            [
                ("period", pa.int64()),
                ("chunk", pa.int64()),
                ("period_start", pa.date32()),
                ("period_end", pa.date32()),
                ("start_bit", pa.int64()),
                ("end_bit", pa.int64()),
                ("within_bit", pa.int64()),
            ]
        )
        return small_table(schema, rows)

    def _period_rows(self) -> Iterator[dict[str, int | date]]:
        for chunk in self.chunks:
            place = {t: bit for bit, t in enumerate(chunk.boundaries)}
            for bit, (position, period) in zip(chunk.bits, chunk.periods, strict=True):
                yield {
                    "period": position,
                    "chunk": chunk.index,
                    "period_start": period.start,
                    "period_end": period.end,
                    "start_bit": 1 << place[period.start],
                    "end_bit": 1 << place[period.end],
                    "within_bit": 1 << bit,
                }

    @cached_property
    def days(self) -> ir.Table:
        """The days that can matter to its periods, with their masks, as an unbound expression."""
        masks = {name: "int64" for chunk in self.masked.chunks for name in chunk.masks}
        days = ibis.table({"day": "date", **masks}, name=self.days_name)
        if self.wider is None:
            return days
        first, last = ibis.literal(self.first_day, "date"), ibis.literal(self.last_day, "date")
        return days.filter((days.day >= first) & (days.day <= last))

    @cached_property
    def spans(self) -> ir.Table:
        """The periods table as an unbound expression."""
        return ibis.table(
            {
                "period": "int64",
                "chunk": "int64",
                "period_start": "date",
                "period_end": "date",
                "start_bit": "int64",
                "end_bit": "int64",
                "within_bit": "int64",
            },
            name=self.periods_name,
        )


def _chunk(index: int, periods: list[tuple[int, Period]], edges: set[date]) -> Chunk:
    return Chunk(index, tuple(periods), tuple(range(len(periods))), tuple(sorted(edges)))
