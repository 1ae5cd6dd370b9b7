"""How good the recommendations would have been: the last purchase day of each customer is held out and recommended for.

Settings are chosen inside what is left, so that the measured days had no part in any choice. For a customer the trend is that
of the days before the held-out one; similarity is learned from all customers' earlier days, as peers are measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp

from regulars.prediction.recommend.held_out import (
    Accuracy,
    HeldOut,
    accuracy,
    hold_out_from,
    hold_out_last_day,
)
from regulars.prediction.recommend.interactions import Interactions
from regulars.prediction.recommend.lists import Kind, lists_of
from regulars.prediction.recommend.model import Recommender, fit
from regulars.prediction.recommend.plain_rules import plain_rules
from regulars.prediction.recommend.ranking import Ranked
from regulars.prediction.recommend.rhythm import rhythm_of
from regulars.prediction.recommend.scoring import Scene
from regulars.prediction.recommend.settings import Settings
from regulars.prediction.recommend.similar import LIMIT
from regulars.prediction.recommend.trend import sales_as_of

_CUSTOMERS_AT_ONCE = 1_000


@dataclass(frozen=True)
class BackTest:
    """Accuracy of each list: `mixed` against everything bought on the held-out day, `again` against what had been bought
    before, `discover` against what had not. `settings` are those that were chosen. `rules`: the same by what needs no
    learning, where it was asked for: `popular` and `often` (what the customer bought most often, then what is popular), each
    under the list's name: `popular_mixed`, `often_mixed`, `often_again`, `popular_discover`."""

    mixed: Accuracy
    again: Accuracy
    discover: Accuracy
    settings: Settings
    rules: Mapping[str, Accuracy] = field(default_factory=dict)


def back_test(
    given: Interactions,
    *,
    cut: int | None = None,
    settings: Settings | None = None,
    k: int = 10,
    limit: int = LIMIT,
    threads: int = 1,
    most: int | None = None,
    with_rules: bool = False,
) -> BackTest:
    """Measure the recommender on the last purchase day of each customer in `given`; see the module.

    `cut` (days since 1970-01-01): measure on each customer's first purchase day from it on instead, with everything from it
    on taken out for everybody; stricter, and what the next weeks would have brought. `most`: measure on so many customers,
    evenly spread. `with_rules`: measure popularity and personal frequency beside it.
    """
    held = hold_out_last_day(given) if cut is None else hold_out_from(given, cut)
    model = fit(held.train, settings=settings, limit=limit, threads=threads)
    held = held if most is None else held.some(most)
    known = sp.csr_array(held.truth - held.new)
    known.eliminate_zeros()
    truths: dict[Kind, sp.csr_array] = {"mixed": held.truth, "again": known, "discover": held.new}
    found = {kind: accuracy(ranked_for(model, held, kind, k), truth, k) for kind, truth in truths.items()}
    rules = plain_rules(held, known, k) if with_rules else {}
    return BackTest(found["mixed"], found["again"], found["discover"], model.settings, rules)


def ranked_for(model: Recommender, held: HeldOut, kind: Kind, k: int = 10) -> Ranked:
    """The list of each held-out customer as of the held-out day; `row` is the row of `held.truth`."""
    rhythm = rhythm_of(held.train, model.waits)
    parts: list[Ranked] = []
    for start in range(0, len(held.rows), _CUSTOMERS_AT_ONCE):
        stop = start + _CUSTOMERS_AT_ONCE
        moments, moment = np.unique(held.days[start:stop], return_inverse=True)
        sales = sales_as_of(held.train, moments)
        scene = Scene(held.train, held.rows[start:stop], held.days[start:stop], sales, moment)
        ranked = lists_of(model, scene, rhythm, [kind], k)[0].ranked
        parts.append(replace(ranked, row=ranked.row + start))
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Ranked(nothing, nothing, nothing, np.zeros(0))
    columns = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "rank", "item", "score")
    )
    return Ranked(*columns)
