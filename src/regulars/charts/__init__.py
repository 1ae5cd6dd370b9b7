"""One picture per question, the same in a notebook and in the report. Rows in, an Altair chart out.

Each chart `x` comes with `x_summary`: the same in a sentence, for those who do not see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.charts.spark import spark
from regulars.charts.theme import COLOURS, Look, Palette
from regulars.charts.words import Words

if TYPE_CHECKING:
    from regulars.charts.drawn import (
        bridge,
        bridge_summary,
        calibration,
        calibration_summary,
        cohort_curves,
        cohort_curves_summary,
        cohort_heat,
        cohort_heat_summary,
        compared,
        compared_summary,
        gaps,
        gaps_summary,
        markets,
        markets_summary,
        movement,
        movement_summary,
        ranking,
        ranking_summary,
        retention_trend,
        retention_trend_summary,
        revenue_mix,
        revenue_mix_summary,
        rfm_grid,
        rfm_grid_summary,
        risks,
        risks_summary,
        tracking,
        tracking_summary,
        whatif,
        whatif_summary,
    )  # fmt: skip

__all__ = [
    "COLOURS", "Look", "Palette", "Words", "bridge", "bridge_summary", "calibration",
    "calibration_summary", "cohort_curves", "cohort_curves_summary", "cohort_heat", "cohort_heat_summary", "compared", "compared_summary",
    "gaps", "gaps_summary", "markets", "markets_summary", "movement", "movement_summary", "ranking",
    "ranking_summary", "retention_trend", "retention_trend_summary", "revenue_mix", "revenue_mix_summary",
    "rfm_grid", "rfm_grid_summary", "risks", "risks_summary", "spark", "tracking", "tracking_summary",
    "whatif", "whatif_summary",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the charts with the first one: Altair takes longer to load than a report's words and colours."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from regulars.charts import drawn  # noqa: PLC0415 - see above

    # All at once: a chart has the name of its module, which Python would put here in its place.
    globals().update({chart: getattr(drawn, chart) for chart in drawn.__all__})
    return globals()[name]
