"""The door of predictions: those of customers, and the runs that they come from."""

from __future__ import annotations

from regulars.platform.insights.predictions import (
    Prediction,
    Reason,
    of_customer,
    of_customers,
    predictions_from,
)

__all__ = [
    "Prediction",
    "Reason",
    "of_customer",
    "of_customers",
    "predictions_from",
]
