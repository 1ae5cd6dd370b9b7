"""The few operations that Ibis lacks, each with a body that both engines understand; tests/spec runs them on both."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

# Ibis has `bit_or` for some engines only; DuckDB and Spark share the name and the meaning (nulls are skipped).


@ibis.udf.agg.builtin(name="bit_or")  # type: ignore[untyped-decorator]
def bit_or(mask: int) -> int:  # type: ignore[empty-body]
    """Bitwise or of 64-bit masks over a group; null for a group of nulls."""


def has_bit(mask: ir.IntegerColumn, bit: ir.IntegerColumn) -> ir.BooleanColumn:
    """Whether `mask` has `bit` set. Bits come from a table: `1 << 40` is 256 on Spark."""
    return (mask & bit) != 0


def days_between(later: ir.DateColumn, earlier: ir.DateColumn) -> ir.IntegerColumn:
    """Whole days from `earlier` to `later`."""
    return later.delta(earlier, unit="day").cast("int64")


def convert(amount: ir.DecimalColumn, factor: ir.DecimalColumn) -> ir.DecimalColumn:
    """An amount times a rate; widened first, since decimal(18,4) x decimal(38,10) overflows in both engines."""
    return (amount.cast("decimal(38, 4)") * factor.cast("decimal(38, 10)")).cast("decimal(18, 4)")
