"""Models for any table with a label: contracts with their attributes, accounts with usage, whatever a company keeps.

The same learners and the same blend as for orders, judged out of fold; no purchase models and no season. Resampling to even
out the classes is not done: it ruins the probabilities and, done before the folds are cut, only seems to help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

from regulars.kernel.errors import InputError
from regulars.prediction.churn.drift import Shape
from regulars.prediction.churn.ensemble import Ensemble, Examples, Unseen, choose, learn, unseen
from regulars.prediction.churn.matrix import Coding
from regulars.prediction.churn.measures import auc
from regulars.prediction.churn.model import FORMAT, Member
from regulars.prediction.churn.odds import Floats, chance, level_for, log_loss

FOLDS = 5
_FEWEST = 10  # rows of either outcome


@dataclass(frozen=True)
class LabelledModel:
    """Predicts a label from a table's columns. Made by `fit_labelled`. `share`: how many had the label in training."""

    label: str
    coding: Coding
    ensemble: Ensemble
    level: float
    share: float
    rows: int
    members: tuple[Member, ...]
    shape: Shape

    def predict(self, table: pa.Table, *, threads: int = 1) -> Floats:
        """P(label) of each row. Raises InputError where a column is missing."""
        return chance(self.score(table, threads=threads))

    def score(self, table: pa.Table, *, threads: int = 1) -> Floats:
        """Its log-odds."""
        if not self.ensemble.members or table.num_rows == 0:
            return np.full(table.num_rows, self.level)
        matrix = self.coding.matrix(table)
        with threadpool_limits(1, user_api="blas"):
            return self.ensemble.score(matrix, np.zeros((len(matrix), 0)), threads=threads) + self.level

    def parts(self, table: pa.Table, *, threads: int = 1) -> Floats:
        """(rows, columns of the table in `coding`): what each adds to the log-odds, against the mean of training."""
        matrix = self.coding.matrix(table)
        with threadpool_limits(1, user_api="blas"):
            found, _ = self.ensemble.parts(matrix, np.zeros((len(matrix), 0)), threads=threads)
        sources = np.array(self.coding.sources)
        columns = [found[:, sources == name].sum(axis=1) for name in self.coding.columns]
        return np.column_stack([np.zeros((len(matrix), 0)), *columns])

    def to_dict(self) -> dict[str, Any]:
        """The model as plain numbers and texts, for JSON."""
        return {
            "format": FORMAT, "label": self.label, "coding": self.coding.to_dict(), "ensemble": self.ensemble.to_dict(),
            "level": self.level, "share": self.share, "rows": self.rows, "members": [vars(one) for one in self.members],
            "shape": self.shape.to_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> LabelledModel:
        """The model that `to_dict` told. Raises InputError for another format."""
        if given.get("format") != FORMAT or "label" not in given:
            raise InputError(f"This is no model of a label, format {FORMAT}.", do="Fit it again.")
        return cls(
            given["label"], Coding.from_dict(given["coding"]), Ensemble.from_dict(given["ensemble"]), given["level"],
            given["share"], given["rows"], tuple(Member(**one) for one in given["members"]), Shape.from_dict(given["shape"]),
        )  # fmt: skip


def fit_labelled(
    table: pa.Table,
    label: str,
    *,
    positive: object = None,
    leave_out: Sequence[str] = (),
    seed: int = 0,
    threads: int = 1,
) -> LabelledModel:
    """Learn P(label) from all other columns, numbers or texts. Rows without a label are left out.

    `positive`: the value that counts as left, for a label that is no flag or 0/1. `leave_out`: columns that are not to be
    used, such as identifiers and what is known only afterwards. Raises InputError for a missing or unusable label.
    """
    left, rows = _outcomes(table, label, positive)
    table = table.filter(pa.array(rows))
    columns = [name for name in table.column_names if name not in (label, *leave_out)]
    coding = Coding.of(table, columns)
    share = float((left.sum() + 0.5) / (len(left) + 1))
    level = float(np.log(share / (1 - share)))
    matrix = coding.matrix(table)
    if min(left.sum(), len(left) - left.sum()) < _FEWEST or matrix.shape[1] == 0:
        nothing = Ensemble(None, None, (), (), ())
        shape = Shape.of(table, coding.columns, np.full(len(left), level))
        return LabelledModel(label, coding, nothing, level, share, len(left), (), shape)
    none = np.zeros((len(left), 0))
    examples = Examples(matrix, none, matrix[:, 0], left, np.zeros(len(left), np.int64), _folds(left, seed))
    with threadpool_limits(1, user_api="blas"):
        judged = unseen(examples, (), seed=seed, threads=threads)
        weights = choose(judged.scores, judged.left, judged.groups)
        ensemble = replace(learn(examples, (), seed=seed, threads=threads), weights=tuple(weights.tolist()))
        # The level of unseen rows: learners are surer of the rows that they were fitted to.
        level = level_for(judged.scores @ weights, share)
        shape = Shape.of(table, coding.columns, judged.scores @ weights + level)
        return LabelledModel(
            label, coding, ensemble, level, share, len(left), _members(judged, weights), shape
        )


def _outcomes(table: pa.Table, label: str, positive: object) -> tuple[Floats, npt.NDArray[np.bool_]]:
    if label not in table.column_names:
        raise InputError(
            f"The table has no column '{label}'.",
            where="label",
            do=f"It has: {', '.join(table.column_names)}.",
        )
    column = table[label]
    if positive is not None:
        found = _equal(column, positive, label)
    elif pa.types.is_boolean(column.type):
        found = column
    else:
        values = set(pc.unique(column).to_pylist()) - {None}
        if not values <= {0, 1}:
            some = ", ".join(sorted(map(str, values))[:5])
            raise InputError(
                f"The label '{label}' holds {some}.", where=label, do="Say which value is meant: positive=..."
            )
        found = pc.equal(column, 1)
    known = np.asarray(found.is_valid().to_numpy(), dtype=np.bool_)
    if not known.any():
        raise InputError(f"No row has a label in '{label}'.", where=label)
    return pc.fill_null(found, False).to_numpy()[known].astype(np.float64), known


def _equal(column: pa.ChunkedArray, positive: object, label: str) -> pa.ChunkedArray:
    """Which rows hold a value, however a flag or a number of it is written. Raises InputError where none does."""
    kind = column.type
    if pa.types.is_boolean(kind):
        word = str(positive).lower()
        found = pc.equal(column.cast(pa.string()), {"1": "true", "0": "false"}.get(word, word))
    elif isinstance(positive, int | float) and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        found = pc.equal(column, float(positive))
    else:
        found = pc.equal(column.cast(pa.string()), str(positive))
    if not pc.any(found).as_py():
        some = ", ".join(str(value) for value in pc.unique(column).to_pylist()[:5] if value is not None)
        raise InputError(
            f"No row holds {positive!r} in '{label}'.", where=label, do=f"Give one of its values: {some}."
        )
    return found


def _folds(left: Floats, seed: int) -> npt.NDArray[np.int64]:
    """Folds with about the same share of each outcome."""
    generator = np.random.default_rng(seed)
    order = np.lexsort((generator.random(len(left)), left))
    folds = np.empty(len(left), np.int64)
    folds[order] = np.arange(len(left)) % FOLDS
    return folds


def _members(judged: Unseen, weights: Floats) -> tuple[Member, ...]:
    rows = [("blend", judged.blended(), None)]
    rows += [(name, judged.scores[:, n], float(weights[n])) for n, name in enumerate(judged.members)]  # type: ignore[misc]
    return tuple(
        Member(name, log_loss(judged.levelled(score), judged.left), auc(score, judged.left), weight)
        for name, score, weight in rows
    )
