"""The charts that Altair draws, each with its sentence: what `regulars.charts` loads when the first is asked for."""

from regulars.charts.bridge import bridge, bridge_summary
from regulars.charts.calibration import calibration, calibration_summary
from regulars.charts.cohort_curves import cohort_curves, cohort_curves_summary
from regulars.charts.cohort_heat import cohort_heat, cohort_heat_summary
from regulars.charts.compared import compared, compared_summary
from regulars.charts.gaps import gaps, gaps_summary
from regulars.charts.markets import markets, markets_summary
from regulars.charts.movement import movement, movement_summary
from regulars.charts.ranking import ranking, ranking_summary
from regulars.charts.retention_trend import retention_trend, retention_trend_summary
from regulars.charts.revenue_mix import revenue_mix, revenue_mix_summary
from regulars.charts.rfm_grid import rfm_grid, rfm_grid_summary
from regulars.charts.risks import risks, risks_summary
from regulars.charts.tracking import tracking, tracking_summary
from regulars.charts.whatif import whatif, whatif_summary

__all__ = [
    "bridge", "bridge_summary", "calibration", "calibration_summary", "cohort_curves",
    "cohort_curves_summary", "cohort_heat", "cohort_heat_summary", "compared", "compared_summary", "gaps", "gaps_summary", "markets",
    "markets_summary", "movement", "movement_summary", "ranking", "ranking_summary", "retention_trend",
    "retention_trend_summary", "revenue_mix", "revenue_mix_summary", "rfm_grid", "rfm_grid_summary",
    "risks", "risks_summary", "tracking", "tracking_summary", "whatif", "whatif_summary",
]  # fmt: skip
