"""What happened: the catalogue of key figures and the analyses beside them."""

from regulars.metrics.bridge import Bridge, BridgeLine, CurrencyTotal, Given, bridge
from regulars.metrics.cohorts import MEASURES, Average, Cell, Cohort, Cohorts, cohorts
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
    "MEASURES", "Assumption", "Average", "Bridge", "BridgeLine", "Cell", "Cohort", "Cohorts", "CurrencyTotal",
    "CurvePoint", "CutPoints", "Effect", "Finding", "GapCount", "Gaps", "Given", "Quality", "Rfm", "RfmCell",
    "RfmGroup", "RfmMove", "Weakness", "WhatIf", "WindowProposal", "bridge", "cohorts", "gaps",
    "propose_by_history", "propose_window", "quality", "rfm", "rfm_customers", "rfm_movement", "whatif",
]  # fmt: skip
