"""Why a score is what it is: exact additive contributions on the log-odds scale, told once a story.

The linear model's terms, TreeSHAP of the boosted one (exact for its trees) and the purchase models' log-odds add up to the
score less its mean in training. Features that say the same are one story: days since the last order, its ratio to the usual
gap and what the purchase models make of both are the customer's rhythm, whichever of them a learner happened to use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from threadpoolctl import threadpool_limits

from regulars.prediction.churn.examples import Known
from regulars.prediction.churn.model import ChurnModel, Scored
from regulars.prediction.churn.odds import Floats
from regulars.prediction.features import FEATURES
from regulars.prediction.stories import NUMBERS, STORIES, Speaker

RHYTHM = "rhythm"
_CHUNK = 100_000


@dataclass(frozen=True, eq=False)
class Reasons:
    """The strongest stories of each customer, strongest first.

    `story` (customers, top): place in `stories`, -1 where there are fewer. `contribution` (customers, top): log-odds that it adds
    to the risk (positive: towards leaving) against the mean customer. `feature`, `value` (customers, top): the feature of the story
    that says most, as a place in `features` (-1: the purchase models), and its value (NaN: not known).
    """

    customer: npt.NDArray[np.int64]
    stories: tuple[str, ...]
    features: tuple[str, ...]
    story: npt.NDArray[np.int64]
    contribution: Floats
    feature: npt.NDArray[np.int64]
    value: Floats
    known: Known

    def words(self, row: int, speaker: Speaker, *, currency: str | None = None) -> tuple[str, ...]:
        """The reasons of the customer in this row, in a language."""
        table = self.known.features.slice(row, 1)
        numbers = {name: v for name, (v,) in table.drop_columns(["cut"]).to_pydict().items() if v is not None}
        told = (self.stories[n] for n in self.story[row] if n >= 0)
        return tuple(STORIES[name](speaker, numbers, currency) for name in told)

    def to_arrow(self) -> pa.Table:
        """One row a customer: `customer`, and for each place `reason_1`, `contribution_1`, ... (null where there are fewer)."""
        columns: dict[str, pa.Array] = {"customer": pa.array(self.customer)}
        names = pa.array([*self.stories, None], pa.string())
        for n in range(self.story.shape[1]):
            columns[f"reason_{n + 1}"] = names.take(pa.array(self.story[:, n] % len(names)))
            columns[f"contribution_{n + 1}"] = pa.array(self.contribution[:, n], mask=self.story[:, n] < 0)
        return pa.table(columns)

    def numbers(self) -> pa.Table:
        """One row a customer: `customer`, and what the texts of `stories.py` read, so that the reasons can be said later."""
        table = self.known.features
        there = {name: table[name].cast(pa.float64()) for name in NUMBERS if name in table.column_names}
        return pa.table({"customer": pa.array(self.customer), **there})


def reasons(
    model: ChurnModel, scored: Scored, *, top: int = 3, rows: Sequence[int] | None = None, threads: int = 1
) -> Reasons:
    """The `top` strongest stories of each customer (or of those in `rows`), whichever way they point."""
    known = scored.known if rows is None else scored.known.take(np.asarray(rows, np.int64))
    sources = _sources(model)
    stories = tuple(dict.fromkeys([*(_story(name) for name in sources), _after_orders(model)]))
    count = len(known.customer)
    found = Reasons(
        known.customer, stories, sources, np.full((count, top), -1, np.int64), np.zeros((count, top)),
        np.full((count, top), -1, np.int64), np.full((count, top), np.nan), known,
    )  # fmt: skip
    if model.serves == "rate":
        return found
    with threadpool_limits(1, user_api="blas"):
        for start in range(0, count, _CHUNK):
            _fill(found, model, slice(start, min(start + _CHUNK, count)), threads)
    return found


def contributions(model: ChurnModel, known: Known, *, threads: int = 1) -> tuple[Floats, Floats]:
    """What adds up to the score less its mean in training: by source column (customers, sources), and by the purchase models (customers,)."""
    count = len(known.customer)
    if model.serves == "rule" and model.rule is not None:
        return np.zeros((count, len(_sources(model)))), model.rule.score(known.own[:, None])
    matrix, base = model.inputs(known)
    columns, own = model.ensemble.parts(matrix, base, threads=threads)
    features = columns[:, : len(model.coding.names)]
    # What the learners read off the purchase models and the simple rule's value belongs to the rhythm as well.
    models = own.sum(axis=1) + columns[:, len(model.coding.names) :].sum(axis=1)
    places = np.array([_sources(model).index(name) for name in model.coding.sources], np.int64)
    found = np.zeros((count, len(_sources(model))))
    np.add.at(found.T, places, features.T)
    return found, models


def without(model: ChurnModel, known: Known, story: str, *, threads: int = 1) -> Floats:
    """The scores (customers,) if this story were typical of everyone: its features at their medians in training."""
    matrix, base = model.inputs(known)
    matrix, base = matrix.copy(), base.copy()
    for place, name in enumerate(model.coding.sources):
        if _story(name) == story:
            typical = model.shape.typical.get(name)
            matrix[:, place] = np.nan if typical is None else typical
    if story == _after_orders(model):
        base[:] = np.asarray(model.ensemble.centre)
        matrix[:, len(model.coding.names) : -1] = base
        matrix[:, -1] = np.median(known.own)
    return model.level + model.ensemble.score(matrix, base, threads=threads)


def _fill(found: Reasons, model: ChurnModel, part: slice, threads: int) -> None:
    known = found.known.take(np.arange(part.start, part.stop))
    by_source, by_models = contributions(model, known, threads=threads)
    place = np.array([found.stories.index(_story(name)) for name in found.features], np.int64)
    sums = np.zeros((len(known.customer), len(found.stories)))
    np.add.at(sums.T, place, by_source.T)
    sums[:, found.stories.index(_after_orders(model))] += by_models
    top = min(found.story.shape[1], sums.shape[1])
    chosen = np.argpartition(-np.abs(sums), top - 1, axis=1)[:, :top]
    size = np.take_along_axis(sums, chosen, axis=1)
    order = np.argsort(-np.abs(size), axis=1, kind="stable")
    chosen, size = np.take_along_axis(chosen, order, axis=1), np.take_along_axis(size, order, axis=1)
    found.story[part, :top] = np.where(size != 0, chosen, -1)
    found.contribution[part, :top] = size
    _name_features(found, part, chosen, by_source, place)


def _name_features(
    found: Reasons,
    part: slice,
    chosen: npt.NDArray[np.int64],
    by_source: Floats,
    place: npt.NDArray[np.int64],
) -> None:
    """The feature that says most in each chosen story, with its value."""
    if by_source.shape[1] == 0:
        return
    values = _values(found.known, found.features, part)
    for n in range(chosen.shape[1]):
        inside = place[None, :] == chosen[:, n, None]
        strength = np.where(inside, np.abs(by_source), -1.0)
        best = strength.argmax(axis=1)
        some = strength[np.arange(len(best)), best] > 0
        found.feature[part, n] = np.where(some, best, -1)
        found.value[part, n] = np.where(some, values[np.arange(len(best)), best], np.nan)


def _values(known: Known, names: tuple[str, ...], part: slice) -> Floats:
    rows = known.features.slice(part.start, part.stop - part.start)
    return np.column_stack([rows[name].cast(pa.float64()).to_numpy() for name in names])


def _after_orders(model: ChurnModel) -> str:
    """The story of the purchase models and of the simple rule: the rhythm of orders, or how long a contract has run."""
    return "contract" if model.contract else RHYTHM


def _sources(model: ChurnModel) -> tuple[str, ...]:
    return model.coding.columns


def _story(name: str) -> str:
    return FEATURES[name].story
