"""All pairs bought together: ours against `mlxtend`'s fpgrowth on the real shop's baskets, and ten million made-up baskets.

`python -m benchmarks.bought_together [--baskets 10000000] [--data FOLDER]`
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.harness import Measured, differences, publish, run, table
from benchmarks.recommendations import peer_python
from benchmarks.retail_lines import baskets
from regulars.prediction.together import Baskets

GOAL, SUPPORT, WANTED = 200, 0.01, 400
MEMORY_GOAL_MB = 2_000


def main(folder: Path, count: int) -> None:
    """Measure and write the table."""
    given = Baskets.of(*baskets())
    print(f"{len(given):,} baskets", flush=True)
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "entries.npz"
        np.savez(file, basket=given.basket, product=given.product, value=given.value, month=given.month)
        ours = [run("ours_pairs", str(file), str(SUPPORT)) for _ in range(3)]
        python = peer_python(folder)
        theirs = None if python is None else run("fpgrowth_pairs", str(file), str(SUPPORT), python=python)
    large = run("ours_many_baskets", str(count))
    publish("bought_together", _text(len(given), ours, theirs, count, large))


def _text(size: int, ours: list[Measured], theirs: Measured | None, count: int, large: Measured) -> str:
    work = median(one.steps["processor"] for one in ours)
    wall = median(one.steps["pairs"] for one in ours)
    rows: list[tuple[object, ...]] = [("Regulars", f"{wall:.2f} s", f"{work:.2f} s", "", "")]
    if theirs is not None:
        _must_agree(ours[0], theirs)
        rows.append(
            ("mlxtend fpgrowth, max_len=2", f"{theirs.steps['pairs']:.1f} s", f"{theirs.steps['processor']:.1f} s",
             f"at least {GOAL} times our time", f"**{theirs.steps['processor'] / work:,.0f}**")
        )  # fmt: skip
    drawing = 2 * large.steps["drawing once"]
    found = large.answers["pairs"]
    return "\n\n".join(
        (
            f"{size:,} baskets, pairs in at least {SUPPORT:.0%} of them: {len(ours[0].answers['pairs'])}, the same from both. "
            "Ours has confidence, lift, expectation by month and lower bounds as well.",
            table(("", "time", "of a processor", "goal", "measured"), rows),
            f"{count:,} made-up baskets of 6 lines and 5,000 products: {found['pairs']:,.0f} pairs in "
            f"{large.steps['pairs'] - drawing:.0f} s (and {drawing:.0f} s for drawing the baskets twice), "
            f"peak memory **{large.peak_mb:,.0f} MB** (goal: under {MEMORY_GOAL_MB:,}).",
        )
    )


def _must_agree(ours: Measured, theirs: Measured) -> None:
    """Stop where a pair or a count of ours is not theirs."""
    pairs, known = ours.answers["pairs"], theirs.answers["pairs"]
    wrong = differences(theirs.answers, ours.answers)
    if wrong or pairs.keys() != known.keys():
        raise SystemExit("answers differ:\n" + "\n".join(wrong[:20]))
    if len(pairs) != WANTED:
        raise SystemExit(f"{len(pairs)} pairs, not the {WANTED} that peers find in these baskets")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baskets", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    arguments = parser.parse_args()
    main(arguments.data, arguments.baskets)
