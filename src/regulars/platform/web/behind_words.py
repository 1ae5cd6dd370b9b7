"""The customers behind a number: as a heading, and as a rule that can be saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.kernel.periods import shift
from regulars.platform.insights.api import Behind, CohortCell
from regulars.platform.web.templatetags.regulars import reader


def who(behind: Behind) -> str:
    """The customers behind a number, as the heading of their list."""
    w = reader()
    if isinstance(behind, CohortCell):
        began = w.period(behind.start, shift(behind.start, behind.grain, 1))
        if behind.offset is None:
            return _("Customers who ordered first in %(period)s") % {"period": began}
        start = shift(behind.start, behind.grain, behind.offset)
        then = w.period(start, shift(start, behind.grain, 1))
        return _("Customers who ordered first in %(period)s, and ordered in %(later)s") % {
            "period": began, "later": then,
        }  # fmt: skip
    words = {
        "customers_at_start": _("Customers at the start of %(period)s"),
        "customers_at_end": _("Customers at the end of %(period)s"),
        "kept_customers": _("Customers who were kept in %(period)s"),
        "lost_customers": _("Customers who were lost in %(period)s"),
        "won_customers": _("Customers who were won in %(period)s"),
        "won_first_time": _("Customers who were won for the first time in %(period)s"),
        "won_back": _("Customers who were won back in %(period)s"),
        "new_customers": _("Customers who ordered for the first time in %(period)s"),
        "buyers": _("Customers who ordered in %(period)s"),
    }
    return words[behind.what] % {"period": w.period(behind.start, behind.end)}


def rule_of(behind: Behind, window: int) -> str:
    """The same customers as a rule, so that they can be saved as a segment. `window`: the activity window in days."""

    def ordered(start: Any, end: Any) -> str:
        return f"orders(after {start - timedelta(days=1)}, before {end}) >= 1"

    start = behind.start
    if isinstance(behind, CohortCell):
        end = shift(start, behind.grain, 1)
        rule = f"first_order_day between {start} and {end - timedelta(days=1)}"
        if behind.offset is None:
            return rule
        then = shift(start, behind.grain, behind.offset)
        return f"{rule} and {ordered(then, shift(then, behind.grain, 1))}"
    end, reach = behind.end, timedelta(days=window)
    at_start, at_end = ordered(start - reach, start), ordered(end - reach, end)
    return {
        "customers_at_start": at_start,
        "customers_at_end": at_end,
        "kept_customers": f"{at_start} and {at_end}",
        "lost_customers": f"{at_start} and not {at_end}",
        "won_customers": f"not {at_start} and {at_end}",
        "won_first_time": f"not first_order_day before {start} and {at_end}",
        "won_back": f"first_order_day before {start} and not {at_start} and {at_end}",
        "new_customers": f"first_order_day between {start} and {end - timedelta(days=1)}",
        "buyers": ordered(start, end),
    }[behind.what]
