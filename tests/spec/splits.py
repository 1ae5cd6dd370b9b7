"""Where customers, orders and refunds stand when they are split, merged, converted or cut in their own market's days."""

from datetime import date

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.markets import Market
from regulars.kernel.periods import Period, standard
from spec.tables import Answer, Spec

COVERED = (SourceCoverage("shop", first=date(2024, 1, 1), last=date(2025, 12, 31), opened=True),)
APRIL = (Period(date(2024, 4, 1), date(2024, 5, 1)),)
MONTH = Definitions(window_days=30, currency="EUR", coverage=COVERED)
NORDIC = Market("NORDIC", ("NO", "SE"), "Europe/Oslo")

SPLIT = Spec(
    "Segments and groups of countries",
    "The window is 30 days. Norway and Sweden are one market. Customer 1, at home in Norway, stays and orders to Sweden; 2 "
    "leaves; 3 is new. Customer 1 is in two segments and 2 in none, so the rows of segments do not add up.",
    Definitions(window_days=30, currency="EUR", coverage=COVERED, markets=(NORDIC,)),
    APRIL,
    {
        "orders": """
            customer | order_id | local_day  | goods | market | country
            1        | a        | 2024-03-20 | 10    | NORDIC | NO
            1        | b        | 2024-04-10 | 20    | NORDIC | SE
            2        | c        | 2024-03-25 | 30    | DE     | DE
            3        | d        | 2024-04-05 | 40    | NORDIC | SE
            """,
        "segment_members": """
            customer | segment
            1        | gold
            1        | recent
            3        | recent
            """,
    },
    (
        Answer("orders", "2"),
        Answer("orders", "1", of=(("segment", "gold"),)),
        Answer("orders", "2", of=(("segment", "recent"),)),
        Answer("revenue", "60", of=(("segment", "recent"),)),
        Answer("customers_at_start", "2"),
        Answer("customers_at_start", "1", of=(("segment", "gold"),)),
        Answer("customers_at_start", "1", of=(("segment", None),), why="2 is in no segment"),
        Answer("retention_rate", "50", "1", "2"),
        Answer("retention_rate", "100", "1", "1", (("segment", "recent"),)),
        Answer("retention_rate", "0", "0", "1", (("segment", None),)),
        Answer("retention_rate", "100", "1", "1", (("market", "NORDIC"),)),
        Answer("customers_at_end", "2", of=(("market", "NORDIC"),)),
        Answer("customers_at_end", "1", of=(("country", "NO"),), why="1 by the first order's country"),
        Answer("revenue", "60", of=(("country", "SE"),), why="b and d went there"),
        Answer("revenue", "60", of=(("market", "NORDIC"),)),
    ),
)

TWO_PEOPLE = {
    "orders": """
        customer | order_id | local_day  | goods
        1        | a        | 2024-03-20 | 10
        2        | b        | 2024-04-10 | 20
        """,
    "payments": """
        payment_id | customer | kind   | local_day  | goods | day_known
        r          | 2        | refund | 2024-04-02 | 3     | yes
        """,
}

MERGED = Spec(
    "Two numbers of one customer",
    "Customer 2 was found to be customer 1 and is read as 1: the order of April is then a repeat order.",
    MONTH,
    APRIL,
    TWO_PEOPLE | {"aliases": "customer | into\n2 | 1"},
    (
        Answer("retention_rate", "100", "1", "1"),
        Answer("customers_at_end", "1"),
        Answer("new_customers", "0"),
        Answer("repeat_purchase_rate", "100", "1", "1"),
        Answer("refunds", "3"),
        Answer("refunds_unattributed", "0"),
    ),
)

UNMERGED = Spec(
    "The two customers again",
    "Without the alias they are two people again: nothing else was changed by the merge.",
    MONTH,
    APRIL,
    TWO_PEOPLE,
    (
        Answer("retention_rate", "0", "0", "1"),
        Answer("customers_at_end", "1"),
        Answer("new_customers", "1"),
        Answer("repeat_purchase_rate", "0", "0", "2"),
        Answer("refunds", "3"),
        Answer("refunds_unattributed", "3", why="2 ordered only after the refund"),
    ),
)

CURRENCIES = Spec(
    "Several currencies",
    "Figures are in euro. A euro was 10 of the test currency XTS on 1 April and 20 on 12 April; in between the last rate "
    "within seven days counts, so that of 1 April counts on 8 April.",
    MONTH,
    APRIL,
    {
        "orders": """
            customer | order_id | local_day  | goods | currency
            1        | a        | 2024-04-01 | 100   | XTS
            1        | b        | 2024-04-08 | 100   | XTS
            2        | c        | 2024-04-15 | 100   | XTS
            2        | d        | 2024-04-15 | 7     | EUR
            """,
        "payments": """
            payment_id | order_id | customer | kind   | local_day  | goods | currency | day_known
            r          | a        | 1        | refund | 2024-04-16 | 40    | XTS      | yes
            """,
        "fx_rates": """
            currency | day        | per_euro
            XTS      | 2024-04-01 | 10
            XTS      | 2024-04-12 | 20
            """,
    },
    (
        Answer("revenue", "32", why="10 + 10 + 5 + 7"),
        Answer("refunds", "2", why="40 at the rate of the refund's day"),
        Answer("revenue_net", "30"),
        Answer("aov", "8", "32", "4"),
        Answer("revenue_loyal_customers", "0"),
        Answer("revenue_new_customers", "32"),
    ),
)

CATEGORIES = Spec(
    "Refunds by category",
    "Order a has toys for 20 and food for 30. The toys come back in part, with a document that has lines; 5 more are given "
    "back without lines, and stand in no category.",
    MONTH,
    APRIL,
    {
        "orders": """
            customer | order_id | local_day  | goods
            1        | a        | 2024-04-02 | 50
            """,
        "order_lines": """
            order_id | line | local_day  | kind   | product | category | goods
            a        | 1    | 2024-04-02 | goods  | p       | toys     | 20
            a        | 2    | 2024-04-02 | goods  | q       | food     | 30
            r1       | 1    | 2024-04-20 | refund | p       | toys     | -12
            """,
        "payments": """
            payment_id | order_id | customer | kind   | local_day  | goods | day_known
            r1         | a        | 1        | refund | 2024-04-20 | 12    | yes
            r2         | a        | 1        | refund | 2024-04-21 | 5     | yes
            """,
    },
    (
        Answer("refunds", "17"),
        Answer("refunds", "12", of=(("category", "toys"),)),
        Answer("refunds", "0", of=(("category", "food"),)),
        Answer("refunds", "5", of=(("category", None),)),
        Answer("revenue_net", "8", of=(("category", "toys"),)),
        Answer("revenue_net", "30", of=(("category", "food"),)),
    ),
)

ZONES = Spec(
    "Markets in other zones",
    "The orders a and b were placed at the same instant, which is still 30 April in Brazil and already 1 May in Norway. The "
    "total adds figures that were cut in each market's own days.",
    MONTH,
    APRIL,
    {
        "orders": """
            customer | order_id | at                  | local_day  | goods | market
            1        | a        | 2024-05-01T01:30:00 | 2024-04-30 | 10    | BR
            2        | b        | 2024-05-01T01:30:00 | 2024-05-01 | 20    | NO
            3        | c        | 2024-03-31T22:30:00 | 2024-04-01 | 40    | NO
            """
    },
    (
        Answer("revenue", "50"),
        Answer("revenue", "10", of=(("market", "BR"),)),
        Answer("revenue", "40", of=(("market", "NO"),)),
        Answer("customers_at_end", "2", why="1 and 3"),
    ),
)  # fmt: skip

# 80 days and 70 weeks from Monday, 1 January 2024: more than the 62 that share one mask.
DAYS = standard("day", date(2024, 1, 1), date(2024, 3, 20))
WEEKS = standard("week", date(2024, 1, 1), date(2025, 5, 4))


def _day(day: date) -> int:
    return (day - date(2024, 1, 1)).days


def _week(monday: date) -> int:
    return len(DAYS) + (monday - date(2024, 1, 1)).days // 7


MANY = Spec(
    "Many days and weeks",
    "The window is 10 days. Customer 1 orders on 1 January, is no customer any more on 12 January, and comes back on 6 March; "
    "customer 2 begins on 11 March and orders again more than a year later.",
    Definitions(window_days=10, currency="EUR", coverage=COVERED),
    (*DAYS, *WEEKS),
    {
        "orders": """
            customer | order_id | local_day  | goods
            1        | a        | 2024-01-01 | 10
            1        | b        | 2024-03-06 | 20
            2        | c        | 2024-03-11 | 30
            2        | d        | 2025-04-30 | 40
            """
    },
    (
        Answer("orders", "1", period=_day(date(2024, 1, 1))),
        Answer("orders", "0", period=_day(date(2024, 1, 2))),
        Answer("customers_at_end", "1", period=_day(date(2024, 1, 10))),
        Answer("customers_at_end", "0", period=_day(date(2024, 1, 11))),
        Answer("lost_customers", "1", period=_day(date(2024, 1, 11))),
        Answer("revenue_churn_gross", "100", "10", "10", period=_day(date(2024, 1, 11))),
        Answer("won_back", "1", period=_day(date(2024, 3, 6)), why="the 66th day, in the second mask"),
        Answer("revenue_returning_customers", "20", period=_day(date(2024, 3, 6))),
        Answer("won_first_time", "1", period=_day(date(2024, 3, 11))),
        Answer("customers_at_end", "2", period=_day(date(2024, 3, 14))),
        Answer("orders", "1", period=_week(date(2024, 3, 4))),
        Answer("won_back", "1", period=_week(date(2024, 3, 4))),
        Answer("retention_rate", "0", "0", "1", period=_week(date(2024, 3, 11)), why="1 until 16 March only"),
        Answer("revenue_new_customers", "30", period=_week(date(2024, 3, 11))),
        Answer("won_back", "1", period=_week(date(2025, 4, 28)), why="the 70th week"),
        Answer("existing_customer_revenue_growth", "-100", "-20", "20", period=_week(date(2024, 3, 11)),
               why="customer 1 ordered in the week before"),
    ),
)  # fmt: skip

SPECS = (SPLIT, MERGED, UNMERGED, CURRENCIES, CATEGORIES, ZONES, MANY)
