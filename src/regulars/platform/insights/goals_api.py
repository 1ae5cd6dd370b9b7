"""Goals, as other contexts and pages use them: `insights.api.goals`."""

from __future__ import annotations

from regulars.platform.insights.goals_operations import drop, set_goal, take_up_again
from regulars.platform.insights.goals_proposal import NotMeasured, Proposal, Wish, propose, series
from regulars.platform.insights.goals_queries import (
    GoalInfo,
    GoalLine,
    LetterSaid,
    goal,
    goal_lines,
    goals,
    letters,
)
from regulars.platform.insights.goals_values import (
    GRAINS,
    difference,
    figure_name,
    grain_word,
    scope,
    unit_of,
    value,
    watchable,
)
from regulars.platform.insights.goals_wording import outlook as outlook_said
from regulars.platform.insights.goals_wording import short_state
from regulars.platform.insights.goals_wording import target as target_said
from regulars.platform.insights.rules.goals import Point

__all__ = [
    "GRAINS", "GoalInfo", "GoalLine", "LetterSaid", "NotMeasured", "Point", "Proposal", "Wish", "difference", "drop", "figure_name", "goal",
    "goal_lines", "goals", "grain_word", "letters", "outlook_said", "propose", "scope", "series", "set_goal",
    "short_state", "take_up_again", "target_said", "unit_of", "value", "watchable",
]  # fmt: skip
