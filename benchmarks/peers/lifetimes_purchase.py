"""The purchase models of `lifetimes`, as its documentation uses them. Runs in an environment of its own."""

import time

BEGAN = time.perf_counter()

import warnings  # noqa: E402 - the clock starts before the imports

import lifetimes  # noqa: E402
import numpy as np  # noqa: E402

from benchmarks.peers.protocol import Answer, ProcessorClock, serve  # noqa: E402

MODELS = {
    "BG/NBD": lifetimes.BetaGeoFitter,
    "MBG/NBD": lifetimes.ModifiedBetaGeoFitter,
    "Pareto/NBD": lifetimes.ParetoNBDFitter,
}
HORIZON = 26.0  # weeks


def work(arguments: list[str]) -> tuple[dict[str, float], dict[str, Answer]]:
    """Arguments: the file, the model, then `score` if wished."""
    warnings.simplefilter("ignore")  # it was written for an older NumPy and pandas
    file, name, *more = arguments
    with np.load(file) as data:
        x, t, age, value = (data[column] for column in ("x", "t", "age", "value"))
    clock = ProcessorClock()
    if name == "Gamma-Gamma":
        back = x > 0
        fitter = lifetimes.GammaGammaFitter()
        fitter.fit(x[back], value[back])
    else:
        fitter = MODELS[name]()
        fitter.fit(x, t, age)
    clock.lap("fit")
    answers: dict[str, Answer] = {"parameters": {name: float(v) for name, v in fitter.params_.items()}}
    if "score" in more:
        expected = fitter.conditional_expected_number_of_purchases_up_to_time(HORIZON, x, t, age)
        clock.lap("score expected purchases")
        alive = fitter.conditional_probability_alive(x, t, age)
        clock.lap("score alive")
        answers["scores"] = {"expected": float(np.sum(expected)), "alive": float(np.sum(alive))}
    return clock.steps, answers


if __name__ == "__main__":
    serve(work, BEGAN)
