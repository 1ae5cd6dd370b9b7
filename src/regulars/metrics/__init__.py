"""What happened: the catalogue of key figures and the analyses beside them."""

from regulars.metrics.analysis import Analysis
from regulars.metrics.bridge import Bridge, BridgeLine, CurrencyTotal, Given, bridge
from regulars.metrics.calendar import Calendar
from regulars.metrics.catalogue import FIGURES, figure
from regulars.metrics.cohorts import MEASURES, Average, Cell, Cohort, Cohorts, cohorts, triangles
from regulars.metrics.coverage import Coverage, Covered, coverage_of
from regulars.metrics.dimensions import DIMENSIONS, Dimension, segment
from regulars.metrics.figures import Figure, Row
from regulars.metrics.gaps import GapCount, Gaps, gaps
from regulars.metrics.quality import Finding, Quality, quality
from regulars.metrics.rfm import CutPoints, Rfm, RfmCell, RfmGroup, RfmMove, rfm, rfm_customers, rfm_movement
from regulars.metrics.whatif import Assumption, Effect, WhatIf, whatif
from regulars.metrics.window import (
    CurvePoint,
    Weakness,
    WindowProposal,
    propose_by_history,
    propose_window,
)  # fmt: skip

__all__ = [
    "DIMENSIONS",
    "FIGURES",
    "MEASURES",
    "Analysis",
    "Assumption",
    "Average",
    "Bridge",
    "BridgeLine",
    "Calendar",
    "Cell",
    "Cohort",
    "Cohorts",
    "Coverage",
    "Covered",
    "CurrencyTotal",
    "CurvePoint",
    "CutPoints",
    "Dimension",
    "Effect",
    "Figure",
    "Finding",
    "GapCount",
    "Gaps",
    "Given",
    "Quality",
    "Rfm",
    "RfmCell",
    "RfmGroup",
    "RfmMove",
    "Row",
    "Weakness",
    "WhatIf",
    "WindowProposal",
    "bridge",
    "cohorts",
    "coverage_of",
    "figure",
    "gaps",
    "propose_by_history",
    "propose_window",
    "quality",
    "rfm",
    "rfm_customers",
    "rfm_movement",
    "segment",
    "triangles",
    "whatif",
]
