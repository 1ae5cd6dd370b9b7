"""Products as pages show them: a list with sums, and everything that is known of one. Read from the run's prepared tables.

Sums are of the customers whose home market somebody may see. What is bought with what is of the whole shop: it tells of
products, not of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach
from regulars.platform.insights.look_up import con_of
from regulars.platform.insights.recommendations_queries import Product, markets_within, matching

Sort = Literal["revenue", "buyers", "again", "name"]
FEW = 30  # buyers under which a share proves little: such products stand last where it decides
_ORDER: dict[Sort, str] = {
    "revenue": "revenue_year DESC",
    "buyers": "buyers DESC",
    "again": f"buyers < {FEW}, again / buyers DESC",
    "name": "f.name",
}
SORTS: tuple[Sort, ...] = tuple(_ORDER)
_SUMS = (
    "sum(buyers)::BIGINT AS buyers, sum(again)::BIGINT AS again, sum(revenue)::DECIMAL(18, 4) AS revenue, "
    "sum(revenue_year)::DECIMAL(18, 4) AS revenue_year, sum(pieces)::DOUBLE AS pieces, min(first_day) AS first_day, max(last_day) AS last_day"
)


@dataclass(frozen=True)
class Sums:
    """What a product came to. `again`: buyers who bought it on more than one day; `revenue_year`: of the last 365 days."""

    buyers: int
    again: int
    revenue: Decimal
    revenue_year: Decimal
    pieces: float
    first_day: date
    last_day: date

    @property
    def share(self) -> float:
        """Per cent of the buyers who bought it again."""
        return 100.0 * self.again / self.buyers if self.buyers else 0.0

    @property
    def few(self) -> bool:
        """Too few buyers for the share to prove anything."""
        return self.buyers < FEW


@dataclass(frozen=True)
class Line:
    """A product of the list."""

    product: Product
    category: str
    sums: Sums


@dataclass(frozen=True)
class Lines:
    """A page of products; `all`: how many there are; `after` begins the next page, None: this is the last."""

    page: tuple[Line, ...]
    all: int
    after: int | None


@dataclass(frozen=True)
class Again:
    """Share (0 to 1) that bought again within so many days, with its interval, among `at_risk` who were watched so long."""

    days: int
    share: float
    low: float
    high: float
    at_risk: int

    @property
    def percent(self) -> float:
        return 100 * self.share

    @property
    def low_percent(self) -> float:
        return 100 * self.low

    @property
    def high_percent(self) -> float:
        return 100 * self.high


@dataclass(frozen=True)
class Together:
    """A partner: `baskets` orders with both; `confidence` share of the product's orders; `lift` times as often as chance in
    the same month, at least `lift_low`; `extra` revenue per 1,000 orders of the product beyond chance."""

    other: Product
    baskets: int
    support: float
    confidence: float
    lift: float
    lift_low: float
    extra: Decimal

    @property
    def confidence_percent(self) -> float:
        return 100 * self.confidence


@dataclass(frozen=True)
class Bundle:
    """A set with the product: the others, orders with all, the product that the rest brings along, what one of each came to."""

    others: tuple[Product, ...]
    baskets: int
    lift_low: float
    adds: Product
    value: Decimal
    extra: Decimal


@dataclass(frozen=True)
class Better:
    """A dearer product: `moved` of `buyers` bought it later; `extra` revenue per 1,000 buyers."""

    better: Product
    moved: int
    buyers: int
    lift_low: float
    price: Decimal
    better_price: Decimal
    extra: Decimal


@dataclass(frozen=True)
class Whole:
    """Everything of one product. `half_days`: after which half had bought it again, None: never so many; `usual_days`:
    between two purchases of those who do."""

    product: Product
    category: str
    price: Decimal | None
    half_days: int | None
    usual_days: int | None
    left_out: bool
    sums: Sums
    markets: tuple[tuple[str, Sums], ...]
    curve: tuple[Again, ...]
    together: tuple[Together, ...]
    bundles: tuple[Bundle, ...]
    better: tuple[Better, ...]


def products_page(
    analysis: Analysis,
    *,
    reach: Reach,
    market: str | None = None,
    seek: str = "",
    sort: Sort = "revenue",
    after: int = 0,
    limit: int = 50,
) -> Lines:
    """The products from the `after`-th on. `seek`: words that name or code must have."""
    where, markets = markets_within(reach, market)
    words, values = matching(seek)
    rows = con_of(analysis).execute(
        f"""SELECT f.product, f.name, f.category, s.* EXCLUDE (product), count(*) OVER () AS n
        FROM (SELECT product, {_SUMS} FROM product_sales WHERE {where} GROUP BY product) s JOIN product_facts f USING (product)
        WHERE {words} ORDER BY {_ORDER[sort]}, f.product LIMIT {int(limit) + 1} OFFSET {max(int(after), 0)}""",
        [*markets, *values],
    ).fetchall()  # fmt: skip
    page = tuple(
        Line(Product(code, name), category or "", Sums(*sums))
        for code, name, category, *sums, _ in rows[:limit]
    )
    return Lines(page, rows[0][-1] if rows else 0, max(after, 0) + limit if len(rows) > limit else None)


def product(analysis: Analysis, code: str, *, reach: Reach) -> Whole | None:
    """One product; None where nobody whom one may see bought it."""
    con = con_of(analysis)
    where, values = markets_within(reach, None)
    facts = con.execute(
        "SELECT name, category, price, half_days, usual_days, left_out FROM product_facts WHERE product = ?",
        [code],
    ).fetchone()
    sums = con.execute(
        f"SELECT market, {_SUMS} FROM product_sales WHERE product = ? AND {where} "
        "GROUP BY GROUPING SETS ((market), ()) ORDER BY grouping(market) DESC, revenue DESC, market",
        [code, *values],
    ).fetchall()
    if facts is None or not sums or sums[0][1] is None:
        return None
    name, category, price, half, usual, left_out = facts
    return Whole(
        Product(code, name), category or "", price, half, usual, bool(left_out), Sums(*sums[0][1:]),
        tuple((market, Sums(*each)) for market, *each in sums[1:]), _curve(analysis, code), _together(analysis, code),
        _bundles(analysis, code), _better(analysis, code),
    )  # fmt: skip


def _curve(analysis: Analysis, code: str) -> tuple[Again, ...]:
    rows = con_of(analysis).execute(
        "SELECT days, share, low, high, at_risk FROM product_again WHERE product = ? ORDER BY days", [code]
    )
    return tuple(Again(*row) for row in rows.fetchall())


def _together(analysis: Analysis, code: str) -> tuple[Together, ...]:
    rows = con_of(analysis).execute(
        "SELECT other, f.name, baskets, support, confidence, lift_in_season, lift_low, extra "
        "FROM product_pairs p JOIN product_facts f ON f.product = p.other WHERE p.product = ? ORDER BY rank", [code]
    ).fetchall()  # fmt: skip
    return tuple(Together(Product(other, name), *rest) for other, name, *rest in rows)


def _bundles(analysis: Analysis, code: str) -> tuple[Bundle, ...]:
    rows = con_of(analysis).execute(
        "SELECT with_1, w1.name, with_2, w2.name, with_3, w3.name, adds, a.name, baskets, lift_low, value, extra FROM product_bundles b "
        "JOIN product_facts w1 ON w1.product = with_1 JOIN product_facts w2 ON w2.product = with_2 "
        "LEFT JOIN product_facts w3 ON w3.product = with_3 JOIN product_facts a ON a.product = adds "
        "WHERE b.product = ? ORDER BY rank", [code]
    ).fetchall()  # fmt: skip
    return tuple(
        Bundle(
            tuple(Product(row[at], row[at + 1]) for at in (0, 2, 4) if row[at]), row[8], row[9],
            Product(row[6], row[7]), row[10], row[11],
        )
        for row in rows
    )  # fmt: skip


def _better(analysis: Analysis, code: str) -> tuple[Better, ...]:
    rows = con_of(analysis).execute(
        "SELECT better, f.name, moved, buyers, lift_low, p.price, better_price, extra FROM product_better p "
        "JOIN product_facts f ON f.product = p.better WHERE p.product = ? ORDER BY rank", [code]
    ).fetchall()  # fmt: skip
    return tuple(Better(Product(better, name), *rest) for better, name, *rest in rows)
