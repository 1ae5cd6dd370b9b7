"""The door of predictions: those of customers, and the runs that they come from."""

from __future__ import annotations

from regulars.platform.insights.predictions import (
    Prediction,
    Reason,
    of_customer,
    of_customers,
    predictions_from,
)
from regulars.platform.insights.predictions_when import Made, made, risks_of

__all__ = [
    "Made",
    "Prediction",
    "Reason",
    "made",
    "of_customer",
    "of_customers",
    "predictions_from",
    "risks_of",
]
