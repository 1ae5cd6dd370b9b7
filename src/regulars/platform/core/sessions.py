"""Sessions in the database that know their user, so that people see where they are signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession


class SessionStore(DatabaseStore):
    """Django's database sessions, with the user's number beside the data."""

    seen_at: datetime | None = None  # when this session was last seen, once it was read

    def load(self) -> dict[str, Any]:
        store: Any = self  # its types leave this method out
        found = store._get_session_from_db()
        if found is None:
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
