"""The best k of each customer: by partition where scores are dense, by one sort where they are few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regulars.prediction.recommend.interactions import Floats, Integers


@dataclass(frozen=True, eq=False)
class Ranked:
    """The best of each row, in order of row and rank: `item` is what was ranked, `rank` counts from 1."""

    row: Integers
    rank: Integers
    item: Integers
    score: Floats

    def __len__(self) -> int:
        return len(self.row)


def best_of_dense(scores: npt.NDArray[np.floating], k: int) -> Ranked:
    """The k highest of each row of a matrix; minus infinity is never among them. Equals: the earlier column first."""
    rows, columns = scores.shape
    width = min(k, columns)
    if not rows or not width:
        nothing = np.zeros(0, dtype=np.int64)
        return Ranked(nothing, nothing, nothing, np.zeros(0))
    at = np.argpartition(-scores, width - 1, axis=1)[:, :width] if width < columns else _all(rows, columns)
    at = np.sort(at, axis=1)
    found = np.take_along_axis(scores, at, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    found, at = np.take_along_axis(found, order, axis=1), np.take_along_axis(at, order, axis=1)
    kept = np.isfinite(found)
    row, rank = np.nonzero(kept)
    return Ranked(row, rank + 1, at[kept].astype(np.int64), found[kept].astype(np.float64))


def best_of_entries(row: Integers, item: Integers, score: Floats, k: int) -> Ranked:
    """The k highest of each row among entries (row, item, score). Equals: the lower item first."""
    order = np.lexsort((item, -score, row))
    ordered = row[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(np.append(starts, len(ordered)))
    rank = np.arange(len(ordered)) - np.repeat(starts, sizes) + 1
    kept = order[rank <= k]
    return Ranked(row[kept], rank[rank <= k], item[kept], score[kept])


def _all(rows: int, columns: int) -> Integers:
    return np.tile(np.arange(columns, dtype=np.int64), (rows, 1))
