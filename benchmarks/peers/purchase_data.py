"""Made-up customers, and the likelihood of anybody's estimates on them: apart from what is measured.

A process of its own, since one that is started counts the memory of the one that started it as its own.
"""

import time

BEGAN = time.perf_counter()

import json  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402

from benchmarks.peers.ours_purchase import MODELS  # noqa: E402
from benchmarks.peers.protocol import Answer, serve  # noqa: E402
from regulars.prediction import BgNbd, GammaGamma, PurchaseSummary  # noqa: E402
from regulars.prediction.purchase.rows import Rows  # noqa: E402
from regulars.prediction.purchase.spend import log_likelihood as of_spending  # noqa: E402

# Of CDNOW, as the literature has them.
_BUYING, _SPENDING = (0.2426, 4.4136, 0.7929, 2.4259), (6.2496, 3.7442, 15.4435)


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: `make`, the file, how many; or `likelihood`, the file, the model, its parameters as JSON."""
    task, file, what, *more = arguments
    if task == "make":
        make(file, int(what))
        return {}, {}
    theta = np.array(list(json.loads(more[0]).values()))[:, None]
    return {}, {"likelihood": {"value": likelihood(file, what, theta)}}


def make(file: str, n: int) -> None:
    """n customers: repeats, recency and age in weeks of whole days from one week to two years, mean value."""
    chance = np.random.default_rng(20)
    model = BgNbd(dict(zip(BgNbd.names, _BUYING, strict=True)), {}, 0.0)
    spend = GammaGamma(dict(zip(GammaGamma.names, _SPENDING, strict=True)), {}, 0.0)
    age = chance.integers(7, 729, n) / 7
    made = model.simulate(age, seed=21).summary
    recency = np.where(made.repeats > 0, np.minimum(np.ceil(made.recency * 7) / 7, age), 0.0)
    np.savez(file, x=made.repeats, t=recency, age=age, value=spend.simulate(made.repeats, seed=22))


def likelihood(file: str, name: str, theta: np.ndarray) -> float:  # type: ignore[type-arg]
    """The log-likelihood at these parameters, by one implementation for both sides: lifetimes scales its own."""
    with np.load(file) as data:
        x, t, age, value = (data[column] for column in ("x", "t", "age", "value"))
    if name == "Gamma-Gamma":
        kept = np.flatnonzero(x > 0)
        one_each, zero = np.ones(len(kept)), np.zeros(len(kept), np.int64)
        rows = Rows(x[kept], value[kept], one_each, one_each, zero, np.zeros((1, 0)), zero)
        return float(of_spending(rows, theta)[0])
    rows = Rows.of(PurchaseSummary(np.arange(len(x)), x, t, age))
    return float(MODELS[name]._likelihood(rows, theta)[0])


if __name__ == "__main__":
    serve(work, BEGAN)
