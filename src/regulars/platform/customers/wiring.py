"""What customers registers."""

from __future__ import annotations

from regulars.platform.customers import people


def register() -> None:
    """Where a person's data stands that customers know of."""
    people.register()
