"""What a run of recommendations holds: lists of customers, and what is known of each product. Declared for every engine."""

from __future__ import annotations

from regulars.lake.tables import Column, Table

_CODE = Column("product", "text", "product code", required=True)

OFFERS = Table(
    "offers",
    "Up to ten products a customer to buy again, and ten to discover, each with its reason as data.",
    key=("customer", "list", "rank"),
    columns=(
        Column("customer", "whole", "customer number", required=True),
        Column("list", "text", "which list", one_of=("again", "discover")),
        Column("rank", "whole", "1 is the best"),
        _CODE,
        Column("reason", "text", "see prediction/recommend/reasons.py"),
        Column("times", "whole", "days on which the customer bought it"),
        Column("last_day", "day", "the last of them"),
        Column("usual_days", "whole", "usual days from one to the next"),
        Column("because", "text", "the product of the history that speaks most for it"),
    ),
)
PRODUCT_SALES = Table(
    "product_sales",
    "Sums of a product by its customers' home market; they add up over markets.",
    key=("product", "market"),
    columns=(
        _CODE,
        Column("market", "text", "home market of the customers; empty where it is not known"),
        Column("buyers", "whole", "customers who bought it"),
        Column("again", "whole", "those of them who bought it on more than one day"),
        Column("pieces", "number", "pieces sold"),
        Column("revenue", "money", "of its lines, before refunds, without tax, in the reporting currency"),
        Column("revenue_year", "money", "the same, of the last 365 days"),
        Column("first_day", "day", "first sold"),
        Column("last_day", "day", "last sold"),
    ),
    erase="nothing",
)
PRODUCT_FACTS = Table(
    "product_facts",
    "One row a product.",
    key=("product",),
    columns=(
        _CODE,
        Column("name", "text", "name; the code where none is known", required=True),
        Column("category", "text", "category of the product, else the one most of its lines name"),
        Column("price", "money", "list price, else what a piece came to in the last year"),
        Column("half_days", "whole", "days after which half of the buyers bought it again; null where fewer ever do"),
        Column("usual_days", "whole", "usual days from one purchase to the next of those who buy again"),
        Column("left_out", "flag", "never recommended: by a setting, or not sold of late"),
        Column("seek", "text", "name and code in small letters, for searching"),
    ),
    erase="nothing",
)  # fmt: skip
PRODUCT_AGAIN = Table(
    "product_again",
    "Which share of buyers bought a product again within so many days of the first time.",
    key=("product", "days"),
    columns=(
        _CODE,
        Column("days", "whole", "days since the first purchase"),
        Column("share", "number", "share, 0 to 1"),
        Column("low", "number", "lower bound, 95 %"),
        Column("high", "number", "upper bound, 95 %"),
        Column("at_risk", "whole", "buyers who could be watched so long"),
    ),
    erase="nothing",
)
PRODUCT_PAIRS = Table(
    "product_pairs",
    "Products bought together with a product more than by chance, those worth most first.",
    key=("product", "rank"),
    columns=(
        _CODE,
        Column("rank", "whole", "1 is the best"),
        Column("other", "text", "product code"),
        Column("baskets", "whole", "orders with both"),
        Column("support", "number", "share of all orders"),
        Column("confidence", "number", "share of the product's orders that have the other as well"),
        Column("lift", "number", "times as often as by chance"),
        Column("lift_in_season", "number", "the same with chance counted month by month"),
        Column("lift_low", "number", "its lower bound, 95 %"),
        Column("extra", "money", "revenue per 1,000 orders of the product that comes from the other beyond chance"),
    ),
    erase="nothing",
)  # fmt: skip
PRODUCT_BUNDLES = Table(
    "product_bundles",
    "Sets of three and four products that belong together, a row for each product in them.",
    key=("product", "rank"),
    columns=(
        _CODE,
        Column("rank", "whole", "1 is the surest"),
        *(Column(f"with_{n}", "text", "another product of the set") for n in (1, 2, 3)),
        Column("baskets", "whole", "orders with all of them"),
        Column("lift_low", "number", "times as often as its strongest part explains, lower bound"),
        Column("adds", "text", "the product that the rest brings along"),
        Column("value", "money", "what one of each came to"),
        Column("extra", "money", "revenue per 1,000 orders with the rest that comes from it beyond chance"),
    ),
    erase="nothing",
)
PRODUCT_BETTER = Table(
    "product_better",
    "Dearer products of the same category that buyers moved on to.",
    key=("product", "rank"),
    columns=(
        _CODE,
        Column("rank", "whole", "1 is the best"),
        Column("better", "text", "product code"),
        Column("moved", "whole", "customers who bought it later"),
        Column("buyers", "whole", "customers who bought the product"),
        Column("lift_low", "number", "times as often as by chance, lower bound"),
        Column("price", "money", "price of the product"),
        Column("better_price", "money", "price of the better one"),
        Column("extra", "money", "revenue per 1,000 buyers"),
    ),
    erase="nothing",
)
VISITOR_OFFERS = Table(
    "visitor_offers",
    "What to show to somebody of whom nothing is known, by market.",
    key=("market", "rank"),
    columns=(
        Column("market", "text", "home market; empty: everywhere"),
        Column("rank", "whole", "1 is the best"),
        _CODE,
    ),
    erase="nothing",
)
TABLES = (
    OFFERS, PRODUCT_SALES, PRODUCT_FACTS, PRODUCT_AGAIN, PRODUCT_PAIRS, PRODUCT_BUNDLES, PRODUCT_BETTER,
    VISITOR_OFFERS,
)  # fmt: skip
