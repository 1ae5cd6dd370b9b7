"""What happens to every request: a correlation id, and the reader's language."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from regulars.platform.core.logs import CORRELATION
from regulars.platform.core.models import Session
from regulars.platform.core.settings_store import READ

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]
_SEEN_EVERY = timedelta(minutes=1)
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
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        with translation.override(language):
            response = handler(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def seen(handler: Handler) -> Handler:
    """Note every minute that a session is in use: one that is not ends, and its user reads it in the list of browsers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = handler(request)
        session, now = request.session, timezone.now()
        last = getattr(session, "seen_at", None)
        if last is not None and now - last > _SEEN_EVERY:
            try:
                with _soon():
                    Session.objects.filter(pk=session.session_key).update(seen_at=now)
            except DatabaseError as error:  # not worth failing a page for
                log.warning("a session's last use was not noted: %s", type(error).__name__)
        return response

    return middleware


@contextmanager
def _soon() -> Iterator[None]:
    """Let a write fail at once where another writes for long: a page that only shows something does not wait for it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}")
