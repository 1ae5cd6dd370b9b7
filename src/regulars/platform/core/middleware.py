"""What happens to every request: a correlation id, and the reader's language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from regulars.platform.core.logs import CORRELATION
from regulars.platform.core.settings_store import READ

Handler = Callable[[HttpRequest], HttpResponse]
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,32}")


def correlated(handler: Handler) -> Handler:
    """Give the request an id, or keep the one that a proxy gave it; the answer carries it too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        number = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        token = CORRELATION.set(number)
        settings = READ.set({})
        try:
            response = handler(request)
        finally:
            CORRELATION.reset(token)
            READ.reset(settings)
        response["X-Request-ID"] = number
        return response

    return middleware


def in_the_readers_language(handler: Handler) -> Handler:
    """The user's own language; for who is not signed in, the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        language = (
            user.language if user.is_authenticated else translation.get_language_from_request(request)  # type: ignore[union-attr]
        )
        with translation.override(language):
            response = handler(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
