"""What a hand-over says of customers who are on the Today list: why, and what to do next, as that page says it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from regulars.platform.insights.api import worklist
from regulars.platform.web import work_words


def said(numbers: Sequence[int], as_of: date | None) -> dict[int, tuple[str, str]]:
    """Reason and step by customer number, of the most urgent item of each; in the language in force."""
    day = as_of or timezone.now().date()
    found: dict[int, tuple[str, str]] = {}
    for item in worklist.work_of(tuple(numbers)):
        found.setdefault(item.customer, (work_words.why(item, day), work_words.step(item)))
    return found
