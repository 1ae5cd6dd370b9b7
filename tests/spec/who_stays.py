"""Who stays, who leaves and what they buy: K1 to K9, K13, K20, K24 without contract."""

from datetime import date

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.periods import Period
from spec.tables import Answer, Spec

APRIL = Period(date(2024, 4, 1), date(2024, 5, 1))
COVERED = (SourceCoverage("shop", first=date(2023, 1, 1), last=date(2025, 1, 31)),)

SHORT_WINDOW = Spec(
    "Who stays and what they buy",
    "The activity window is 20 days and the period April 2024, so a customer at the start ordered in [12 March, 1 April) "
    "and a customer at the end in [11 April, 1 May). Customer 1 stays, 2 leaves, 3 comes back after a long time, 4 is new "
    "and stays, 5 comes and goes inside April, 6 stays and orders twice. Customer 9 gets money back for an order from "
    "before the data begins. Nobody knows whose refund r3 is: orders of nobody are no revenue, so it takes none away.",
    Definitions(window_days=20, currency="EUR", coverage=COVERED),
    (APRIL,),
    {
        "orders": """
            customer | order_id | local_day  | goods | market
            1        | a        | 2024-03-15 | 100   | DE
            1        | b        | 2024-04-15 | 50    | DE
            2        | c        | 2024-03-20 | 80    | DE
            3        | d        | 2024-02-01 | 60    | NO
            3        | e        | 2024-04-20 | 60    | NO
            4        | f        | 2024-04-05 | 40    | NO
            4        | g        | 2024-04-25 | 30    | NO
            5        | h        | 2024-04-02 | 20    | DE
            6        | i        | 2024-03-25 | 120   | NO
            6        | j        | 2024-04-12 | 100   | NO
            6        | k        | 2024-04-28 | 50    | DE
            """,
        "payments": """
            payment_id | order_id | customer | kind   | local_day  | goods | day_known
            r1         | b        | 1        | refund | 2024-04-16 | 10    | yes
            r2         | old      | 9        | refund | 2024-04-03 | 5     | yes
            r3         |          |          | refund | 2024-04-04 | 7     | yes
            """,
    },
    (
        Answer("customers_at_start", "3", why="1, 2, 6"),
        Answer("customers_at_end", "4", why="1, 3, 4, 6"),
        Answer("kept_customers", "2", why="1, 6"),
        Answer("lost_customers", "1", why="2"),
        Answer("won_customers", "2", why="3, 4"),
        Answer("won_first_time", "1", why="4"),
        Answer("won_back", "1", why="3"),
        Answer("new_customers", "2", why="4 and 5, though 5 is gone by the end"),
        Answer("came_and_went", "1", why="5"),
        Answer("retention_rate", "66.6667", "2", "3"),
        Answer("retention_rate_first_time_n", "100", "3", "3", why="4 at the end less 1 first-time customer"),
        Answer("retention_rate_won_back_points", "33.3333", "1", "3"),
        Answer("by_construction_share", "0", "0", "2", why="the window is shorter than the period"),
        Answer("repurchase_rate", "66.6667", "2", "3", why="1 and 6 of 1, 2, 6 order in April"),
        Answer("churn_rate", "33.3333", "1", "3"),
        Answer("churn_rate_end_base", "25", "1", "4"),
        Answer("voluntary_churn_rate", None, why="known with contract only"),
        Answer("involuntary_churn_rate", None, why="known with contract only"),
        Answer("customer_growth_rate", "33.3333", "1", "3"),
        Answer("revenue_at_start", "300", why="100 + 80 + 120 in [12 March, 1 April)"),
        Answer("revenue_at_end", "190", why="50 - 10 of customer 1, 150 of customer 6"),
        Answer("revenue_churn_gross", "46.6667", "140", "300", why="60 of customer 1, 80 of customer 2, none of 6"),
        Answer("revenue_churn_net", "36.6667", "110", "300"),
        Answer("existing_customer_revenue_growth", "-36.6667", "-110", "300",
               why="1, 2, 6: 190 in April, 300 in the 30 days before"),
        Answer("repeat_purchase_rate", "66.6667", "4", "6", why="1, 3, 4, 6 of all six"),
        Answer("buyers", "5", why="all but 2"),
        Answer("loyal_customer_rate", "40", "2", "5", why="4 and 6 ordered twice"),
        Answer("purchase_frequency", "1.4", "7", "5"),
        Answer("time_between_purchases_mean", "32.8", "164", "5", why="31, 79, 20, 18 and 16 days"),
        Answer("time_between_purchases_median", "20"),
        Answer("orders", "7"),
        Answer("revenue", "350"),
        Answer("refunds", "15", why="10 of customer 1, 5 of customer 9"),
        Answer("refunds_unattributed", "5", why="customer 9 has no counted order before"),
        Answer("revenue_net", "335"),
        Answer("aov", "50", "350", "7"),
        Answer("aov_net", "47.8571", "335", "7"),
        Answer("margin", None, "", why="no margin is given"),
        Answer("revenue_new_customers", "90", why="40 + 30 + 20 of customers 4 and 5"),
        Answer("revenue_returning_customers", "110", why="50 + 60 of customers 1 and 3"),
        Answer("revenue_loyal_customers", "150", why="customer 6"),
        Answer("revenue_share_new_customers", "25.7143", "90", "350"),
        Answer("revenue_share_returning_customers", "31.4286", "110", "350"),
        Answer("revenue_share_loyal_customers", "42.8571", "150", "350"),
        Answer("repeat_probability", "66.6667", "4", "6", (("purchases", "1"),),
               why="all six first orders are 20 days old on 1 May; 1, 3, 4, 6 are back"),
        Answer("repeat_probability_in_window", "16.6667", "1", "6", (("purchases", "1"),),
               why="6 after 18 days; 4 took 20, and less than 20 is asked for"),
        Answer("spend_by_tenure", "70", "350", "5", (("tenure", "1: first 3 months"),)),
        Answer("retention_rate", "50", "1", "2", (("market", "DE"),), why="home market of 1 and 2"),
        Answer("retention_rate", "100", "1", "1", (("market", "NO"),), why="6 alone, at home in NO"),
        Answer("revenue", "120", "120", None, (("market", "DE"),), why="order k of customer 6 went to DE"),
        Answer("revenue", "230", "230", None, (("market", "NO"),)),
        Answer("revenue_at_start", "180", "180", None, (("market", "DE"),)),
        Answer("existing_customer_revenue_growth", "25", "30", "120", (("market", "NO"),),
               why="customer 6: 150 in April, 120 in the 30 days before"),
        Answer("loyal_customer_rate", "66.6667", "2", "3", (("market", "NO"),)),
        Answer("time_between_purchases_median", "31", None, None, (("market", "DE"),)),
        Answer("revenue_loyal_customers", "50", "50", None, (("market", "DE"),)),
        Answer("repeat_purchase_rate", "100", "3", "3", (("market", "NO"),)),
        Answer("refunds", "15", "15", None, (("market", "DE"),)),
        Answer("churn_rate", "50", "1", "2", (("cohort", "2024-03"), ("market", "DE"))),
        Answer("new_customers", "2", "2", None, (("cohort", "2024-04"),)),
        Answer("revenue", "90", "90", None, (("cohort_quarter", "2024-Q2"),)),
        Answer("revenue", "350", "350", None, (("cohort_year", "2024"),)),
    ),
)  # fmt: skip

LONG_WINDOW = Spec(
    "A window longer than the period",
    "The window is 60 days, the period April 2024. Customer 1 is kept by construction: the order of 20 March alone makes "
    "a customer at both ends. Customer 2 leaves, customer 3 orders again. Customer 4 is new and orders twice on one day: "
    "two orders, one order day.",
    Definitions(window_days=60, currency="EUR", coverage=COVERED),
    (APRIL,),
    {
        "orders": """
            customer | order_id | local_day  | goods
            1        | a        | 2024-03-20 | 10
            2        | b        | 2024-02-10 | 10
            3        | c        | 2024-02-15 | 10
            3        | d        | 2024-04-10 | 10
            4        | e        | 2024-04-11 | 10
            4        | f        | 2024-04-11 | 30
            """
    },
    (
        Answer("retention_rate", "66.6667", "2", "3"),
        Answer("by_construction_share", "50", "1", "2", why="1 of 1 and 3"),
        Answer("repurchase_rate", "33.3333", "1", "3"),
        Answer("came_and_went", "0", why="whoever orders in April is a customer on 1 May"),
        Answer("time_between_purchases_mean", "55", "55", "1", why="two orders on a day make no gap"),
        Answer("loyal_customer_rate", "50", "1", "2", why="customer 4, by orders"),
    ),
)

SPECS = (SHORT_WINDOW, LONG_WINDOW)
