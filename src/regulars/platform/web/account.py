"""What is left to do before a page is shown to somebody who signed in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django_otp import user_has_device

from regulars.platform.core.api import get_setting


def next_step(request: Any) -> str | None:
    """The address of the step that comes first: the code of the second factor, a new password; None: come in."""
    user = request.user
    if user_has_device(user):
        if not user.is_verified():
            return f"{reverse('second-factor')}?next={request.path}"
    elif get_setting("two_factor") == "required":
        return reverse("second-factor-setup")
    if user.must_change_password:
        return reverse("change-password")
    return None
