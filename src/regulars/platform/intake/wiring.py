"""What intake registers."""

from __future__ import annotations


def register() -> None:
    """Nothing yet."""
