"""What Overview and Today say of goals and alerts: a few lines that lead to their pages. Two queries."""

from __future__ import annotations

from typing import Any

from regulars.platform.core.api import User
from regulars.platform.insights import api as insights


def teasers(user: User) -> dict[str, Any]:
    """Values that templates/goals/teaser.html reads."""
    return {"goal_lines": insights.goal_lines(user), "open_findings": insights.open_findings(user)}
