"""With contract: a customer is who has a running subscription. K1, K2, K3, K20."""

from datetime import date

from regulars.kernel.definitions import Definitions, SourceCoverage
from regulars.kernel.periods import Period
from spec.tables import Answer, Spec

SUBSCRIPTIONS = Spec(
    "With contract",
    "The period is April 2024. What starts on 1 April is won in April. Customer 1 stays; 2 cancels; the payment of 3 "
    "fails; 4 is new; 5 moves to a larger plan; 6 comes and goes; 7 only tries. Amounts are brought to a month: 3 pays 120 "
    "a year. Customer 8 left on 1 May, which is May's loss.",
    Definitions(
        window_days=30, currency="EUR",
        coverage=(SourceCoverage("shop", first=date(2023, 1, 1), last=date(2024, 12, 31)),),
    ),
    (Period(date(2024, 4, 1), date(2024, 5, 1)),),
    {
        "subscriptions": """
            customer | subscription_id | started_day | ended_day  | amount | interval_months | state  | end_kind
            1        | a               | 2024-01-01  |            | 20     | 1               | active |
            2        | b               | 2024-02-01  | 2024-04-15 | 30     | 1               | active | cancelled
            3        | c               | 2024-02-01  | 2024-04-10 | 120    | 12              | active | payment_failed
            4        | d               | 2024-04-01  |            | 15     | 1               | active |
            5        | e               | 2024-03-01  | 2024-04-20 | 10     | 1               | active | changed
            5        | e               | 2024-04-20  |            | 25     | 1               | active |
            6        | f               | 2024-04-05  | 2024-04-12 | 10     | 1               | active | cancelled
            7        | g               | 2024-03-01  |            | 10     | 1               | trial  |
            8        | h               | 2024-03-01  | 2024-05-01 | 40     | 1               | active | cancelled
            """
    },
    (
        Answer("customers_at_start", "5", why="1, 2, 3, 5, 8"),
        Answer("customers_at_end", "4", why="1, 4, 5, 8"),
        Answer("retention_rate", "60", "3", "5"),
        Answer("churn_rate", "40", "2", "5"),
        Answer("voluntary_churn_rate", "20", "1", "5", why="2"),
        Answer("involuntary_churn_rate", "20", "1", "5", why="3"),
        Answer("came_and_went", "1", why="6"),
        Answer("new_customers", "2", why="4, 6"),
        Answer("won_first_time", "1", why="4"),
        Answer("lifespan_observed_years", "0.137", "0.411", "3", why="2 left after 74 days, 3 after 69, 6 after 7"),
        Answer("revenue_churn_gross", "36.3636", "40", "110", why="30 and 10 of 20 + 30 + 10 + 10 + 40"),
        Answer("revenue_churn_net", "22.7273", "25", "110", why="customer 5 pays 15 more"),
        Answer("repurchase_rate", None, why="orders are not what makes a customer here"),
        Answer("orders", None, why="no orders are given"),
    ),
)  # fmt: skip

SPECS = (SUBSCRIPTIONS,)
