"""The part of the door that is about the work list: `from regulars.platform.insights.api import worklist`."""

from __future__ import annotations

from regulars.platform.insights.worklist_operations import (
    LONGEST_NOTE,
    NoSuchWorkError,
    assign,
    colleagues,
    finish,
    note,
    reopen,
    snooze,
)
from regulars.platform.insights.worklist_queries import (
    PAGE,
    Outcomes,
    Whose,
    Work,
    WorkPage,
    finished,
    one,
    outcomes,
    work,
    work_of,
)

__all__ = [
    "LONGEST_NOTE", "PAGE", "NoSuchWorkError", "Outcomes", "Whose", "Work", "WorkPage", "assign", "colleagues", "finish", "finished",
    "note", "one", "outcomes", "reopen", "snooze", "work", "work_of",
]  # fmt: skip
