"""What a customer is worth and costs: K10, K11, K17, K23, and the margin."""

from datetime import date
from decimal import Decimal

from regulars.kernel.definitions import Definitions, Margin, SourceCoverage
from regulars.kernel.periods import Period
from spec.tables import Answer, Spec

COVERED = (SourceCoverage("shop", first=date(2023, 1, 1), last=date(2025, 1, 31)),)
YEAR = Period(date(2024, 1, 1), date(2025, 1, 1))
DECEMBER = Period(date(2024, 12, 1), date(2025, 1, 1))

LIFETIME = Spec(
    "What a customer is worth",
    "The window is 180 days, the margin half of the revenue. Of the customers 1, 2 and 4 at the start of 2024 only 1 is "
    "left at its end, so a customer stays 1.5 years. Three buyers spend 240 in four orders. Of 31 spent on winning "
    "customers from 17 December to 16 January, 16 belong to 2024. Lifetime values are those of the year that ends with "
    "the period: December says the same as 2024.",
    Definitions(window_days=180, currency="EUR", margin=Margin(share=Decimal("0.5")), coverage=COVERED),
    (YEAR, DECEMBER),
    {
        "orders": """
            customer | order_id | local_day  | goods
            1        | a        | 2023-10-01 | 50
            1        | b        | 2024-08-01 | 100
            2        | c        | 2023-11-01 | 50
            2        | d        | 2024-02-01 | 60
            3        | e        | 2024-09-01 | 40
            3        | f        | 2024-10-01 | 40
            4        | g        | 2023-12-01 | 60
            """,
        "customers": """
            customer | referred_by
            3        | 1
            """,
        "costs": """
            cost_id | purpose     | first_day  | last_day   | amount
            x       | acquisition | 2023-12-17 | 2024-01-16 | 31
            y       | acquisition | 2024-05-01 | 2024-05-31 | 20
            z       | retention   | 2024-01-01 | 2024-12-31 | 12
            s       | service     | 2024-01-01 | 2024-12-31 | 5
            t       | shipping    | 2024-06-01 | 2024-06-03 | 3
            """,
    },
    (
        Answer("lifespan_years", "1.5", why="1 / (2 / 3)"),
        Answer("lifespan_observed_years", "0.6192", "1.2384", "2", why="2 after 272 days, 4 after 180"),
        Answer("clv_simple_observed", "13.5342", why="60 x 4/3 x 226 / 365 - 36"),
        Answer("clv_simple_margin_observed", "-11.2329", why="30 x 4/3 x 226 / 365 - 36"),
        Answer("clv_simple", "84", why="60 x 4/3 x 1.5 - 36"),
        Answer("clv_simple_margin", "24", why="30 x 4/3 x 1.5 - 36"),
        Answer("clv_margin", "60", "180", "3", why="4 x 60 x 0.5 x 1.5 / 3"),
        Answer("clv_margin_on_revenue", "120", "360", "3"),
        Answer("clv_margin", "60", "180", "3", period=1, why="December, measured over 2024"),
        Answer("margin", "120"),
        Answer("margin_new_customers", "40"),
        Answer("margin_returning_customers", "80"),
        Answer("margin_loyal_customers", "0"),
        Answer("margin_by_tenure", "40", "80", "2", (("tenure", "2: to the end of year 1"),),
               why="1 and 2, 305 and 92 days after their first orders"),
        Answer("margin_by_tenure", "40", "40", "1", (("tenure", "1: first 3 months"),)),
        Answer("cost_to_serve_by_tenure", "4", "4", "1", (("tenure", "1: first 3 months"),),
               why="5 + 3 over four orders, two of them customer 3's"),
        Answer("cost_to_serve_by_tenure", "2", "4", "2", (("tenure", "2: to the end of year 1"),)),
        Answer("acquisition_cost", "36"),
        Answer("retention_cost", "12"),
        Answer("acquisition_cost_per_won_customer", "36", "36", "1"),
        Answer("acquisition_cost_per_new_customer", "36", "36", "1"),
        Answer("retention_cost_per_kept_customer", "12", "12", "1"),
        Answer("acquisition_to_retention_cost", "3", "36", "12"),
        Answer("referral_rate", "100", "1", "1", why="3 was referred by 1"),
    ),
)  # fmt: skip

CAPPED = Spec(
    "Nobody leaves",
    "Without churn the lifespan would have no end: it is capped, and the row says so. The margin is known from the cost "
    "of one order only, so margins stay unknown.",
    Definitions(window_days=180, currency="EUR", coverage=COVERED, lifespan_cap_years=5),
    (YEAR,),
    {
        "orders": """
            customer | order_id | local_day  | goods | cost
            1        | a        | 2023-10-01 | 50    |
            1        | b        | 2024-08-01 | 100   | 70
            1        | c        | 2024-09-01 | 100   |
            """
    },
    (
        Answer("lifespan_years", "5"),
        Answer("clv_simple", "1000", why="200 a year for 5 years; no costs are given"),
        Answer("clv_margin", None, "", "1"),
        Answer("margin", None, ""),
    ),
)

MARGINS = Spec(
    "Margin by product, category and market",
    "Order a has lines of product p (80 %), of category toys (50 %) and of neither, in a market with 10 %. Its goods "
    "are 5 less than its lines: a discount on the whole order lowers the margin in full. Order b has no lines and takes "
    "the market's rate. The cost of order c is known and wins.",
    Definitions(
        window_days=180, currency="EUR", coverage=COVERED,
        margin=Margin(
            share=Decimal("0.2"), by_product=(("p", Decimal("0.8")),), by_category=(("toys", Decimal("0.5")),),
            by_market=(("DE", Decimal("0.1")),),
        ),
    ),
    (YEAR,),
    {
        "orders": """
            customer | order_id | local_day  | goods | cost | market
            1        | a        | 2024-03-01 | 95    |      | DE
            2        | b        | 2024-03-02 | 40    |      | DE
            3        | c        | 2024-03-03 | 30    | 12   | NO
            """,
        "order_lines": """
            order_id | line | local_day  | kind  | product | category | goods
            a        | 1    | 2024-03-01 | goods | p       | toys     | 50
            a        | 2    | 2024-03-01 | goods | q       | toys     | 20
            a        | 3    | 2024-03-01 | goods | r       | food     | 30
            """,
    },
    (
        Answer("margin", "70", why="40 + 10 + 3 - 5 of a, 4 of b, 18 of c"),
        Answer("orders", "1", "1", None, (("category", "food"),), why="an order stands in each of its categories"),
        Answer("revenue", "70", "70", None, (("category", "toys"),)),
        Answer("margin", "50", "50", None, (("category", "toys"),)),
        Answer("customers_at_end", "0", "0", None, (("category", "food"),), why="nobody ordered since July"),
        Answer("new_customers", "1", "1", None, (("category", "toys"),)),
    ),
)  # fmt: skip

SPECS = (LIFETIME, CAPPED, MARGINS)
