"""Progress of long work: whoever runs it is told the step and, where it can be known, the share done."""

from __future__ import annotations

from collections.abc import Callable

# (what is being done, share done between 0 and 1 or None). Raise from it to stop; work stops between steps.
Progress = Callable[[str, float | None], None]


def silent(step: str, share: float | None = None) -> None:
    """Tell nobody."""
