"""Who is signed in where, and what of it is remembered: sessions, the password, what the audit log says of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.signals import user_locked_out
from axes.utils import reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from regulars.platform.core import audit
from regulars.platform.core.models import AuditEntry, Session, User
from regulars.platform.core.sessions import began_after, seen_after

ATTEMPTS_AN_HOUR = 100  # failed sign-ins of one account, from wherever they come


@dataclass(frozen=True)
class SignedIn:
    """A browser that is signed in. `key` names it on pages without giving it away."""

    key: str
    agent: str
    begun_at: datetime
    seen_at: datetime
    here: bool


def sessions(*, user: User, current: str) -> list[SignedIn]:
    """Where a user is signed in, the newest first; `current` is the session key of who asks."""
    now = timezone.now()
    alive = Session.objects.filter(user=user, begun_at__gt=began_after(now), seen_at__gt=seen_after(now))
    rows = alive.filter(expire_date__gt=now).order_by("-seen_at")
    return [
        SignedIn(_named(row.session_key), row.agent, row.begun_at, row.seen_at, row.session_key == current)
        for row in rows
    ]


def end_sessions(*, user: User, by: User, only: str = "", but: str = "") -> int:
    """End a user's sessions: `only` the one of that `key`, or all `but` the one of that session key. Returns how many."""
    with transaction.atomic():
        keys = list(
            Session.objects.filter(user=user).exclude(session_key=but).values_list("session_key", flat=True)
        )
        ended, _ = Session.objects.filter(pk__in=[key for key in keys if only in ("", _named(key))]).delete()
        if ended:
            audit.record(user=by, action="session.ended", object=f"user:{user.pk}", count=ended)
    return ended


def change_password(*, user: User, password: str, keep: str = "") -> None:
    """Set a new password and end all sessions but the one of the session key `keep`."""
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        audit.record(user=user, action="password.changed", object=f"user:{user.pk}")
        end_sessions(user=user, by=user, but=keep)
        reset(username=user.email)  # whoever could set it may sign in with it, however often others failed


def reset_parts(*, email: str) -> tuple[User, str, str] | None:
    """The user of an address with the two parts of a link that sets a new password once, within an hour; or None."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return None
    return user, urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def too_many_failures(*, email: str, now: datetime) -> bool:
    """Whether so many sign-ins to an account failed within the hour that nobody may try for now."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        return False
    entries = AuditEntry.objects.filter(object=f"user:{user.pk}", at__gt=now - timedelta(hours=1))
    failed = entries.filter(action="sign_in.failed")
    if renewed := entries.filter(action="password.changed").order_by("-pk").first():
        failed = failed.filter(pk__gt=renewed.pk)  # a new password opens the account again
    return failed.count() >= ATTEMPTS_AN_HOUR


def _named(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:20]


# ---- what Django and axes tell: written down without the address that was typed
def _came_in(request: Any, user: User, **more: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session["agent"] = request.headers.get("User-Agent", "")[:200]
        request.session["begun_at"] = timezone.now().isoformat()
    audit.record(user=user, action="sign_in", object=f"user:{user.pk}")


def _went(user: User | None, **more: Any) -> None:
    if user is not None:
        audit.record(user=user, action="sign_out", object=f"user:{user.pk}")


def _failed(credentials: dict[str, Any], **more: Any) -> None:
    audit.record(user=None, action="sign_in.failed", object=_object(credentials.get("username")))


def _locked(username: str | None, **more: Any) -> None:
    audit.record(user=None, action="sign_in.locked", object=_object(username))


def _object(address: str | None) -> str:
    """The account that an address names; nothing is kept of an address that is nobody's."""
    user = User.objects.filter(email=(address or "").strip().lower()).first()
    return f"user:{user.pk}" if user else ""


def listen() -> None:
    """Have sign-ins, sign-outs and failures written into the audit log."""
    user_logged_in.connect(_came_in, dispatch_uid="core.came_in")
    user_logged_out.connect(_went, dispatch_uid="core.went")
    user_login_failed.connect(_failed, dispatch_uid="core.failed")
    user_locked_out.connect(_locked, dispatch_uid="core.locked")
