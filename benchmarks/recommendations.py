"""Recommendations on the real shop: the last purchase day of each customer is held out. Ours next to popularity, personal
frequency and `implicit` (BM25, ALS), which runs in an environment of its own.

`python -m benchmarks.recommendations [--data FOLDER]`
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from benchmarks.harness import environment, publish, run, table
from benchmarks.retail_lines import purchases
from regulars.prediction.recommend import BackTest, Interactions, back_test
from regulars.prediction.recommend.held_out import (
    Accuracy,
    HeldOut,
    accuracy,
    hold_out_from,
    hold_out_last_day,
)
from regulars.prediction.recommend.ranking import Ranked, best_of_dense

GOALS = {"all": (0.265, 0.263), "new": (0.085, 0.077)}
_AT_ONCE, _K = 500, 10
_LAST_WEEKS = 90  # days before the end of the data: where the stricter measure cuts


def main(folder: Path) -> None:
    """Measure and write the table."""
    given = purchases()
    held = hold_out_last_day(given)
    began, worked = time.perf_counter(), time.process_time()
    ours = back_test(given)
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    rows = [_row(name, *both) for name, both in {**_simple(held), **_implicit(folder, held)}.items()]
    rows.append(_row("**Regulars**, settings chosen on earlier days", ours.mixed, ours.discover))
    rows.append(("goal", *(f"{value:.3f}" for pair in GOALS.values() for value in pair)))
    publish("recommendations", _text(given, held, ours, rows, seconds, work))


def _text(
    given: Interactions,
    held: HeldOut,
    ours: BackTest,
    rows: list[tuple[object, ...]],
    seconds: float,
    work: float,
) -> str:
    header = ("model", "recall@10, all", "NDCG@10, all", "recall@10, new", "NDCG@10, new")
    cut = given.as_of - _LAST_WEEKS
    strict = back_test(given, cut=cut)
    apart = hold_out_from(given, cut)
    stricter = [_row(name, *both) for name, both in _simple(apart).items()]
    stricter.append(_row("**Regulars**", strict.mixed, strict.discover))
    return "\n\n".join(
        (
            f"{len(held.rows):,} customers with a purchase day before their last, {len(given.products):,} products, "
            f"{held.train.bought().nnz:,} customer-product pairs before it, {held.truth.sum() / len(held.rows):.1f} products on it.",
            table(header, rows),
            f"In brackets: standard error over customers. 'Buy again' alone, among products bought before: {_cell(ours.again)}, "
            f"NDCG {ours.again.ndcg:.3f}. Choosing all settings, learning and listing took {seconds:.0f} s "
            f"({work:.0f} s of one processor). Chosen: {_chosen(ours)}.",
            f"Stricter: everything from {np.datetime64(cut, 'D')} on taken out for everybody, the first purchase day after it is "
            f"the truth ({len(apart.rows):,} customers).",
            table(header, stricter),
        )
    )


def _chosen(ours: BackTest) -> str:
    plain = {name: value for name, value in ours.settings.to_dict().items() if not isinstance(value, dict)}
    leans = {name: getattr(ours.settings, name) for name in ("again", "discover", "mixed")}
    words = [f"{name} {value:g}" for name, value in plain.items()]
    return ", ".join([*words, *(f"{name} trend {lean.rise:g}/{lean.fade:g}" for name, lean in leans.items())])


def _row(name: str, whole: Accuracy, new: Accuracy) -> tuple[object, ...]:
    return (name, _cell(whole), f"{whole.ndcg:.4f}", _cell(new), f"{new.ndcg:.4f}")


def _cell(found: Accuracy) -> str:
    return f"{found.recall:.4f} ({found.standard_error:.4f})"


def _simple(held: HeldOut) -> dict[str, tuple[Accuracy, Accuracy]]:
    """Popularity (buyers of a product) and personal frequency (days with the product, popularity where equal)."""
    train = held.train
    buyers = np.asarray(train.bought().sum(axis=0), dtype=np.float64)
    often = train.weighted(np.ones(len(train)), held.rows)
    seen = train.bought(held.rows)
    rows = {"popularity": 0.0, "personal frequency": 1.0}
    return {name: _both(held, seen, often * weight, buyers * 1e-6) for name, weight in rows.items()}


def _both(
    held: HeldOut, seen: sp.csr_array, own: sp.csr_array, common: np.ndarray
) -> tuple[Accuracy, Accuracy]:
    whole, fresh = [], []
    for start in range(0, len(held.rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        scores = own[part].toarray() + common
        whole.append(best_of_dense(scores, _K))
        scores[seen[part].toarray() > 0] = -np.inf
        fresh.append(best_of_dense(scores, _K))
    return accuracy(_joined(whole), held.truth), accuracy(_joined(fresh), held.new)


def _joined(parts: list[Ranked]) -> Ranked:
    rows = np.concatenate([part.row + at * _AT_ONCE for at, part in enumerate(parts)])
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in ("rank", "item", "score"))
    return Ranked(rows, *columns)


def _implicit(folder: Path, held: HeldOut) -> dict[str, tuple[Accuracy, Accuracy]]:
    """The lists of `implicit`, judged by the same measure; nothing where it cannot be installed."""
    python = peer_python(folder)
    if python is None:
        return {}
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "train.npz"
        # Customers whose only day was taken out teach nothing, so that all who are left are those asked about.
        days = held.train.weighted(np.ones(len(held.train)), held.rows)
        np.savez(file, data=days.data, indptr=days.indptr, indices=days.indices, shape=days.shape)
        run("implicit_models", str(file), place, python=python)
        found = {}
        for name in ("BM25", "ALS"):
            lists = np.load(Path(place) / f"{name}.npz")
            judged = (accuracy(_ranked(lists["all"]), held.truth), accuracy(_ranked(lists["new"]), held.new))
            found[f"implicit {name}"] = judged
    return found


def _ranked(items: np.ndarray) -> Ranked:
    rows, ranks = np.nonzero(items >= 0)
    return Ranked(rows, ranks + 1, items[rows, ranks].astype(np.int64), np.zeros(len(rows)))


def peer_python(folder: Path) -> str | None:
    """An environment for implicit and mlxtend."""
    return environment(folder, "baskets", ["implicit", "mlxtend", "threadpoolctl"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "regulars-benchmarks")
    main(parser.parse_args().data)
