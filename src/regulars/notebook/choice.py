"""Which figures are asked for: by name, or all that the facts and the split can answer."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from regulars.kernel.errors import InputError
from regulars.metrics import FIGURES
from regulars.metrics.analysis import Analysis
from regulars.metrics.dimensions import by as dimensions_named
from regulars.metrics.figures import Figure


def every() -> tuple[Figure, ...]:
    """All figures of the catalogue, in its order."""
    return tuple(FIGURES.values())


def named(slug: str) -> Figure:
    """One figure. Raises InputError with the nearest name where there is none such."""
    found = FIGURES.get(slug)
    if found is None:
        near = difflib.get_close_matches(slug, FIGURES, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "'regulars metrics --list' shows all."
        raise InputError(f"there is no figure '{slug}'.", do=hint)
    return found


def chosen(analysis: Analysis, slugs: Sequence[str], names: Sequence[str]) -> tuple[Figure, ...]:
    """The figures named, or all whose facts are there and that can be split by these dimensions."""
    if slugs:
        return tuple(named(slug) for slug in slugs)
    split = dimensions_named(names)
    return tuple(
        figure
        for figure in every()
        if all(split.supports(family.scope) for family in figure.families)
        and all(analysis.has_facts(table) for table in figure.needs)
    )
