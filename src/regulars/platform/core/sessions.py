"""Sessions in the database that know their user, so that people see where they are signed in.

One ends when nothing was asked for a while, and some hours after the sign-in in any case.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone


def began_after(now: datetime) -> datetime:
    """A session of somebody that began before this has ended."""
    return now - timedelta(seconds=settings.SESSION_COOKIE_AGE)


def seen_after(now: datetime) -> datetime:
    """A session of somebody that was not used since this has ended."""
    return now - timedelta(seconds=settings.SESSION_IDLE_SECONDS)


def alive(begun: datetime, seen: datetime, *, now: datetime) -> bool:
    """Whether somebody who signed in then, and was here last then, is still signed in."""
    return begun > began_after(now) and seen > seen_after(now)


class SessionStore(DatabaseStore):
    """Django's database sessions, with the user's number beside the data."""

    seen_at: datetime | None = None  # when this session was last seen, once it was read
    ended = False  # whether there was one that had lasted too long, or was not used

    def load(self) -> dict[str, Any]:
        store: Any = self  # its types leave this method out
        found = store._get_session_from_db()
        if found is None:
            return {}
        if found.user_id is not None and not alive(found.begun_at, found.seen_at, now=timezone.now()):
            store._session_key = None  # as for a key that is not there
            self.ended = True
            return {}
        self.seen_at = found.seen_at
        return dict(self.decode(found.session_data))

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from regulars.platform.core.models import Session  # noqa: PLC0415 - settings name this module before models load

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made: Any = super().create_model_instance(data)
        made.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.agent = str(data.get("agent", ""))[:200]
        if begun := data.get("begun_at"):
            made.begun_at = begun
        return made
