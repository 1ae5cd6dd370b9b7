"""What will happen: purchase models, lifetime value, risk with reasons, recommendations. See docs/decisions/0030."""

from regulars.prediction.history import PurchaseSummary, purchases_until
from regulars.prediction.purchase import (
    BgBb,
    BgNbd,
    CannotFitError,
    Covariates,
    GammaGamma,
    MbgNbd,
    ParetoNbd,
    PurchaseModel,
)

__all__ = [
    "BgBb",
    "BgNbd",
    "CannotFitError",
    "Covariates",
    "GammaGamma",
    "MbgNbd",
    "ParetoNbd",
    "PurchaseModel",
    "PurchaseSummary",
    "purchases_until",
]
