"""What is left to do before a page is shown to somebody who signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from regulars.platform.core.api import get_setting


def next_step(request: Any) -> str | None:
    """The address of the step that comes first: the code of the second factor, a new password; None: come in."""
    user = request.user
    if user.second_factor:
        if not user.is_verified():
            wanted = request.get_full_path() if request.method == "GET" else reverse("today")
            return f"{reverse('second-factor')}?{urlencode({'next': wanted})}"
    elif get_setting("two_factor") == "required":
        return reverse("second-factor-setup")
    if user.must_change_password:
        return reverse("change-password")
    return None
