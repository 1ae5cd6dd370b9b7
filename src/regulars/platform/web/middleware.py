"""What a reader sees when the database is busy or away: a short wait or a clear page, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

log = logging.getLogger(__name__)


class kindly:  # noqa: N801 - named like a function, as the other middlewares are; Django asks a class for exceptions
    """Turn 'the database does not answer' into a page that says so and asks again by itself."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.warning("the database did not answer a page: %s", type(exception).__name__)
        response = render(None, "errors/busy.html", status=503)
        response["Retry-After"] = "5"
        return response
