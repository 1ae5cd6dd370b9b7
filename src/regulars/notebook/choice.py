"""Which figures are asked for: by name, or all that the facts and the split can answer."""

from __future__ import annotations

import difflib

from regulars.kernel.errors import InputError
from regulars.metrics import FIGURES
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
