"""Customer groups found from behaviour, how stable they are, and a portrait of each. See docs/personas.md."""

from regulars.prediction.clusters.facets import Difference
from regulars.prediction.clusters.finding import Candidate
from regulars.prediction.clusters.grouping import Group, Grouping, find_groups
from regulars.prediction.clusters.portraits import Portrait, difference_line, portraits, trait_line
from regulars.prediction.clusters.standing import GroupName, Standing
from regulars.prediction.clusters.traits import Trait, TraitTable, collect

__all__ = [
    "Candidate",
    "Difference",
    "Group",
    "GroupName",
    "Grouping",
    "Portrait",
    "Standing",
    "Trait",
    "TraitTable",
    "collect",
    "difference_line",
    "find_groups",
    "portraits",
    "trait_line",
]
