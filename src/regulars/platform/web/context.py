"""What the frame of every page shows: where one is, who one is, what may be opened."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from regulars.platform.core.api import get_setting
from regulars.platform.web.navigation import shown_to
from regulars.platform.web.scope import scope_of


def bare() -> dict[str, str]:
    """What a page needs that asks nothing: pages about what went wrong are drawn of it alone."""
    language = translation.get_language() or "en"
    right_to_left = translation.get_language_bidi() or language == "ar-xb"
    return {"language": language, "direction": "rtl" if right_to_left else "ltr", "theme": "auto"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Values that templates/base.html reads; lazily where they ask the database."""
    values: dict[str, Any] = {**bare(), "public_url": settings.PUBLIC_URL}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        values |= {
            "theme": user.theme,
            "navigation": shown_to(user, request.path),
            "scope": scope_of(request),
            "company": get_setting("company"),
        }
    return values
