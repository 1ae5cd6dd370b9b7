"""The door of insights: figures that are ready, questions to the engine, customers behind a number."""

from __future__ import annotations

from regulars.platform.insights import alerts_api as alerts
from regulars.platform.insights import goals_api as goals
from regulars.platform.insights import parts
from regulars.platform.insights import personas_api as personas
from regulars.platform.insights import predictions_api as predictions
from regulars.platform.insights import recommendations_api as recommendations
from regulars.platform.insights import reports_api as reports
from regulars.platform.insights import segments_api as segments
from regulars.platform.insights import worklist_api as worklist
from regulars.platform.insights.alerts_queries import open_findings
from regulars.platform.insights.behind import SETS_OF, Behind, CohortCell, CountedIn, behind
from regulars.platform.insights.goals_queries import goal_lines
from regulars.platform.insights.listing import LISTING
from regulars.platform.insights.members import (
    SORTS,
    Member,
    Members,
    Sort,
    listed,
    members_page,
    members_table,
)
from regulars.platform.insights.operations import READY
from regulars.platform.insights.pieces import (
    COHORT_GRAINS,
    COHORT_MEASURES,
    GRAINS,
    SPANS,
    Span,
    headline_grain,
    headline_periods,
    span_calendar,
)
from regulars.platform.insights.predictions_tables import PREDICTIONS
from regulars.platform.insights.queries import (
    FigureRow,
    SnapshotInfo,
    by_market,
    cohort_piece,
    computing,
    current,
    figure_rows,
    figures_rows,
    one_snapshot,
    piece,
    pieces,
)
from regulars.platform.insights.reading import NothingYet, TooSlow, asking, warm
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.platform.insights.sql_texts import sql_text, start_sql

__all__ = [
    "COHORT_GRAINS",
    "COHORT_MEASURES",
    "GRAINS",
    "LISTING",
    "PREDICTIONS",
    "READY",
    "SETS_OF",
    "SORTS",
    "SPANS",
    "Behind",
    "CohortCell",
    "CountedIn",
    "FigureRow",
    "Member",
    "Members",
    "NothingYet",
    "SnapshotInfo",
    "Sort",
    "Span",
    "TooSlow",
    "alerts",
    "asking",
    "at_work",
    "behind",
    "by_market",
    "cohort_piece",
    "computing",
    "current",
    "current_snapshot",
    "figure_rows",
    "figures_rows",
    "goal_lines",
    "goals",
    "headline_grain",
    "headline_periods",
    "listed",
    "members_page",
    "members_table",
    "one_snapshot",
    "open_findings",
    "parts",
    "personas",
    "piece",
    "pieces",
    "predictions",
    "recommendations",
    "reports",
    "segments",
    "span_calendar",
    "sql_text",
    "start_sql",
    "warm",
    "worklist",
]  # fmt: skip
