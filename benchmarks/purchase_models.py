"""Purchase models on made-up customers against `lifetimes`, which is the library that people use: fit, score, bootstrap.

Seconds are those of the processor: both sides use one core, and what else the machine does counts for neither.

`python -m benchmarks.purchase_models` takes about ten minutes, most of them the Pareto/NBD of lifetimes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.harness import Measured, Ratio, pairs, publish, run, table
from benchmarks.report_figures import lifetimes_python

MEMORY_GOAL_MB = 300
SCORE_GOAL = 0.5  # seconds for a million customers


def customers(folder: Path, n: int) -> str:
    """A file of n customers."""
    file = folder / f"purchases_{n}.npz"
    if not file.exists():
        run("purchase_data", "make", str(file), str(n))
    return str(file)


def main(folder: Path, n: int, times: int) -> None:
    """Measure against lifetimes and write the table."""
    folder.mkdir(parents=True, exist_ok=True)
    python = lifetimes_python(folder)
    if python is None:
        raise SystemExit("lifetimes is the peer of this benchmark; without it there is nothing to measure.")
    million, tenth = customers(folder, n), customers(folder, n // 10)
    rows: list[tuple[object, ...]] = []
    beta = pairs(
        ["ours_purchase", million, "BG/NBD", "score"], ["lifetimes_purchase", million, "BG/NBD", "score"],
        count=times, python=python,
    )  # fmt: skip
    rows.append(_fit_row("BG/NBD", million, n, beta, "at least 10 times faster"))
    for name in ("MBG/NBD", "Gamma-Gamma"):
        found = pairs(
            ["ours_purchase", million, name], ["lifetimes_purchase", million, name], count=1, python=python
        )
        rows.append(_fit_row(name, million, n, found, "told only"))
    pareto = pairs(
        ["ours_purchase", tenth, "Pareto/NBD"],
        ["lifetimes_purchase", tenth, "Pareto/NBD"],
        count=1,
        python=python,
    )
    rows.append(_fit_row("Pareto/NBD", tenth, n // 10, pareto, "at least 150 times faster"))
    own = [_alone(n, million, beta), *_large(folder, n)]
    publish("purchase_models", _text(n, times, rows, own, beta))


def _fit_row(name: str, file: str, n: int, found: Ratio, goal: str) -> tuple[object, ...]:
    ratio = median(b.steps["fit"] / a.steps["fit"] for a, b in zip(found.ours, found.theirs, strict=True))
    ours, theirs = (median(one.steps["fit"] for one in side) for side in (found.ours, found.theirs))
    ours_at, theirs_at = (_likelihood(name, file, one[0]) for one in (found.ours, found.theirs))
    gain = ours_at - theirs_at
    if gain < -0.01:
        raise SystemExit(
            f"{name}: the likelihood of ours is {-gain:.3f} lower, so the times cannot be compared."
        )
    return (
        name, f"{n:,}", f"{ours:.2f} s", f"{theirs:.1f} s", f"{max(one.peak_mb for one in found.ours):,.0f} MB",
        f"{max(one.peak_mb for one in found.theirs):,.0f} MB", f"{gain:+.2f}", goal, f"**{ratio:.0f}**",
    )  # fmt: skip


def _alone(n: int, file: str, beta: Ratio) -> str:
    """The Pareto/NBD on all customers beside the BG/NBD, and a hundred refits beside one fit, in the same processes."""
    lines = []
    for name in ("BG/NBD", "Pareto/NBD"):
        found = run("ours_purchase", file, name, "score", "bootstrap")
        refits = found.steps["bootstrap"] / found.steps["fit"]
        lines.append(
            f"{name}, {n:,} customers: fit {found.steps['fit']:.2f} s, 100 bootstrap refits {found.steps['bootstrap']:.0f} s "
            f"= **{refits:.0f} fits** (goal: at most 60), peak memory {found.peak_mb:,.0f} MB (goal for the fit: under {MEMORY_GOAL_MB})."
        )
        if name == "Pareto/NBD":
            fits = [
                run("ours_purchase", file, kind) for kind in ("BG/NBD", "Pareto/NBD", "BG/NBD", "Pareto/NBD")
            ]
            ratio = sum(one.steps["fit"] for one in fits[1::2]) / sum(one.steps["fit"] for one in fits[::2])
            lines.append(
                f"The Pareto/NBD's fit takes **{ratio:.1f} times** the BG/NBD's (goal: at most 4), "
                f"with a peak of {max(one.peak_mb for one in fits):,.0f} MB."
            )
    return "\n".join(lines)


def _large(folder: Path, n: int) -> list[str]:
    found = run("ours_purchase", customers(folder, 10 * n), "BG/NBD", "score")
    scoring = found.steps["score expected purchases"] + found.steps["score alive"]
    return [
        f"{10 * n:,} customers, BG/NBD: fit {found.steps['fit']:.1f} s, scores {scoring:.1f} s, "
        f"peak memory {found.peak_mb:,.0f} MB, of which {10 * n * 8 * 5 / 2**20:,.0f} MB are the customers themselves."
    ]


def _text(n: int, times: int, rows: list[tuple[object, ...]], own: list[str], beta: Ratio) -> str:
    header = ("fit", "customers", "ours", "lifetimes", "our memory", "its memory", "our likelihood over its", "goal", "times faster")  # fmt: skip
    scores = []
    for step in ("score expected purchases", "score alive"):
        ours, theirs = (median(one.steps[step] for one in side) for side in (beta.ours, beta.theirs))
        goal = max(SCORE_GOAL, theirs / 2)
        scores.append(
            (step.removeprefix("score "), f"{ours:.2f} s", f"{theirs:.2f} s", f"at most {goal:.2f} s")
        )
    wrong = [
        name
        for name, value in beta.theirs[0].answers["scores"].items()
        if abs(beta.ours[0].answers["scores"][name] / value - 1) > 1e-3
    ]
    if wrong:
        raise SystemExit(f"the scores differ: {wrong}")
    return "\n\n".join(
        (
            f"{n:,} made-up customers of one week to two years, BG/NBD with the parameters of CDNOW; {times} pairs for the BG/NBD. Seconds of the processor.",
            table(header, rows),
            f"Scores of {n:,} customers from their arrays, 26 weeks ahead:",
            table(("score", "ours", "lifetimes", "goal"), list(scores)),
            *own,
            f"Of our memory {beta.ours[0].answers['memory']['imports']:,.0f} MB are there once the models are imported, before "
            "any customer.",
        )
    )


def _likelihood(name: str, file: str, one: Measured) -> float:
    """The log-likelihood at the estimates of either side."""
    found = run("purchase_data", "likelihood", file, name, json.dumps(one.answers["parameters"]))
    return float(found.answers["likelihood"]["value"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.purchase_models", description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    given = parser.parse_args()
    main(given.data, given.customers, given.pairs)
