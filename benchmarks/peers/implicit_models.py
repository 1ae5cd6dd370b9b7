"""`implicit`: item neighbours weighted by BM25 and ALS, fitted on how many days who bought what; writes the ten best of each customer.

Runs in an environment of its own. Settings are those that did best on this shop in our trials, so they flatter the peer.
"""

import time

BEGAN = time.perf_counter()

from pathlib import Path  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402
import scipy.sparse as sp  # noqa: E402
from implicit.als import AlternatingLeastSquares  # noqa: E402
from implicit.nearest_neighbours import BM25Recommender  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from benchmarks.peers.protocol import Answer, Clock, serve  # noqa: E402

_THREADS, _K = 1, 10


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file of purchases, the folder for the lists."""
    held = np.load(arguments[0])
    columns, starts = held["indices"].astype(np.int32), held["indptr"].astype(np.int32)
    bought = sp.csr_matrix((held["data"].astype(np.float32), columns, starts), shape=tuple(held["shape"]))
    models = {
        "BM25": BM25Recommender(K=100, num_threads=_THREADS),
        "ALS": AlternatingLeastSquares(factors=64, alpha=5.0, num_threads=_THREADS, random_state=0),
    }
    clock, everybody = Clock(), np.arange(bought.shape[0])
    with threadpool_limits(limits=_THREADS):
        for name, model in models.items():
            model.fit(bought, show_progress=False)
            clock.lap(f"{name} fit")
            lists = {
                kind: model.recommend(everybody, bought, N=_K, filter_already_liked_items=kind == "new")[0]
                for kind in ("all", "new")
            }
            clock.lap(f"{name} lists")
            np.savez(Path(arguments[1]) / f"{name}.npz", **lists)
    return clock.steps, {}


if __name__ == "__main__":
    serve(work, BEGAN)
