"""Purchases that no model can be fitted to."""

from __future__ import annotations

from regulars.kernel.errors import RegularsError


class CannotFitError(RegularsError):
    """The purchases do not tell enough for this model; `do` says what can be said instead."""
