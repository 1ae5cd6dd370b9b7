"""Recommendations of a fitted recommender: for customers, a basket, a product page and somebody unknown.

All answers are Arrow tables with `rank` (from 1), `product`, `score` (a logarithm: higher is better, to be compared within one
answer), `reason` and its numbers (see reasons.py); those for customers also have `customer` and `list`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import scipy.sparse as sp

from regulars.kernel.errors import InputError
from regulars.prediction.recommend.interactions import Flags, Integers, Interactions, positions
from regulars.prediction.recommend.lists import BELOW, KINDS, Found, Kind, because_of, in_chunks
from regulars.prediction.recommend.model import Recommender
from regulars.prediction.recommend.ranking import best_of_dense
from regulars.prediction.recommend.reasons import BOUGHT_BEFORE, BOUGHT_WITH, POPULAR_NOW
from regulars.prediction.recommend.scoring import attraction, discover_scores
from regulars.prediction.recommend.similar import Similarity, cosine_to, in_places

ANSWER = pa.schema(
    [
        ("rank", pa.int32()), ("product", pa.string()), ("score", pa.float64()), ("reason", pa.string()),
        ("times", pa.int32()), ("days_ago", pa.int32()), ("usual_days", pa.int32()), ("because", pa.string()),
    ]
)  # fmt: skip
_MOST_RARE, _NEAREST = 200, 1_000  # products of a basket that cosine looks at, and what it looks among
CUSTOMER_ANSWER = pa.schema([("customer", pa.int64()), ("list", pa.string()), *ANSWER])


def recommend(
    model: Recommender,
    given: Interactions,
    *,
    customers: Sequence[int] | Integers | None = None,
    kinds: Sequence[Kind] = KINDS,
    k: int = 10,
    allowed: Flags | None = None,
) -> pa.Table:
    """The k best products of each list for these customers (default: all), in the columns of `CUSTOMER_ANSWER`.

    `given`: what they bought, over the model's products; `allowed`: see `Filters.allowed`. A
    customer without a purchase gets what is popular now, under `discover` and `mixed`. Beyond the answer itself memory
    does not grow with the number of customers. Raises InputError where the products or their number do not fit.
    """
    _fits(model, given, k, allowed)
    if unknown := set(kinds) - {"again", "discover", "mixed"}:
        raise InputError(f"There is no list '{min(unknown)}'.", do="Ask for again, discover or mixed.")
    wanted = given.customers if customers is None else np.asarray(customers, dtype=np.int64)
    rows = given.rows_of(wanted)
    tables = [
        _of_customers(model, found, given.customers[part])
        for part, lists in in_chunks(model, given, rows[rows >= 0], kinds, k, allowed)
        for found in lists
    ]
    strangers, popular = wanted[rows < 0], for_visitor(model, k=k, allowed=allowed)
    tables += [_to_all(popular, strangers, kind) for kind in kinds if kind != "again" and len(strangers)]
    return pa.concat_tables(tables) if tables else CUSTOMER_ANSWER.empty_table()


def for_basket(
    model: Recommender,
    basket: Sequence[str],
    *,
    k: int = 10,
    allowed: Flags | None = None,
    given: Interactions | None = None,
) -> pa.Table:
    """What goes with a basket, or with the one product of a product page, in the columns of `ANSWER`.

    Products of the basket are not in it; codes that are not known are passed over. Where all of them are too rare for the
    similarity, item cosine over `given` serves. What nothing speaks for comes last, by what is popular now.
    """
    _fits(model, given, k, allowed)
    inside = np.unique(positions(model.products, list(basket)))
    inside = inside[inside >= 0]
    similar, taste = _evidence(model, inside, given)
    scores = np.asarray(model.popular[None, :] - BELOW, dtype=np.float64)
    pull = attraction(taste, similar)
    lean = model.settings.discover
    lively = discover_scores(pull, model.sales.trend(lean.rise, lean.fade)[:, similar.products])
    scores[:, similar.products] = np.where(pull > 0, lively, scores[:, similar.products])
    scores[:, inside] = -np.inf
    if allowed is not None:
        scores[:, ~allowed] = -np.inf
    ranked = best_of_dense(scores, k)
    because = because_of(len(model.products), similar, taste, ranked)
    nothing = np.zeros(len(ranked), dtype=np.int64)
    return pa.table(_columns(model, Found("discover", ranked, nothing, nothing, nothing, because)), ANSWER)


def for_visitor(model: Recommender, *, k: int = 10, allowed: Flags | None = None) -> pa.Table:
    """What is popular now, for somebody of whom nothing is known, in the columns of `ANSWER`."""
    return for_basket(model, (), k=k, allowed=allowed)


def _evidence(
    model: Recommender, inside: Integers, given: Interactions | None
) -> tuple[Similarity, sp.csr_array]:
    """The similarity that serves for this basket, and the basket over its products."""
    place = in_places(model.similar.products, len(model.products))[inside]
    place = place[place >= 0]
    if len(place) or given is None or not len(inside):
        return model.similar, _row(place, len(model.similar.products))
    inside = inside[:_MOST_RARE]
    cosine = cosine_to(given, inside)
    nearest = np.argsort(-np.asarray(cosine.sum(axis=0)), kind="stable")[:_NEAREST]
    near = np.union1d(inside, nearest)
    weights = np.zeros((len(near), len(near)), dtype=np.float32)
    at = in_places(near, len(model.products))
    weights[at[inside]] = cosine[:, near].toarray()
    return Similarity(near, weights, 0), _row(at[inside], len(near))


def _row(place: Integers, size: int) -> sp.csr_array:
    ones = np.ones(len(place), dtype=np.float32)
    return sp.csr_array((ones, place, np.array([0, len(place)])), shape=(1, size))


def _of_customers(model: Recommender, found: Found, customers: Integers) -> pa.Table:
    count = len(found.ranked)
    columns = [
        pa.array(customers[found.ranked.row]),
        pa.array([found.kind]).take(pa.array([0] * count, pa.int32())),
    ]
    return pa.table([*columns, *_columns(model, found)], schema=CUSTOMER_ANSWER)


def _columns(model: Recommender, found: Found) -> list[pa.Array]:
    ranked, because = found.ranked, found.because
    own, drawn = found.times > 0, because >= 0
    reason = np.where(own, BOUGHT_BEFORE, np.where(drawn, BOUGHT_WITH, POPULAR_NOW))
    source = model.products[np.maximum(because, 0)] if len(model.products) else np.zeros(0, dtype=np.str_)
    return [
        pa.array(ranked.rank, pa.int32()),
        pa.array(model.products[ranked.item], pa.string()),
        pa.array(ranked.score, pa.float64()),
        pa.array(reason, pa.string()),
        pa.array(found.times, pa.int32(), mask=~own),
        pa.array(found.days_ago, pa.int32(), mask=~own),
        pa.array(found.usual, pa.int32(), mask=found.usual <= 0),
        pa.array(source, pa.string(), mask=~drawn),
    ]


def _to_all(answer: pa.Table, customers: Integers, kind: Kind) -> pa.Table:
    """The same answer for each of these customers."""
    size = answer.num_rows
    who = pa.array(np.repeat(customers, size), pa.int64())
    rows = answer.take(pa.array(np.tile(np.arange(size), len(customers))))
    columns: list[pa.Array | npt.NDArray[np.generic]] = [who, pa.array([kind] * len(who), pa.string())]
    return pa.table([*columns, *rows.columns], schema=CUSTOMER_ANSWER)


def _fits(model: Recommender, given: Interactions | None, k: int, allowed: Flags | None) -> None:
    if k < 1:
        raise InputError(f"{k} recommendations cannot be made.", where="k", do="Ask for one or more.")
    if given is not None and not np.array_equal(given.products, model.products):
        raise InputError(
            "The purchases are over other products than the recommender learned from.",
            where="given",
            do="Fit it again from these purchases, or pass given.over(model.products).",
        )
    if allowed is not None and len(allowed) != len(model.products):
        raise InputError(
            f"{len(allowed)} flags for {len(model.products)} products.", where="allowed",
            do="Make them with Filters.allowed from the recommender's products.",
        )  # fmt: skip
