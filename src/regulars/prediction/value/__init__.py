"""Lifetime value with its interval, expected orders, and the date of the next one."""

from regulars.prediction.value.expected import Expected, Looked, expected_revenue
from regulars.prediction.value.outlook import Terms
from regulars.prediction.value.totals import Totals, totals_until
from regulars.prediction.value.values import (
    CustomerValues,
    Models,
    after_refunds,
    customer_values,
    fit_models,
    values_of,
)

__all__ = [
    "CustomerValues",
    "Expected",
    "Looked",
    "Models",
    "Terms",
    "Totals",
    "after_refunds",
    "customer_values",
    "expected_revenue",
    "fit_models",
    "totals_until",
    "values_of",
]
