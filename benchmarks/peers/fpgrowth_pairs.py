"""`mlxtend`'s fpgrowth: all pairs over a support, from a sparse table of baskets. Runs in an environment of its own."""

import time

BEGAN = time.perf_counter()

import numpy as np  # noqa: E402 - the clock starts before the imports
import pandas as pd  # noqa: E402
import scipy.sparse as sp  # noqa: E402
from mlxtend.frequent_patterns import fpgrowth  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file of entries, the least support."""
    held, clock = np.load(arguments[0]), Clock()
    has = sp.csr_matrix((np.ones(len(held["basket"]), dtype=bool), (held["basket"], held["product"])))
    frame = pd.DataFrame.sparse.from_spmatrix(has)
    clock.lap("reading")
    busy = time.process_time()
    found = fpgrowth(frame, min_support=float(arguments[1]), max_len=2)
    clock.lap("pairs")
    clock.steps["processor"] = time.process_time() - busy
    pairs = found[found["itemsets"].map(len) == 2]
    answer = {
        " ".join(str(one) for one in sorted(items)): round(support * has.shape[0])
        for items, support in zip(pairs["itemsets"], pairs["support"], strict=True)
    }
    return clock.steps, {"pairs": answer}


if __name__ == "__main__":
    serve(work, BEGAN)
