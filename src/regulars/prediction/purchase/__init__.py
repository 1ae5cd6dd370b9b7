"""How often customers buy, when they stop, and what they spend: the models of the literature by maximum likelihood."""

from regulars.prediction.purchase.beta_geometric import BgNbd, MbgNbd
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.purchase.errors import CannotFitError
from regulars.prediction.purchase.fitted import Bootstrap
from regulars.prediction.purchase.model import PurchaseModel, Simulated
from regulars.prediction.purchase.opportunities import BgBb
from regulars.prediction.purchase.pareto import ParetoNbd
from regulars.prediction.purchase.spend import GammaGamma

__all__ = [
    "BgBb",
    "BgNbd",
    "Bootstrap",
    "CannotFitError",
    "Covariates",
    "GammaGamma",
    "MbgNbd",
    "ParetoNbd",
    "PurchaseModel",
    "Simulated",
]
