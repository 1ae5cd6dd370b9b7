"""A hundred million orders of ten million customers, once, by hand: `python -m benchmarks.hundred_million --data FOLDER`.

Needs some 30 GB of disk in FOLDER. Measured beside the 10 million of the report, so that the ratio is of one machine and hour.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import orders
from benchmarks.harness import publish, run, table

LARGE, SMALL = (100_000_000, 10_000_000), (10_000_000, 1_000_000)
RATIO_GOAL, MEMORY_GOAL_MB = 16.0, 12_000


def main() -> None:
    """Measure both sizes and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hundred_million", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    folder = parser.parse_args().data
    measured = []
    for count, customers in (SMALL, LARGE):
        file = orders.parquet(folder, count, customers)
        print(f"everything that the report shows, {count:,} orders", flush=True)
        measured.append(run("ours_report", str(file), str(folder / "report.html")))
    small, large = measured
    rows: list[tuple[object, ...]] = [
        (f"{count:,}", f"{one.work:.0f} s", f"{one.peak_mb:,.0f} MB")
        for (count, _), one in zip((SMALL, LARGE), measured, strict=True)
    ]
    ratio = f"**{large.work / small.work:.1f}** times the time (goal: {RATIO_GOAL:.0f}); memory under {MEMORY_GOAL_MB:,} MB is the goal."
    publish("hundred_million", f"{table(('orders', 'work', 'peak memory'), rows)}\n\n{ratio}")


if __name__ == "__main__":
    main()
