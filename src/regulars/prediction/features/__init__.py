"""Features of customers as of past days, each declared once. See docs/how-to/add-a-feature.md."""

from regulars.prediction.features.compute import (
    FEATURES,
    features_as_of,
    features_expression,
    given_features,
    with_parts,
)
from regulars.prediction.features.declare import Asked, Facts, Feature

__all__ = [
    "FEATURES",
    "Asked",
    "Facts",
    "Feature",
    "features_as_of",
    "features_expression",
    "given_features",
    "with_parts",
]
