"""Everything that the report shows, from one Parquet file: ours against hand-written SQL, careful pandas, the usual pipeline."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from benchmarks import orders
from benchmarks.harness import Measured, Ratio, differences, environment, pairs, publish, run, table

SQL_GOAL, PANDAS_GOAL, PIPELINE_GOAL = 1.5, 3.0, 8.0
MEMORY_GOAL_MB = 2000
# Steps of ours that give what the usual pipeline gives: reading, key figures by month, cohorts, RFM, gaps, first orders.
_SHARED = (
    "opening",
    "reading",
    "finding",
    "settling",
    "counting",
    "key figures",
    "movements",
    "cohorts",
    "RFM",
    "time between",
)


def main(folder: Path, count: int, customers: int, times: int) -> None:
    """Measure against all peers and write the table."""
    file = str(orders.parquet(folder, count, customers))
    ours = ["ours_report", file, str(folder / "report.html")]
    print(f"everything that the report shows, {count:,} orders of {customers:,} customers", flush=True)
    sql = _checked(pairs(ours, ["duckdb_sql", file], count=times))
    once = run("duckdb_sql", file, "once")
    pandas = _checked(pairs(ours, ["careful_pandas", file], count=times))
    rows = [
        _row("hand-written DuckDB, a query an output", sql, f"at most {SQL_GOAL} times", sql.value),
        ("hand-written DuckDB, cleaned once", f"{once.seconds:.1f} s", f"{once.peak_mb:,.0f} MB", "told only",
         f"{median(one.work for one in sql.ours) / once.seconds:.2f} times its time"),
        _row("careful pandas", pandas, f"at least {PANDAS_GOAL:.0f} times faster", 1 / pandas.value),
    ]  # fmt: skip
    python = lifetimes_python(folder)
    if python is not None:
        pipeline = run("lifetimes_pipeline", file, python=python)
        same = median(_shared_seconds(one) for one in (*sql.ours, *pandas.ours))
        rows.append(
            ("lifetimes and pandas (its outputs; one run)", f"{pipeline.seconds:.1f} s", f"{pipeline.peak_mb:,.0f} MB",
             f"at least {PIPELINE_GOAL:.0f} times faster", f"**{pipeline.seconds / same:.1f}** (ours {same:.1f} s for them)")
        )  # fmt: skip
    all_ours = (*sql.ours, *pandas.ours)
    publish("report_figures", _text(all_ours, count, customers, times, rows))


def _text(
    ours: tuple[Measured, ...], count: int, customers: int, times: int, rows: list[tuple[object, ...]]
) -> str:
    peak = max(one.peak_mb for one in ours)
    drawing = median(one.steps.get("drawing", 0.0) for one in ours)
    steps: dict[str, float] = {
        name: median(one.steps.get(name, 0.0) for one in ours) for name in ours[0].steps
    }
    longest = sorted(((n, s) for n, s in steps.items() if n != "drawing"), key=lambda item: -item[1])[:8]
    return "\n\n".join(
        (
            f"{count:,} orders of {customers:,} customers, {times} pairs.",
            f"Ours: {median(one.work for one in ours):.1f} s of work, start {median(one.startup for one in ours):.1f} s, "
            f"drawing {drawing:.1f} s, peak memory {peak:,.0f} MB (goal: under {MEMORY_GOAL_MB:,}).",
            table(("peer", "its time", "its memory", "goal", "measured"), rows),
            "Where our time goes: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in longest) + ".",
        )
    )


def _row(name: str, found: Ratio, goal: str, ratio: float) -> tuple[object, ...]:
    seconds, peak = median(one.seconds for one in found.theirs), max(one.peak_mb for one in found.theirs)
    return (name, f"{seconds:.1f} s", f"{peak:,.0f} MB", goal, f"**{ratio:.2f}**")


def _shared_seconds(one: Measured) -> float:
    return sum(seconds for name, seconds in one.steps.items() if name.startswith(_SHARED))


def _checked(found: Ratio) -> Ratio:
    """Stop where a number of ours is not theirs."""
    if wrong := differences(found.theirs[0].answers, found.ours[0].answers):
        raise SystemExit("answers differ:\n" + "\n".join(wrong[:20]))
    return found


def lifetimes_python(folder: Path) -> str | None:
    """An environment for lifetimes, which has had no release since 2020."""
    return environment(folder, "lifetimes", ["setuptools<81", "lifetimes", "pyarrow"])
