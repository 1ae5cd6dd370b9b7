"""What will happen: purchase models, lifetime value, risk with reasons, recommendations. See docs/decisions/0030."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from regulars.prediction.history import purchases_until
    from regulars.prediction.keeping import forget_scores, keep_scores
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
    from regulars.prediction.summary import PurchaseSummary
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
    "forget_scores",
    "interactions_of",
    "keep_scores",
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

# Where each name lives, and what it is called there: who fits a purchase model does not load the learners.
_MODULES = {
    "churn": "ChurnModel LabelledModel back_test_churn=backtest churn_reasons=reasons fit_churn fit_labelled what_goes_with_leaving",
    "clusters": "Grouping Portrait TraitTable collect_traits=collect find_groups portraits",
    "features": "FEATURES Feature features_as_of",
    "history": "purchases_until",
    "keeping": "forget_scores keep_scores",
    "purchase": "BgBb BgNbd CannotFitError Covariates GammaGamma MbgNbd ParetoNbd PurchaseModel",
    "purchase.tracking": "tracking",
    "purchase.traits": "first_traits",
    "recommend": "Catalogue Filters Interactions Recommender back_test_recommender=back_test catalogue fit_recommender=fit interactions_of load_recommender=load recommend_for_basket=for_basket recommend_for_customers=recommend recommend_for_visitor=for_visitor save_recommender=save",
    "scores": "Scores predict",
    "summary": "PurchaseSummary",
    "together": "Baskets Pairs baskets_of bought_together bundles upsell",
    "value": "CustomerValues Models Terms customer_values fit_models",
}


def __getattr__(name: str) -> Any:
    """Load a part with the first of its names."""
    for module, names in _MODULES.items():
        for entry in names.split():
            shown, _, own = entry.partition("=")
            if shown == name:
                found = getattr(import_module(f"{__name__}.{module}"), own or shown)
                globals()[name] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
