"""What is said when something is not there, not allowed, went wrong, or cannot be done for a while."""

from __future__ import annotations

import logging
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from regulars.platform.core.api import DATABASE_AWAY, DISK_FULL, machine_fault
from regulars.platform.web.context import bare

log = logging.getLogger(__name__)

_PAGES = {DATABASE_AWAY: ("errors/busy.html", 503, 5), DISK_FULL: ("errors/full.html", 507, 60)}


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "errors/bad_request.html", status=400)


def forbidden(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "errors/forbidden.html", status=403)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without the token of its browser: the site did not make it, or made it before the last sign-in."""
    return render(None, "errors/form_too_old.html", bare(), status=403)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return render(request, "errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what was not foreseen; Django calls it while it handles the exception."""
    error = sys.exc_info()[1]
    if error is not None and (known := passing(request, error)) is not None:
        return known
    # No request is given to the template: what failed may be what the frame needs.
    return render(None, "errors/server_error.html", bare(), status=500)


def only_sent_to(answer: HttpResponseNotAllowed) -> HttpResponse:
    """The page for an address that only takes forms, such as after reloading what one of them had led to."""
    page = render(None, "errors/only_sent_to.html", bare(), status=answer.status_code)
    page["Allow"] = answer["Allow"]
    return page


def passing(request: HttpRequest, error: BaseException) -> HttpResponse | None:
    """The page for what fails only for a while, and when to ask again; None for any other error."""
    fault = machine_fault(error)
    if not fault:
        return None
    log.warning("a page could not be answered (%s): %s", type(error).__name__, fault)
    template, status, seconds = _PAGES[fault]
    reads = request.method in ("GET", "HEAD")
    response = render(None, template, bare() | {"reads": reads}, status=status)
    response["Retry-After"] = str(seconds)
    if reads and fault == DATABASE_AWAY:
        # The browser asks again by itself; what was sent is never sent twice.
        response["Refresh"] = str(seconds)
    setattr(response, "_has_been_logged", True)  # noqa: B010 - Django would log a traceback for each request
    return response
