"""CSV rows into the lake, against DuckDB's own copy: all customers known, and a tenth of the rows from new ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks import orders
from benchmarks.harness import Measured, differences, publish, run, table

KNOWN_GOAL, NEW_GOAL = 4.0, 7.0
# A row in ten has a customer that was never seen before and comes once.
_NEW = "CASE WHEN order_id % 10 = 3 THEN order_id + 1000000000 ELSE customer_id END"


def main(folder: Path, count: int, customers: int, pairs: int) -> None:
    """Measure both cases and write the table."""
    source = orders.parquet(folder, count, customers)
    known = orders.csv(folder, source, name=f"known_{count}.csv")
    new = orders.csv(folder, source, name=f"new_{count}.csv", columns={"customer_id": _NEW})
    lake = _lake_that_knows(folder, source, count)
    rows: list[tuple[object, ...]] = []
    for case, file, goal in (("all customers known", known, KNOWN_GOAL), ("a tenth new", new, NEW_GOAL)):
        print(f"import of {count:,} rows, {case}", flush=True)
        found = [_pair(folder, file, lake, turn) for turn in range(pairs)]
        found.sort(key=lambda pair: pair[0].seconds / pair[1].seconds)
        ours, copy = found[len(found) // 2]
        ratio = ours.seconds / copy.seconds
        rows.append((case, f"{ours.seconds:.1f} s", f"{copy.seconds:.1f} s", f"**{ratio:.2f}**", f"{goal:.0f}",
                     f"{ours.peak_mb:,.0f} MB", _longest(ours)))  # fmt: skip
    header = ("rows", "import", "DuckDB copy", "ratio", "goal", "peak memory", "where the time goes")
    publish("import_csv", f"{count:,} rows, {pairs} pairs.\n\n{table(header, rows)}")


def _pair(folder: Path, file: Path, lake: Path, turn: int) -> tuple[Measured, Measured]:
    """One import into a copy of the lake and one copy, in turn the one or the other first."""
    fresh, target = folder / "lake_used", folder / "copied.parquet"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(lake, fresh)
    for beside in lake.parent.glob(f"{lake.name}.*"):
        shutil.copyfile(beside, fresh.with_name(beside.name.replace(lake.name, fresh.name, 1)))
    first = [("ours_import", str(file), str(fresh)), ("copy_csv", str(file), str(target))]
    measured = {peer: run(peer, *arguments) for peer, *arguments in (first if turn % 2 == 0 else first[::-1])}
    ours, copy = measured["ours_import"], measured["copy_csv"]
    print(f"  import {ours.seconds:.1f} s ({ours.peak_mb:.0f} MB), copy {copy.seconds:.1f} s", flush=True)
    if wrong := differences(ours.answers, copy.answers):
        raise SystemExit("\n".join(wrong))
    return ours, copy


def _lake_that_knows(folder: Path, source: Path, count: int) -> Path:
    """A lake with one other order of every customer of the file, so that they have their numbers."""
    lake = folder / f"known_customers_{count}"
    if not lake.exists():
        each = f"order_id IN (SELECT min(order_id) FROM '{source}' WHERE customer_id IS NOT NULL GROUP BY customer_id)"
        other = {"order_id": "order_id + 5000000000"}
        file = orders.csv(folder, source, name=f"first_orders_{count}.csv", where=each, columns=other)
        run("ours_import", str(file), str(lake))
    return lake


def _longest(ours: Measured) -> str:
    """The three steps that took longest."""
    steps = sorted(ours.steps.items(), key=lambda item: -item[1])[:3]
    return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps)
