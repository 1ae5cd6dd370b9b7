"""The lake's table `scores`: the newest day's predictions whole, and of earlier months what a history of risk and value needs.

A new day takes the place of the one before. Of the last day of each of the twelve calendar months before, `churn_probability` and
`predicted_clv` stay, as long as the customer is among those predicted; so the table is bounded by the number of customers,
however often predictions are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from regulars.kernel.progress import Progress, silent
from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.parquet import quoted, rows_of
from regulars.lake.tables import SCORES

MONTHS_KEPT = 12
LASTING = ("churn_probability", "predicted_clv")  # what of earlier days is kept
_FRESH, _DAYS, _GONE = "_scores_fresh", "_scores_days", "_scores_gone"


def days_to_keep(days: Iterable[date], newest: date) -> set[date]:
    """Of earlier days the last one of each of the twelve calendar months before that of `newest`; never `newest` itself."""
    last: dict[int, date] = {}
    month = newest.year * 12 + newest.month
    for day in days:
        place = day.year * 12 + day.month
        if month - MONTHS_KEPT <= place < month:
            last[place] = max(day, last.get(place, day))
    return set(last.values())


def keep_scores(
    lake: Lake, rows: pa.Table, day: date, *, memory: str | None = None, timeout: float | None = None,
    progress: Progress = silent,
) -> int:  # fmt: skip
    """Write `rows` (`Scores.facts()`, one day's) into the lake as its newest predictions; returns the lake's version.

    Waits for the lake's writer, at most `timeout` seconds (None: for ever), then raises LakeError. Raises ValueError for rows of
    another day. Only the files that hold days to be dropped are written anew; made again, nothing is there twice.
    """
    if len(rows) and pc.unique(rows["day"]).to_pylist() != [day]:
        raise ValueError(f"rows of {day} are wanted, and of no other day")
    engine = DuckEngine(memory=memory, threads=1, progress=progress)
    with closing(engine), lake.writer(progress=progress, timeout=timeout) as writer:
        engine.put(_FRESH, rows)
        found = _days_of(engine, lake)
        stay = days_to_keep({one for _, one in found}, day)
        kept = pa.table({"day": pa.array(sorted(stay), pa.date32())})
        engine.put(_DAYS, kept)
        old = sorted(
            {path for path, one in found if one not in stay} | _with_more_than_lasts(engine, lake, stay)
        )
        names = ", ".join(f"'{name}'" for name in LASTING)
        earlier = (
            f"SELECT * FROM ({rows_of(SCORES, old)}) WHERE day IN (SELECT day FROM {_DAYS}) "
            f"AND name IN ({names}) AND customer IN (SELECT customer FROM {_FRESH})"
        )
        columns = ", ".join(f"{quoted(c.name)}::{c.duckdb} AS {quoted(c.name)}" for c in SCORES.columns)
        query = f"SELECT {columns} FROM {_FRESH}"
        writer.rewrite(engine.con, "scores", f"({earlier}) UNION ALL ({query})" if old else query, old)
        return writer.publish(note=f"predictions of {day}")


def forget_scores(
    lake: Lake, customers: Iterable[int], *, timeout: float | None = None, progress: Progress = silent
) -> int:
    """Take the predictions of these customers out of the lake; returns its version, the same one where it has none of them."""
    numbers = pa.table({"customer": pa.array(sorted(set(customers)), pa.int64())})
    if not len(numbers) or not _holds(lake, numbers):
        return lake.version
    engine = DuckEngine(threads=1, progress=progress)
    with closing(engine), lake.writer(progress=progress, timeout=timeout) as writer:
        engine.put(_GONE, numbers)
        touched = _files_with(engine, lake)
        if not touched:
            return lake.version
        query = f"SELECT * FROM ({rows_of(SCORES, touched)}) WHERE customer NOT IN (FROM {_GONE})"
        writer.rewrite(engine.con, "scores", query, touched)
        return writer.publish(note="predictions taken out")


def _holds(lake: Lake, numbers: pa.Table) -> bool:
    """Asked before the lock is: an objection by somebody of whom nothing is predicted waits for nobody."""
    with closing(DuckEngine(threads=1)) as engine:
        engine.put(_GONE, numbers)
        return bool(_files_with(engine, lake))


def _files_with(engine: DuckEngine, lake: Lake) -> list[str]:
    paths = lake.files("scores")
    rows = rows_of(SCORES, paths, file_column="_file")
    query = f"SELECT DISTINCT _file FROM ({rows}) WHERE customer IN (FROM {_GONE}) ORDER BY 1"
    return [path for (path,) in engine.con.execute(query).fetchall()] if paths else []


def _days_of(engine: DuckEngine, lake: Lake) -> list[tuple[str, date]]:
    """The days that each file holds."""
    paths = lake.files("scores")
    if not paths:
        return []
    query = f"SELECT DISTINCT _file, day FROM ({rows_of(SCORES, paths, file_column='_file')})"
    found: list[tuple[str, date]] = engine.con.execute(query).fetchall()
    return found


def _with_more_than_lasts(engine: DuckEngine, lake: Lake, stay: set[date]) -> set[str]:
    """Files that hold other predictions of the days that stay than those that last."""
    paths = lake.files("scores")
    if not paths or not stay:
        return set()
    names = ", ".join(f"'{name}'" for name in LASTING)
    query = (
        f"SELECT DISTINCT _file FROM ({rows_of(SCORES, paths, file_column='_file')}) "
        f"WHERE day IN (SELECT day FROM {_DAYS}) AND name NOT IN ({names})"
    )
    return {path for (path,) in engine.con.execute(query).fetchall()}
