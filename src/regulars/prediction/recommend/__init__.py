"""What to offer to whom: 'buy again' and 'discover', each with its reason. See docs/recommendations.md."""

from regulars.prediction.recommend.answers import for_basket, for_visitor, recommend
from regulars.prediction.recommend.back_test import BackTest, back_test
from regulars.prediction.recommend.filters import Catalogue, Filters, catalogue
from regulars.prediction.recommend.held_out import Accuracy
from regulars.prediction.recommend.interactions import Interactions, interactions_of
from regulars.prediction.recommend.model import Recommender, fit
from regulars.prediction.recommend.saved import load, save
from regulars.prediction.recommend.settings import Lean, Settings

__all__ = [
    "Accuracy",
    "BackTest",
    "Catalogue",
    "Filters",
    "Interactions",
    "Lean",
    "Recommender",
    "Settings",
    "back_test",
    "catalogue",
    "fit",
    "for_basket",
    "for_visitor",
    "interactions_of",
    "load",
    "recommend",
    "save",
]
