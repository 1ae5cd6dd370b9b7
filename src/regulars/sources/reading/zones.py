"""Time zones as SQL: a search tree over a zone's changes of offset. About nine times as fast as a conversion by ICU.

Offsets come from the IANA data through `zoneinfo`, for the years 1970 to 2100; beyond them the nearest offset holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import pyarrow as pa

from regulars.kernel.errors import InputError
from regulars.lake.engines.duck import literal, quoted
from regulars.sources.reading.query import row

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000  # microseconds
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """From the UTC second `at` on the offset is `after`, until then `before` (seconds east of UTC)."""

    at: int
    before: int
    after: int

    @property
    def local(self) -> int:
        """Local second from which a clock reading means the later offset: the first of two instants where clocks go
        back, and the earlier offset (so: forward) where they skip an hour."""
        return self.at + max(self.before, self.after)


@cache
def changes(zone: str) -> tuple[Change, ...]:
    """All changes of a zone's offset. Raises InputError where there is no such zone."""
    info = _info(zone)
    found: list[Change] = []
    day = _FIRST
    before = _offset(info, day)
    while day < _LAST:
        after = _offset(info, day + _DAY)
        if after != before:
            found.append(Change(_second_of_change(info, day, before), before, after))
            before = after
        day += _DAY
    return tuple(found)


def to_utc_sql(local: str, zone: str) -> str:
    """SQL for the UTC timestamp of a local timestamp: the first instant where two are meant, forward in a gap."""
    shift = _tree(f"epoch_us({local})", [(c.local, c.before, c.after) for c in changes(zone)], zone)
    return local if shift == "0" else f"make_timestamp(epoch_us({local}) - {shift})"


def once_to_utc_sql(local: str, zone: str) -> str:
    """As `to_utc_sql`, for long expressions: names `local` twice instead of in every branch, and is slower by row (2 s for 10 million rows).

    ICU takes the second of two instants; an hour earlier in local time, plus an hour, is the first one.
    ICU brings its own zone data, which may be older than ours (Morocco); prefer `to_utc_sql` on a column.
    Zones that change by other than an hour (Lord Howe Island) are off by the difference within that hour.
    """
    if not changes(zone):
        return to_utc_sql(local, zone)
    named = literal(zone)
    second = f"timezone('UTC', timezone({named}, {local}))"
    first = f"timezone('UTC', timezone({named}, {local} - INTERVAL 1 HOUR)) + INTERVAL 1 HOUR"
    return f"least({second}, {first})"


def to_local_sql(at: str, zone: str) -> str:
    """SQL for the local timestamp of a UTC timestamp."""
    shift = _tree(f"epoch_us({at})", [(c.at, c.before, c.after) for c in changes(zone)], zone)
    return at if shift == "0" else f"make_timestamp(epoch_us({at}) + {shift})"


def local_day_sql(at: str, zone: str) -> str:
    """SQL for the date of a UTC timestamp in a zone."""
    return f"({to_local_sql(at, zone)})::DATE"


def add_local_day(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    zone_by_market: dict[str, str],
    *,
    at: str = "at",
    market: str = "market",
    day: str = "local_day",
) -> None:
    """Set the column `day` of a table to the date of `at` (UTC) in the zone of each row's `market`, in one join.

    Rows whose market has no zone here keep the UTC date. The table is written anew.
    """
    first, last, has_day = _span(con, relation, at, day)
    clock = f"{relation}__clock"
    _make_clock(con, clock, zone_by_market, first, last)
    instant = f"r.{quoted(at)}"
    shift = f"CASE WHEN {instant} >= k.switch THEN k.after ELSE k.before END"
    made = f"CASE WHEN k.market IS NULL THEN {instant}::DATE ELSE ({instant} + to_seconds({shift}))::DATE END"
    kept = f"r.* REPLACE ({made} AS {quoted(day)})" if has_day else f"r.*, {made} AS {quoted(day)}"
    con.execute(
        f"CREATE OR REPLACE TABLE {quoted(relation)} AS SELECT {kept} FROM {quoted(relation)} r "
        f"LEFT JOIN {quoted(clock)} k ON k.market = r.{quoted(market)} AND k.day = {instant}::DATE"
    )
    con.execute(f"DROP TABLE {quoted(clock)}")


def _span(con: duckdb.DuckDBPyConnection, relation: str, at: str, day: str) -> tuple[date, date, bool]:
    first, last = row(con, f"SELECT min({quoted(at)})::DATE, max({quoted(at)})::DATE FROM {quoted(relation)}")
    columns = [r[0] for r in con.execute(f"DESCRIBE SELECT * FROM {quoted(relation)}").fetchall()]
    return first or _FIRST.date(), last or _FIRST.date(), day in columns


def _make_clock(
    con: duckdb.DuckDBPyConnection, name: str, zone_by_market: dict[str, str], first: date, last: date
) -> None:
    """One row a market and UTC day: the offsets before and from `switch` on, alike on most days."""
    rows = [
        {"market": market, "at": c.at, "before": c.before, "after": c.after}
        for market, zone in zone_by_market.items()
        for c in (Change(-(2**40), _first_offset(zone), _first_offset(zone)), *changes(zone))
    ]
    kinds = pa.schema(
        [("market", pa.string()), ("at", pa.int64()), ("before", pa.int32()), ("after", pa.int32())]
    )
    con.register("_changes", pa.Table.from_pylist(rows, kinds))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS "
        'WITH moments AS (SELECT market, "at", before, after FROM _changes), '
        f"days AS (SELECT unnest(generate_series({literal(str(first))}::DATE, {literal(str(last))}::DATE, "
        "INTERVAL 1 DAY))::DATE AS day), "
        "grid AS (SELECT DISTINCT market, day FROM moments CROSS JOIN days) "
        # The last change that begins before the day's end: it lies within the day, or long before it.
        'SELECT g.market, g.day, make_timestamp(greatest(m."at", -2000000000) * 1000000) AS switch, m.before, m.after '
        "FROM grid g ASOF JOIN moments m ON m.market = g.market "
        'AND epoch(g.day + INTERVAL 1 DAY)::BIGINT > m."at"'
    )
    con.unregister("_changes")


def _tree(value: str, cuts: list[tuple[int, int, int]], zone: str) -> str:
    """Microseconds of offset as nested CASEs, balanced, so that a value passes about eight comparisons."""
    if not cuts:
        return str(_first_offset(zone) * _SECOND)
    middle = len(cuts) // 2
    cut, before, after = cuts[middle]
    low = _tree(value, cuts[:middle], zone) if middle else f"{before * _SECOND}::BIGINT"
    high = _tree(value, cuts[middle + 1 :], zone) if cuts[middle + 1 :] else f"{after * _SECOND}::BIGINT"
    return f"CASE WHEN {value} < {cut * _SECOND} THEN {low} ELSE {high} END"


def _info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"There is no time zone '{zone}'.", do="Use a name such as Europe/Oslo, or UTC."
        ) from None


def _offset(zone: ZoneInfo, at: datetime) -> int:
    offset = at.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


@cache
def _first_offset(zone: str) -> int:
    return _offset(_info(zone), _FIRST)


def _second_of_change(zone: ZoneInfo, day: datetime, before: int) -> int:
    low, high = 0, 86_400
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, day + timedelta(seconds=middle)) == before:
            low = middle
        else:
            high = middle
    return int(day.timestamp()) + high
