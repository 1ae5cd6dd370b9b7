"""All key figures, by slug. To add one: declare it in a module here, list it, and give it a spec in tests/spec."""

from __future__ import annotations

import difflib

from regulars.kernel.errors import InputError
from regulars.metrics.catalogue import (
    buying,
    costs,
    feedback,
    lifetime,
    money,
    referral,
    retention,
    revenue_churn,
    serving,
)
from regulars.metrics.figures import Figure

_MODULES = (retention, revenue_churn, buying, money, serving, lifetime, costs, referral, feedback)

FIGURES: dict[str, Figure] = {figure.slug: figure for module in _MODULES for figure in module.FIGURES}


def figure(slug: str) -> Figure:
    """The figure of that slug. Raises InputError that names the nearest one."""
    if slug in FIGURES:
        return FIGURES[slug]
    near = difflib.get_close_matches(slug, FIGURES, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "`regulars metrics --list` lists them."
    raise InputError(f"there is no figure '{slug}'.", where="figures", do=hint)
