"""When they buy: gaps at a personal rate, and after each order a probability of leaving (as in BG/NBD), with what was planted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from regulars.demo.nordlys.people import PLACES, Flags, Ints, People
from regulars.demo.nordlys.stores import BEGAN, COUNTRIES, LAST_DAY, PRODUCTS

MOST_ORDERS = 24
LEAVES = 0.16  # probability of leaving after any order
FIRST_LEAVES = 0.14  # more after the first
LATE_LEAVES = 0.34  # more when the parcel was late
DISCOUNT_LEAVES = 0.26  # more when the first order was led by a discount
LATER_DISCOUNTS = 0.10
SECOND_STORE = 0.4  # share of orders in the other store, of who buys in two
HOUSE_ORDERS = 450  # rung up on the counter's own account
NOBODY = -1  # the person of the house account's orders


def draw(rng: np.random.Generator, people: People) -> pa.Table:
    """One row an order: `person`, `nth`, `day` (since BEGAN), `second` of the local day, `place` (country it went to),
    `late`, `discount` (per cent), and uniform numbers `u_pay`, `u_state`, `u_age`, `u_show`, `u_refund`, `u_answer`."""
    days, late, discount = _sequences(rng, people)
    person, step = np.nonzero(days <= (LAST_DAY - BEGAN).days)
    away = rng.random(len(person)) < SECOND_STORE
    place = np.where(away, people.away[person], people.home[person])
    person, place = (
        _with(person, np.full(HOUSE_ORDERS, NOBODY)),
        _with(place, np.full(HOUSE_ORDERS, PLACES.index("NO"))),
    )
    house_days = np.sort(rng.integers(0, (LAST_DAY - BEGAN).days + 1, HOUSE_ORDERS))
    count, none = len(person), np.zeros(HOUSE_ORDERS, dtype=np.int64)
    chosen = (person[:-HOUSE_ORDERS], step)
    uniform = {f"u_{name}": rng.random(count) for name in ("pay", "state", "age", "show", "refund", "answer")}
    return pa.table(
        {
            "person": person,
            "nth": _with(step + 1, none),
            "day": _with(days[chosen], house_days),
            "second": (86_400 * rng.beta(4, 2.5, count)).astype(np.int64),
            "place": place,
            "late": _with(late[chosen].astype(np.int64), none) == 1,
            "discount": _with(discount[chosen], none),
            **uniform,
        }
    )


def _sequences(rng: np.random.Generator, people: People) -> tuple[Ints, Flags, Ints]:
    """By person and place in their history: day (far beyond the end once they left), parcel late, discount in per cent."""
    shape = (len(people.home), MOST_ORDERS)
    share = np.array([late for _, _, _, late, *_ in COUNTRIES.values()])
    late = rng.random(shape) < share[people.home][:, None]
    discounted = rng.random(shape) < LATER_DISCOUNTS
    discounted[:, 0] = people.discount_led
    discount = np.where(discounted, rng.choice([10, 15, 20], shape), 0)
    leaves = LEAVES + LATE_LEAVES * late
    leaves[:, 0] += FIRST_LEAVES + DISCOUNT_LEAVES * people.discount_led
    gone = np.cumsum(rng.random(shape) < leaves, axis=1)
    stayed = np.hstack([np.ones((shape[0], 1), dtype=bool), gone[:, :-1] == 0])
    gaps = 3 + np.ceil(rng.exponential(1.0, shape) / people.rate[:, None])
    gaps[:, 0] = people.joined
    days = np.cumsum(np.minimum(gaps, 10_000), axis=1).astype(np.int64)
    return np.where(stayed, days, 10**6), late, discount


def draw_lines(rng: np.random.Generator, orders: int) -> pa.Table:
    """One row a line: `order` (row of the orders), `line` from 1, `quantity`, `pick` and `tea_pick` (products), for every
    order one to three lines. An order of tea holds only tea, so that each order has one tax rate."""
    lines = 1 + rng.binomial(2, 0.35, orders)
    order = np.repeat(np.arange(orders), lines)
    line = np.arange(len(order)) - np.repeat(np.cumsum(lines) - lines, lines) + 1
    sizes = {category: len(found) for category, found in PRODUCTS.items()}
    goods = sum(size for category, size in sizes.items() if category != "tea")
    return pa.table(
        {
            "order": order,
            "line": line,
            "quantity": 1 + rng.binomial(2, 0.15, len(order)),
            "tea": np.repeat(rng.random(orders) < 0.24, lines),
            "pick": rng.integers(0, goods, len(order)),
            "tea_pick": goods + rng.integers(0, sizes["tea"], len(order)),
        }
    )


def _with(these: Ints, those: Ints) -> Ints:
    joined: Ints = np.concatenate([these, those])
    return joined
