"""What a run of scores holds: one row a customer, as `prediction.scores` makes it, with what its reasons need to be said."""

from __future__ import annotations

from regulars.lake.tables import Column, Table
from regulars.prediction.stories import NUMBERS

AT_RISK = 0.5  # a risk from which on somebody is more likely to be lost than not
PLACES = (1, 2, 3)  # reasons a customer, strongest first
TOLD = "told_"  # before the name of a number that a reason's sentence has
_SHARE = "share, 0 to 1"

_VALUES = (
    Column("customer", "whole", "customer number", required=True),
    Column("historic_number_of_orders", "whole", "counted orders so far"),
    Column("historic_clv", "money", "revenue so far, after refunds"),
    Column("average_order_value", "money", "before refunds"),
    Column("average_days_between_orders", "number", "null for who bought on one day"),
    Column("predicted_number_of_orders", "number", "days with orders expected within the years asked for"),
    Column("predicted_clv", "money", "revenue expected within them, discounted, after refunds"),
    Column("predicted_clv_low", "money", "10 % of such customers bring less"),
    Column("predicted_clv_high", "money", "10 % bring more"),
    Column("residual_clv", "money", "without an end"),
    Column("total_clv", "money", "so far and expected"),
    Column("expected_date_of_next_order", "day", "when half of such customers have ordered again"),
    Column("probability_alive", "number", _SHARE),
    Column("probability_of_purchase", "number", _SHARE),
    Column("historic_margin", "money", "margin so far, before refunds"),
    Column("predicted_margin", "money", "margin expected"),
    Column("margin_from", "text", "where the margin's share comes from"),
    Column("churn_probability", "number", _SHARE),
)
_REASONS = tuple(
    column
    for n in PLACES
    for column in (
        Column(f"reason_{n}", "text", "a story of prediction.stories"),
        Column(f"contribution_{n}", "number", "log-odds that it adds to the risk"),
    )
)
_TOLD = tuple(Column(f"{TOLD}{name}", "number", "said in a reason's sentence") for name in NUMBERS)

PREDICTIONS = Table(
    "predictions",
    "What is predicted of each customer.",
    key=("customer",),
    columns=(*_VALUES, *_REASONS, *_TOLD),
)
