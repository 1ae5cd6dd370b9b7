"""How often customers buy, and when they stop: the purchase models of the literature by maximum likelihood."""

from regulars.prediction.purchase.beta_geometric import BgNbd, MbgNbd
from regulars.prediction.purchase.covariates import Covariates
from regulars.prediction.purchase.errors import CannotFitError
from regulars.prediction.purchase.pareto import ParetoNbd

__all__ = ["BgNbd", "CannotFitError", "Covariates", "MbgNbd", "ParetoNbd"]
