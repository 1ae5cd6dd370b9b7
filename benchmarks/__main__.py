"""`python -m benchmarks`: everything that is claimed, and docs/benchmarks.md written anew."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks import import_csv, report_figures, waiting

ALL = {"report_figures": report_figures.main, "import_csv": import_csv.main}


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "which", nargs="*", default=[*ALL, "waiting"], help=f"some of: {', '.join([*ALL, 'waiting'])}"
    )
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=None, help="default: a tenth of the orders")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(tempfile.gettempdir()) / "regulars-benchmarks",
        help="kept between runs",
    )
    given = parser.parse_args()
    for name in given.which:
        if name == "waiting":
            waiting.main(given.data, given.pairs)
        else:
            ALL[name](given.data, given.orders, given.customers or given.orders // 10, given.pairs)


if __name__ == "__main__":
    main()
