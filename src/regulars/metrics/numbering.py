"""Standard periods by number, so that 'k periods later' is a subtraction, in Python and in the engine alike."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from regulars.kernel.periods import Grain
from regulars.lake.engines.primitives import days_between

_MONDAY = date(1900, 1, 1)  # day and week 0; days before it are no shop's


def number_of(day: date, grain: Grain) -> int:
    """The number of the standard period that contains `day`."""
    if grain == "day":
        return (day - _MONDAY).days
    if grain == "week":
        return (day - _MONDAY).days // 7
    if grain == "month":
        return day.year * 12 + day.month - 1
    if grain == "quarter":
        return day.year * 4 + (day.month - 1) // 3
    return day.year


def start_of(number: int, grain: Grain) -> date:
    """First day of the period with that number."""
    if grain == "day":
        return _MONDAY + timedelta(days=number)
    if grain == "week":
        return _MONDAY + timedelta(weeks=number)
    if grain == "year":
        return date(number, 1, 1)
    months = number if grain == "month" else number * 3
    return date(months // 12, months % 12 + 1, 1)


def numbered(day: ir.DateValue, grain: Grain) -> ir.IntegerValue:
    """`number_of` as an expression; null for a null day."""
    if grain in ("day", "week"):
        days = days_between(day, ibis.literal(_MONDAY, "date"))
        return days if grain == "day" else (days - days % 7).cast("int64") // 7
    year = day.year().cast("int64")
    if grain == "month":
        return year * 12 + day.month().cast("int64") - 1
    if grain == "quarter":
        return year * 4 + day.quarter().cast("int64") - 1
    return year


def later(day: ir.DateValue, days: int) -> ir.DateValue:
    """`day` moved by whole days."""
    return (day + ibis.interval(days=days)).cast("date")
