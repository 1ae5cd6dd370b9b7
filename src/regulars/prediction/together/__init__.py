"""What is bought together: pairs, bundles, and better products of the same category. See docs/recommendations.md."""

from regulars.prediction.together.baskets import Baskets, baskets_of
from regulars.prediction.together.better import upsell
from regulars.prediction.together.pairs import Pairs, bought_together
from regulars.prediction.together.sets import bundles

__all__ = ["Baskets", "Pairs", "baskets_of", "bought_together", "bundles", "upsell"]
