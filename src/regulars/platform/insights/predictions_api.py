"""The door of predictions: those of customers, and the runs that they come from."""

from __future__ import annotations

from regulars.platform.insights.predictions import (
    Prediction,
    Reason,
    of_customer,
    of_customers,
    predictions_from,
)
from regulars.platform.insights.predictions_model import (
    Before,
    Model,
    model,
    models_made,
    predicting,
    start,
)
from regulars.platform.insights.predictions_tables import AT_RISK
from regulars.platform.insights.predictions_when import Made, made, risks_of

__all__ = [
    "AT_RISK",
    "Before",
    "Made",
    "Model",
    "Prediction",
    "Reason",
    "made",
    "model",
    "models_made",
    "of_customer",
    "of_customers",
    "predicting",
    "predictions_from",
    "risks_of",
    "start",
]
