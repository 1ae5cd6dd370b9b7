"""What every page obeys and the address keeps: period, market, currency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from regulars.platform.core.api import User
from regulars.platform.insights.api import SPANS, Span


@dataclass(frozen=True)
class Scope:
    """`span` None: the rolling one. `market` None: all. `currency` None: the reporting currency. `end`: the
    period's last day, None: the newest."""

    span: Span | None = None
    market: str | None = None
    currency: str | None = None
    end: str | None = None

    def query(self, **changes: Any) -> str:
        """The address's query for this scope with changes; what is not set is left out."""
        changed = replace(self, **changes)
        values = {
            "period": changed.span,
            "market": changed.market,
            "currency": changed.currency,
            "end": changed.end,
        }
        return urlencode({key: value for key, value in values.items() if value})


def scope_of(request: Any) -> Scope:
    """The scope that the address names. What it names wrongly, or what this user may not see, falls back."""
    span = request.GET.get("period")
    market = request.GET.get("market") or None
    user: User = request.user
    allowed = user.reach.markets
    if allowed is not None and market not in allowed:
        market = min(allowed)
    return Scope(
        span if span in SPANS and span != SPANS[0] else None,
        market,
        (request.GET.get("currency") or None),
        (request.GET.get("end") or None),
    )
