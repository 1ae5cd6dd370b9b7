"""What will happen: purchase models, lifetime value, risk with reasons, recommendations. See docs/decisions/0030."""

from regulars.prediction.churn import (
    ChurnModel,
    LabelledModel,
    fit_churn,
    fit_labelled,
    what_goes_with_leaving,
)
from regulars.prediction.churn import backtest as back_test_churn
from regulars.prediction.churn import reasons as churn_reasons
from regulars.prediction.clusters import Grouping, Portrait, TraitTable, find_groups, portraits
from regulars.prediction.clusters import collect as collect_traits
from regulars.prediction.features import FEATURES, Feature, features_as_of
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
from regulars.prediction.purchase.tracking import tracking
from regulars.prediction.purchase.traits import first_traits
from regulars.prediction.recommend import (
    Catalogue,
    Filters,
    Interactions,
    Recommender,
    catalogue,
    interactions_of,
)
from regulars.prediction.recommend import back_test as back_test_recommender
from regulars.prediction.recommend import fit as fit_recommender
from regulars.prediction.recommend import for_basket as recommend_for_basket
from regulars.prediction.recommend import for_visitor as recommend_for_visitor
from regulars.prediction.recommend import load as load_recommender
from regulars.prediction.recommend import recommend as recommend_for_customers
from regulars.prediction.recommend import save as save_recommender
from regulars.prediction.scores import Scores, predict
from regulars.prediction.together import Baskets, Pairs, baskets_of, bought_together, bundles, upsell
from regulars.prediction.value import CustomerValues, Models, Terms, customer_values, fit_models

__all__ = [
    "FEATURES",
    "Baskets",
    "BgBb",
    "BgNbd",
    "CannotFitError",
    "Catalogue",
    "ChurnModel",
    "Covariates",
    "CustomerValues",
    "Feature",
    "Filters",
    "GammaGamma",
    "Grouping",
    "Interactions",
    "LabelledModel",
    "MbgNbd",
    "Models",
    "Pairs",
    "ParetoNbd",
    "Portrait",
    "PurchaseModel",
    "PurchaseSummary",
    "Recommender",
    "Scores",
    "Terms",
    "TraitTable",
    "back_test_churn",
    "back_test_recommender",
    "baskets_of",
    "bought_together",
    "bundles",
    "catalogue",
    "churn_reasons",
    "collect_traits",
    "customer_values",
    "features_as_of",
    "find_groups",
    "first_traits",
    "fit_churn",
    "fit_labelled",
    "fit_models",
    "fit_recommender",
    "interactions_of",
    "load_recommender",
    "portraits",
    "predict",
    "purchases_until",
    "recommend_for_basket",
    "recommend_for_customers",
    "recommend_for_visitor",
    "save_recommender",
    "tracking",
    "upsell",
    "what_goes_with_leaving",
]
