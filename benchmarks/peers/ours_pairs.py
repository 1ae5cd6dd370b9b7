"""Ours: all pairs over a support, from the same entries, with lift, expectation by month and lower bounds."""

import time

BEGAN = time.perf_counter()

import numpy as np  # noqa: E402 - the clock starts before the imports
import pyarrow as pa  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402
from regulars.prediction.together import Baskets, bought_together  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file of entries, the least support."""
    held, clock = np.load(arguments[0]), Clock()
    codes = np.array([f"{number:06d}" for number in range(int(held["product"].max()) + 1)])
    baskets = Baskets(codes, held["basket"], held["product"], held["value"], held["month"])
    pa.array(np.zeros(1))  # Arrow looks for pandas at its first array; the peer imports it beforehand as well
    clock.lap("reading")
    busy = time.process_time()
    found = bought_together(baskets, least_support=float(arguments[1]))
    rows = found.to_arrow()
    clock.lap("pairs")
    clock.steps["processor"] = time.process_time() - busy
    answer = {
        f"{a} {b}": float(count)
        for a, b, count in zip(found.a.tolist(), found.b.tolist(), rows["baskets"].to_pylist(), strict=True)
    }
    return clock.steps, {"pairs": answer}


if __name__ == "__main__":
    serve(work, BEGAN)
