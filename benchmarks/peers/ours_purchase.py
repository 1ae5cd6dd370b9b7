"""Regulars' purchase models: fit and score, and whatever else is asked for."""

import time

BEGAN = time.perf_counter()

import resource  # noqa: E402 - the clock starts before the imports

import numpy as np  # noqa: E402

from benchmarks.peers.protocol import Answer, ProcessorClock, serve  # noqa: E402
from regulars.prediction import BgNbd, GammaGamma, MbgNbd, ParetoNbd, PurchaseSummary  # noqa: E402

IMPORTS_MB = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
MODELS = {"BG/NBD": BgNbd, "MBG/NBD": MbgNbd, "Pareto/NBD": ParetoNbd}
HORIZON = 26.0  # weeks


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file, the model, then `score` and `bootstrap` if wished."""
    file, name, *more = arguments
    with np.load(file) as data:
        x, t, age, value = (data[column] for column in ("x", "t", "age", "value"))
    clock = ProcessorClock()
    # From plain arrays: checking and collapsing them is part of the work.
    summary = PurchaseSummary(np.arange(len(x)), x, t, age, value)
    model = (GammaGamma if name == "Gamma-Gamma" else MODELS[name]).fit(summary)
    clock.lap("fit")
    answers: dict[str, Answer] = {"parameters": dict(model.parameters), "memory": {"imports": IMPORTS_MB}}
    if "score" in more:
        # From the customers again, as in a process of its own on another day.
        summary = PurchaseSummary(np.arange(len(x)), x, t, age)
        clock.lap("summary")
        expected = model.expected_purchases(summary, HORIZON)
        clock.lap("score expected purchases")
        alive = model.probability_alive(summary)
        clock.lap("score alive")
        answers["scores"] = {"expected": float(expected.sum()), "alive": float(alive.sum())}
    if "bootstrap" in more:
        model.bootstrap(summary, 100, seed=1)
        clock.lap("bootstrap")
    return clock.steps, answers


if __name__ == "__main__":
    serve(work, BEGAN)
