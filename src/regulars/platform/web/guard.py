"""Who may open a page: every view says it, and a test asks every address with every role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from regulars.platform.core.api import Right, User
from regulars.platform.insights import api as insights

View = Callable[..., HttpResponseBase]
SIGNED_IN = "signed in"
PUBLIC = "public"


class Request(HttpRequest):
    """A request of somebody who is signed in; for types only."""

    user: User


def public(view: View) -> View:
    """For anybody: signing in, resetting a password, health."""
    view.needs = PUBLIC  # type: ignore[attr-defined]
    return view


def page(right: Right | None = None) -> Callable[[View], View]:
    """For those who have the right (None: all who are signed in). Others are sent to sign in, or told who can help."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            if not user.is_authenticated:
                if request.headers.get("HX-Request"):
                    # A fragment must not show a sign-in page inside a page: the browser goes there as a whole.
                    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
                return redirect_to_login(request.get_full_path())
            if (step := unfinished(request)) and request.path != step.partition("?")[0]:
                # Only the page of the step itself is open: a password alone must not change a second factor.
                if request.headers.get("HX-Request"):
                    return HttpResponse(status=204, headers={"HX-Redirect": step})
                return redirect(step)
            if right is not None and not user.may(right):
                raise PermissionDenied(right)
            with insights.one_snapshot():
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.needs = right or SIGNED_IN  # type: ignore[attr-defined]
        return guarded

    return decorate


def unfinished(request: Any) -> str | None:
    """The page where a sign-in has to be finished first: a code, a new password, a second factor that is required."""
    from regulars.platform.web.account import next_step  # noqa: PLC0415 - the account pages use this module

    return next_step(request)
