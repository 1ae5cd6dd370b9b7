"""Boosting with small trees (LightGBM), with the exact contributions of TreeSHAP (S. Lundberg et al., 2020).

Small trees and many of them: on the few thousand customers that most shops have, deep ones learn the noise. The settings
are the same for every shop; what grows with the data is how many customers a leaf must hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from regulars.prediction.churn.odds import Floats, log_odds

_SETTINGS: dict[str, Any] = {
    "objective": "binary",
    "num_leaves": 6,
    "learning_rate": 0.04,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "min_gain_to_split": 0.0,
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
_TREES = 200
_CHUNK = 200_000


@dataclass(frozen=True)
class Boosted:
    """A LightGBM model as its own text. Scores are log-odds up to a level: see blend.py."""

    text: str
    columns: int

    @classmethod
    def fit(
        cls, matrix: Floats, left: Floats, groups: npt.NDArray[np.int64], *, seed: int, threads: int = 1
    ) -> Boosted:
        """Fit outcomes (0 or 1) on a matrix (rows, columns) beside the level of each of the `groups` (0, 1, ...)."""
        counts = np.bincount(groups)
        share = (np.bincount(groups, left) + 0.5) / (counts + 1.0)
        leaf = int(np.clip(len(left) // 200, 20, 400))
        settings = _SETTINGS | {"seed": seed, "num_threads": threads, "min_data_in_leaf": leaf}
        data = lgb.Dataset(
            matrix, left, init_score=log_odds(share)[groups], free_raw_data=True, params={"max_bin": 127}
        )
        booster = lgb.train(settings, data, num_boost_round=_TREES)
        return cls(booster.model_to_string(), matrix.shape[1])

    @cached_property
    def _booster(self) -> lgb.Booster:
        return lgb.Booster(model_str=self.text)

    def score(self, matrix: Floats, *, threads: int = 1) -> Floats:
        """The log-odds up to a level, (rows,)."""
        return np.asarray(
            self._booster.predict(matrix, raw_score=True, num_threads=threads), dtype=np.float64
        )

    def parts(self, matrix: Floats, *, threads: int = 1) -> Floats:
        """(rows, columns): what each column adds to the log-odds, against the mean of those it was trained on."""
        found = np.empty((len(matrix), self.columns))
        for start in range(0, len(matrix), _CHUNK):
            rows = slice(start, start + _CHUNK)
            told = np.asarray(self._booster.predict(matrix[rows], pred_contrib=True, num_threads=threads))
            found[rows] = told[:, :-1]
        return found

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "columns": self.columns}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Boosted:
        return cls(given["text"], given["columns"])
