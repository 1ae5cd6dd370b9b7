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
    reason_words,
    work,
    work_of,
)
from regulars.platform.insights.worklist_rules import STEPS, Step, next_step

__all__ = [
    "LONGEST_NOTE", "PAGE", "STEPS", "NoSuchWorkError", "Outcomes", "Step", "Whose", "Work", "WorkPage", "assign", "colleagues",
    "finish", "finished", "next_step", "note", "one", "outcomes", "reason_words", "reopen", "snooze", "work", "work_of",
]  # fmt: skip
