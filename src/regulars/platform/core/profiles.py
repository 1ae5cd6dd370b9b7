"""What people set for themselves."""

from __future__ import annotations

from regulars.platform.core.models import User


def change_profile(*, user: User, name: str, language: str, theme: str) -> None:
    """Name, language and appearance."""
    user.name, user.language, user.theme = name.strip(), language, theme
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "language", "theme"])
