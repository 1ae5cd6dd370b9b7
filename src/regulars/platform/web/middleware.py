"""What a reader sees when the database is busy or away, or the disk is full: a clear page, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from errno import ENOSPC

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from regulars.platform.core.api import NO_ROOM_HEADER
from regulars.platform.web.pages.errors import only_sent_to, passing


class kindly:  # noqa: N801 - named like a function, as the other middlewares are; Django asks a class for exceptions
    """Answer what a view could not do for a while; what fails before or after a view comes to the error page itself."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NO_ROOM_HEADER in request.headers and (answer := passing(request, OSError(ENOSPC, "disk full"))):
            return answer
        response = self.handler(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            return only_sent_to(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return passing(request, exception)
