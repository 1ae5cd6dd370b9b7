"""What the models expect of each customer: orders, money with its interval, and when the next order is due.

The interval is that of what a customer will spend within the horizon: whether and when the customer drops out, how many
orders there will be, how much each is worth given what is known of the customer, and that the purchase model's parameters
are estimates (draws from their normal distribution on the logarithms). It does not cover that the spending model's
parameters are estimates (little, beside the rest), nor that the future may be of another kind than the past. Given
that a customer is alive, all of this depends on (x, T) alone, and money scales with gamma + x m, so draws are made for the
different (x, T) only. The discount within a draw is the mean one over the time that the customer stays.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.prediction.history import PurchaseSummary
from regulars.prediction.purchase import BgBb, GammaGamma, PurchaseModel
from regulars.prediction.purchase.fitted import design_of
from regulars.prediction.purchase.model import Alive
from regulars.prediction.purchase.rows import Rows, at

Floats = npt.NDArray[np.float64]

YEAR = 365.0  # days
_DUE_WITHIN = 2 * YEAR
_DRAWS, _SETS = 400, 20  # draws for each (x, T), of so many sets of parameters
_CHUNK = 1_000_000
_BLOCK = 2048
_PIECE, _WORTHLESS = (
    2.0,
    40.0,
)  # discounts, as minus their logarithm: of a piece of the horizon; that nothing is left after


@dataclass(frozen=True)
class Terms:
    """Over which horizon (days), at which yearly discount rate (0.1: money in a year is worth 1/1.1), at which level."""

    horizon_days: float = YEAR
    yearly_rate: float = 0.10
    level: float = 0.80

    def __post_init__(self) -> None:
        if not (np.isfinite(self.horizon_days) and self.horizon_days > 0):
            raise InputError(f"A horizon of {self.horizon_days} days is none.")
        if not 0 <= self.yearly_rate < 10:
            raise InputError(f"A yearly rate of {self.yearly_rate} is none.", do="Give 0.1 for ten per cent.")
        if not 0 < self.level < 1:
            raise InputError(f"A level of {self.level} is not between 0 and 1.")


@dataclass(frozen=True, eq=False)
class Outlook:
    """One entry a customer. `orders` and `discounted` (orders, each at its discount) within the horizon; `residual`:
    discounted orders for ever (NaN without a discount); `low`, `high`: money within the horizon; `due_days`: until half
    of such customers have ordered, infinite where that takes more than two years. NaN money where spending is not known.
    """

    alive: Floats
    buys: Floats
    orders: Floats
    discounted: Floats
    residual: Floats
    value: Floats
    low: Floats
    high: Floats
    due_days: Floats


def outlook(
    summary: PurchaseSummary, model: PurchaseModel, spend: GammaGamma | None, terms: Terms, *, seed: int
) -> Outlook:
    """The outlook of every customer of a summary, a million at a time. Raises InputError for models that count
    opportunities, whose horizon is no time."""
    if isinstance(model, BgBb) or model.covariates:
        raise InputError(
            "Lifetime value is computed from models in continuous time without covariates.",
            do="Use the BG/NBD, the MBG/NBD or the Pareto/NBD.",
        )
    parts = []
    for start in range(0, max(len(summary), 1), _CHUNK):
        parts.append(_outlook(summary.take(slice(start, start + _CHUNK)), model, spend, terms, seed + start))
    return Outlook(*(np.concatenate([getattr(one, f.name) for one in parts]) for f in fields(Outlook)))


def _outlook(
    summary: PurchaseSummary, model: PurchaseModel, spend: GammaGamma | None, terms: Terms, seed: int
) -> Outlook:
    rows, theta = model.rows(summary)
    pairs = model.alive_pairs(rows, theta)
    horizon = terms.horizon_days / model.unit_days
    delta = float(np.log1p(terms.yearly_rate)) * model.unit_days / YEAR
    alive = model.alive_at_end(rows, theta)
    at_pair = rows.by_x_age.index
    given = (
        model.buys_if_alive(pairs, np.array([horizon])),
        model.expected_if_alive(pairs, np.array([horizon])),
        discounted(model, pairs, horizon, delta),
        residual(model, pairs, delta),
    )
    buys, orders, faded, for_ever = ((alive * one[at_pair])[rows.inverse] for one in given)
    due = model.waiting(rows, theta, 0.5, _DUE_WITHIN / model.unit_days) * model.unit_days
    unknown = np.full(len(summary), np.nan)
    value, low, high = unknown, unknown, unknown
    if spend is not None:
        value = spend.expected_value(summary)
        low, high = _interval(model, rows, spend, horizon, delta, terms.level, seed)
        _, rate = spend.scale_of(summary)
        low, high = low[rows.inverse] * rate, high[rows.inverse] * rate
    return Outlook(alive[rows.inverse], buys, orders, faded, for_ever, value, low, high, due[rows.inverse])


def discounted(model: PurchaseModel, pairs: Alive, horizon: float, delta: float) -> Floats:
    """E[sum of exp(-delta u) over the purchases at u in (0, horizon]] of customers who are alive.

    By parts from the expectation E(u): exp(-delta h) E(h) + delta * integral of exp(-delta u) E(u), by Gauss-Legendre, piece
    by piece where the discount falls far within the horizon, and no farther than money is worth anything.
    """
    end = min(horizon, _WORTHLESS / delta) if delta else horizon
    pieces = max(1, int(np.ceil(delta * end / _PIECE)))
    nodes, weights = np.polynomial.legendre.leggauss(8)
    times = (np.arange(pieces)[:, None] + (nodes + 1) / 2).ravel() * (end / pieces)
    weights = np.tile(weights, pieces) * (end / pieces / 2)
    found = np.exp(-delta * horizon) * model.expected_if_alive(pairs, np.array([horizon]))
    for time, weight in zip(times, weights, strict=True):
        found = found + delta * weight * np.exp(-delta * time) * model.expected_if_alive(
            pairs, np.array([time])
        )
    return np.asarray(found, np.float64)


def residual(model: PurchaseModel, pairs: Alive, delta: float) -> Floats:
    """The same without an end (P. S. Fader and B. G. S. Hardie's DERT), by Gauss-Laguerre; NaN without a discount."""
    if delta == 0:
        return np.full(len(pairs.x), np.nan)
    nodes, weights = np.polynomial.laguerre.laggauss(24)
    found = np.zeros(len(pairs.x))
    for node, weight in zip(nodes, weights, strict=True):
        found += weight * model.expected_if_alive(pairs, np.array([node / delta]))
    return found


def _interval(
    model: PurchaseModel, rows: Rows, spend: GammaGamma, horizon: float, delta: float, level: float, seed: int
) -> tuple[Floats, Floats]:
    """Lower and upper end for each row, in units of gamma + x m."""
    chance = np.random.default_rng(seed)
    sets = parameter_sets(model, rows, chance)
    alive = np.mean([model.alive_at_end(rows, theta) for theta in sets], axis=0)
    axis = rows.by_x_age
    order = np.argsort(axis.index)
    ranked = axis.index[order]
    low, high = np.zeros(len(rows)), np.zeros(len(rows))
    for start in range(0, len(axis.x), _BLOCK):
        block = slice(start, start + _BLOCK)
        money = _money(model, axis.x[block], axis.time[block], sets, spend, horizon, delta, chance)
        own = order[slice(*np.searchsorted(ranked, (start, start + _BLOCK)))]
        for end, found in (((1 - level) / 2, low), ((1 + level) / 2, high)):
            found[own] = _mixed_quantile(money, axis.index[own] - start, alive[own], end)
    return low, high


def parameter_sets(model: PurchaseModel, rows: Rows, chance: np.random.Generator) -> list[Floats]:
    """Parameters (k, 1) as they might be as well: normal draws on the logarithms."""
    values, directions = np.linalg.eigh(np.array(model.covariance))
    root = directions * np.sqrt(np.maximum(values, 0.0))
    design = design_of(type(model), rows, ())
    return [design.theta(model.vector + root @ chance.standard_normal(len(values))) for _ in range(_SETS)]


def _money(
    model: PurchaseModel, x: Floats, age: Floats, sets: list[Floats], spend: GammaGamma, horizon: float,
    delta: float, chance: np.random.Generator,
) -> Floats:  # fmt: skip
    """Draws (pairs, draws), sorted, of discounted money in units of gamma + x m, of customers who are alive."""
    p, q, _ = spend.parameters.values()
    each = _DRAWS // len(sets)
    many_x, many_age = np.tile(x, each), np.tile(age, each)
    found = []
    for theta in sets:
        own = np.stack([at(one, np.zeros(1, np.int64)) for one in theta])
        orders, stays = model.drawn_if_alive(Alive(many_x, many_age, own), horizon, chance)
        amounts = np.where(orders > 0, chance.gamma(np.maximum(p * orders, 1e-9)), 0.0)
        amounts /= np.maximum(chance.gamma(q + p * many_x), 1e-300)
        faded = delta * np.maximum(stays, 0.0)
        fade = np.where(faded > 1e-12, -np.expm1(-faded) / np.maximum(faded, 1e-12), 1.0)
        found.append((amounts * fade).reshape(each, len(x)))
    return np.sort(np.concatenate(found).T, axis=1)


def _mixed_quantile(draws: Floats, pair: npt.NDArray[np.int64], alive: Floats, share: float) -> Floats:
    """The quantile of zero with probability 1 - alive, and else of the pair's sorted draws."""
    inside = np.divide(share - (1 - alive), alive, out=np.zeros_like(alive), where=alive > 0)
    place = np.clip(inside, 0.0, 1.0) * (draws.shape[1] - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, draws.shape[1] - 1)
    low, high = draws[pair, below], draws[pair, above]
    return np.where(inside > 0, low + (place - below) * (high - low), 0.0)
