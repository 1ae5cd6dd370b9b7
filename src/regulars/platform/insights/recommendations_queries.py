"""Reading recommendations: what a customer is offered, what a visitor is shown, what goes with a basket, how good it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach
from regulars.platform.insights import runs
from regulars.platform.insights.look_up import con_of
from regulars.platform.insights.models import Run
from regulars.platform.insights.reading import NothingYet
from regulars.platform.insights.recommendations_compute import ALLOWED
from regulars.platform.insights.recommendations_limits import Limits, limits
from regulars.prediction import Recommender, load_recommender, recommend_for_basket


@dataclass(frozen=True)
class Known:
    """What is known of the run that is shown. `nothing`: no order has lines. `quality`: by list (`mixed`, `again`, `discover`,
    and the plain rules), each with `recall`, `ndcg`, `customers`, `standard_error`."""

    number: int
    as_of: date
    currency: str
    nothing: bool
    products: int
    offered: int
    customers: int
    orders: int
    quality: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Product:
    """A product by code and name."""

    code: str
    name: str


@dataclass(frozen=True)
class Offer:
    """One line of a list. `reason`: `bought_before` with `times`, `last_day` and `usual_days` (None with one purchase),
    `bought_with` with `because`, or `popular_now`."""

    product: Product
    reason: str
    times: int | None = None
    last_day: date | None = None
    usual_days: int | None = None
    because: Product | None = None


@dataclass(frozen=True)
class Offers:
    """Both lists of a customer; `popular`: neither is theirs, it is what is popular in their market."""

    again: tuple[Offer, ...] = ()
    discover: tuple[Offer, ...] = ()
    popular: bool = False


def known() -> Known | None:
    """The run that is shown; None before the first."""
    run = runs.current(Run.Sort.RECOMMENDATIONS)
    if run is None:
        return None
    state: dict[str, Any] = run.state
    numbers = {name: int(state.get(name, 0)) for name in ("products", "offered", "customers", "orders")}
    return Known(
        run.pk,
        run.as_of,
        run.currency,
        bool(state.get("nothing")),
        quality=state.get("back_test", {}),
        **numbers,
    )


def offers_of(analysis: Analysis, numbers: Sequence[int], market: str | None = None) -> Offers:
    """Both lists of a person under all their numbers. Who objected to profiling is in none; do not ask for them.

    Who has bought nothing with a product is offered what is popular in their home market.
    """
    who = ", ".join(str(int(number)) for number in numbers)
    rows = con_of(analysis).execute(
        "SELECT o.list, o.product, f.name, f.category, o.reason, o.times, o.last_day, o.usual_days, o.because, b.name "
        "FROM offers o JOIN product_facts f USING (product) LEFT JOIN product_facts b ON b.product = o.because "
        f"WHERE o.customer IN ({who}) ORDER BY o.rank"
    ).fetchall()  # fmt: skip
    lists: dict[str, list[Offer]] = {"again": [], "discover": []}
    never = _never(limits())
    for name, code, said, category, reason, times, last, usual, because, because_name in rows:
        if not never(code, category):
            source = Product(because, because_name or because) if because else None
            lists[name].append(Offer(Product(code, said), reason, times, last, usual, source))
    if rows:
        return Offers(tuple(lists["again"]), tuple(lists["discover"]))
    return Offers(discover=for_visitor(analysis, market or ""), popular=True)


def for_visitor(analysis: Analysis, market: str = "", *, most: int = 10) -> tuple[Offer, ...]:
    """What to show to somebody of whom nothing is known, in a market ('': everywhere, also where the market is not known)."""
    rows = con_of(analysis).execute(
        "SELECT product, f.name, f.category FROM visitor_offers v JOIN product_facts f USING (product) "
        "WHERE market = (SELECT coalesce(max(market), '') FROM visitor_offers WHERE market = ?) ORDER BY rank", [market]
    ).fetchall()  # fmt: skip
    never = _never(limits())
    return tuple(
        Offer(Product(code, name), "popular_now")
        for code, name, category in rows
        if not never(code, category)
    )[:most]


def for_basket(analysis: Analysis, codes: Iterable[str], *, most: int = 10) -> tuple[Offer, ...]:
    """What goes with these products, each with the product of the basket that speaks most for it. Raises NothingYet."""
    run = runs.current(Run.Sort.RECOMMENDATIONS)
    if run is None or run.state.get("nothing"):
        raise NothingYet
    try:
        model, allowed = _model(str(runs.folder(run)))
    except InputError:
        raise NothingYet from None
    found = recommend_for_basket(model, list(codes), k=2 * most, allowed=allowed).to_pylist()
    named = names_of(analysis, [row[name] for row in found for name in ("product", "because") if row[name]])
    never = _never(limits())
    offers = [
        Offer(named[row["product"]][0], row["reason"], because=named[row["because"]][0] if row["because"] else None)
        for row in found if row["product"] in named and not never(row["product"], named[row["product"]][1])
    ]  # fmt: skip
    return tuple(offers[:most])


@lru_cache(maxsize=2)
def _model(folder: str) -> tuple[Recommender, npt.NDArray[np.bool_]]:
    """A run's recommender, its similarity left on disk. Runs are never written twice."""
    from pathlib import Path  # noqa: PLC0415 - the cache wants a text

    place = Path(folder)
    model = load_recommender(place, mapped=True)
    return model, np.load(place / ALLOWED, allow_pickle=False)


def names_of(analysis: Analysis, codes: Iterable[str]) -> dict[str, tuple[Product, str]]:
    """Products by code, each with its category; codes that are not known are left out."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = con_of(analysis).execute(
        f"SELECT product, name, category FROM product_facts WHERE product IN ({', '.join('?' * len(wanted))})", wanted
    ).fetchall()  # fmt: skip
    return {code: (Product(code, name), category or "") for code, name, category in rows}


def suggested(analysis: Analysis, text: str, *, reach: Reach, most: int = 12) -> list[Product]:
    """Products whose name or code has these letters, those that sold most in the last year to whom one may see first."""
    if not text.strip():
        return []
    where, markets = markets_within(reach, None)
    words, values = matching(text)
    rows = con_of(analysis).execute(
        "SELECT f.product, f.name FROM product_facts f JOIN (SELECT product, sum(revenue_year) AS sold FROM product_sales "
        f"WHERE {where} GROUP BY 1) USING (product) WHERE {words} ORDER BY sold DESC, f.product LIMIT {int(most)}",
        [*markets, *values],
    ).fetchall()  # fmt: skip
    return [Product(*row) for row in rows]


def matching(text: str) -> tuple[str, list[str]]:
    """SQL over PRODUCT_FACTS as `f` for products with every word of a text in name or code, and its values."""
    words = text.replace("\x00", "").lower().split()[:8]
    return " AND ".join(["contains(f.seek, ?)"] * len(words)) or "true", words


def markets_within(reach: Reach, market: str | None) -> tuple[str, list[str]]:
    """SQL over `market` for what somebody may see, narrowed to a market where one is named, and its values."""
    if market is not None:
        return ("market = ?", [market]) if reach.allows(market) else ("false", [])
    if reach.markets is None:
        return "true", []
    return f"market IN ({', '.join('?' * len(reach.markets))})" if reach.markets else "false", sorted(
        reach.markets
    )


def _never(now: Limits) -> Any:
    """Whether something was set to be never recommended since the run was made: it is left out at once."""
    codes, categories = set(now.products), {name.lower() for name in now.categories}
    return lambda code, category: code in codes or (category or "").lower() in categories
