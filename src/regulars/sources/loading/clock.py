"""Local days: the date of an instant in its market's zone, by one join on a small table instead of a conversion a row.

A zone's offset from UTC changes on few days. `clock` has one row a zone and UTC day: seconds to add before and from
the moment `switch` on; on all other days both are alike. Its rows are numbered without a gap, zone by zone, so that the
join is a look-up in an array.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow as pa

from regulars.lake.small import small_table
from regulars.sources.reading.zones import offset_at, second_of_change, zone_info


def make_clock(
    con: duckdb.DuckDBPyConnection, zones: list[str], first: date, last: date, into: str = "clock"
) -> None:
    """Make the table `into` (place, switch, before, after) for the UTC days `first` .. `last`; `place`: see `place_in`."""
    rows: dict[str, list[object]] = {"place": [], "switch": [], "before": [], "after": []}
    for name in zones:
        zone = zone_info(name)
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            before, after = offset_at(zone, start), offset_at(zone, start + timedelta(days=1))
            switch = start
            if before != after:
                switch = datetime.fromtimestamp(second_of_change(zone, start, before), UTC)
            for column, value in zip(
                rows, (len(rows["place"]), switch.replace(tzinfo=None), before, after), strict=True
            ):
                rows[column].append(value)
    kinds = (pa.int32(), pa.timestamp("us"), pa.int32(), pa.int32())
    schema = pa.schema(list(zip(rows, kinds, strict=True)))
    con.register("_clock", small_table(schema, zip(*rows.values(), strict=True)))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT * FROM _clock")
    con.unregister("_clock")


def place_in(zone: str, at: str, first: date, last: date) -> str:
    """SQL of the clock's row for the UTC instant `at` and the zone's number; of some row where either is not known."""
    days = (last - first).days + 1
    return (
        f"(coalesce({zone}, 0) * {days} + (coalesce({at}::DATE, DATE '{first}') - DATE '{first}'))::INTEGER"
    )


def local_day(at: str, clock: str) -> str:
    """SQL for the local date of the UTC instant `at`, with the joined row of `clock`."""
    return f"({at} + to_seconds(CASE WHEN {at} >= {clock}.switch THEN {clock}.after ELSE {clock}.before END))::DATE"
