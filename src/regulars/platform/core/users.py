"""Who may sign in: invitations, roles, markets; every change is written down."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from regulars.platform.core import audit
from regulars.platform.core.models import Invitation, User
from regulars.platform.core.rules.grants import may_grant
from regulars.platform.core.second_factor import switch_off
from regulars.platform.core.sign_ins import end_sessions

VALID = timedelta(days=7)

Reason = Literal["more_than_you_have", "last_administrator", "already_here", "not_valid", "yourself"]


class Refused(Exception):  # noqa: N818 - named for what happened
    """Something that may not be done; the page says why in the reader's language."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def people() -> list[User]:
    """Everybody, those who may sign in first."""
    return list(User.objects.order_by("-is_active", "name", "email"))


def open_invitations(*, now: datetime) -> list[Invitation]:
    """Invitations that may still be used, newest first."""
    return list(
        Invitation.objects.filter(used_at=None, expires_at__gt=now)
        .select_related("by")
        .order_by("-created_at")
    )


def invite(
    *, by: User, email: str, role: str, markets: Sequence[str], language: str, now: datetime
) -> tuple[Invitation, str]:
    """Ask somebody to join: the invitation and the token of its link, which is kept as a hash only.

    An earlier invitation of the address is withdrawn. Raises Refused.
    """
    address = email.strip().lower()
    _may(by, role, markets)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        if User.objects.filter(email=address).exists():
            raise Refused("already_here")
        Invitation.objects.filter(email=address, used_at=None).delete()
        made = Invitation.objects.create(
            email=address, role=role, markets=list(markets), language=language, token_hash=_hash(token), by=by,
            created_at=now, expires_at=now + VALID,
        )  # fmt: skip
        audit.record(
            user=by, action="user.invited", object=f"invitation:{made.pk}", role=role, markets=list(markets)
        )
    return made, token


def invitation_of(*, token: str, now: datetime) -> Invitation | None:
    """The invitation of a link, while it may be used."""
    found = (
        Invitation.objects.select_related("by")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=now)
        .first()
    )
    if found is None or not found.by.may("users.manage") or not _grants(found.by, found.role, found.markets):
        return None  # who invited has left, or has less than they gave
    return found


def accept(*, token: str, name: str, password: str, now: datetime) -> User:
    """Join by an invitation, once. Raises Refused."""
    with transaction.atomic():
        found = invitation_of(token=token, now=now)
        # Of two requests at once, one marks the row.
        if found is None or not Invitation.objects.filter(pk=found.pk, used_at=None).update(used_at=now):
            raise Refused("not_valid")
        if User.objects.filter(email=found.email).exists():
            raise Refused("already_here")
        user = User.objects.make(
            email=found.email, password=password, name=name.strip(), role=found.role, markets=found.markets,
            language=found.language,
        )  # fmt: skip
        audit.record(user=user, action="user.joined", object=f"user:{user.pk}", role=user.role)
    return user


def withdraw(*, by: User, number: int) -> None:
    """Make an invitation worth nothing."""
    with transaction.atomic():
        if Invitation.objects.filter(pk=number, used_at=None).delete()[0]:
            audit.record(user=by, action="user.invitation_withdrawn", object=f"invitation:{number}")


def change_user(*, by: User, number: int, role: str, markets: Sequence[str]) -> None:
    """Give a user another role or other markets. Raises Refused."""
    with transaction.atomic():
        user = _locked(by, number)
        _may(by, role, markets)
        if role != "administrator" or markets:
            _not_the_last(user)
        if (user.role, user.markets) == (role, list(markets)):
            return
        audit.record(
            user=by, action="user.changed", object=f"user:{user.pk}",
            role=[user.role, role], markets=[user.markets, list(markets)],
        )  # fmt: skip
        user.role, user.markets = role, list(markets)
        user.save(update_fields=["role", "markets"])


def set_active(*, by: User, number: int, active: bool) -> None:
    """Let somebody sign in again, or no more: their sessions end at once, their open invitations too. Raises Refused."""
    with transaction.atomic():
        user = _locked(by, number)
        if not active:
            if user.pk == by.pk:
                raise Refused("yourself")
            _not_the_last(user)
            end_sessions(user=user, by=by)
            Invitation.objects.filter(by=user, used_at=None).delete()
        if user.is_active != active:
            user.is_active = active
            user.save(update_fields=["is_active"])
            action = "user.activated" if active else "user.deactivated"
            audit.record(user=by, action=action, object=f"user:{user.pk}")


def remove_second_factor(*, by: User, number: int) -> None:
    """For somebody whose telephone and recovery codes are lost; their sessions end. Raises Refused."""
    with transaction.atomic():
        user = _locked(by, number)
        switch_off(user=user, by=by)
        end_sessions(user=user, by=by)


def user_for_help(*, by: User, number: int) -> User:
    """A user who is given a link for a new password by somebody who may. Raises Refused."""
    with transaction.atomic():
        user = _locked(by, number)
        audit.record(user=by, action="user.password_link", object=f"user:{user.pk}")
    return user


def _locked(by: User, number: int) -> User:
    """The user, who must not have more than `by` has. Administrators are locked too, so that two of them cannot remove
    each other at once."""
    rows = {
        row.pk: row for row in User.objects.select_for_update().filter(role="administrator").order_by("pk")
    }
    user = rows.get(number) or User.objects.select_for_update().filter(pk=number).first()
    if user is None:
        raise Refused("not_valid")
    _may(by, user.role, user.markets)
    return user


def _may(by: User, role: str, markets: Sequence[str]) -> None:
    if not by.may("users.manage") or not _grants(by, role, markets):
        raise Refused("more_than_you_have")


def _grants(by: User, role: str, markets: Sequence[str]) -> bool:
    return may_grant(role=by.role, markets=by.markets, new_role=role, new_markets=markets)


def _not_the_last(user: User) -> None:
    """An administrator of all markets must remain: otherwise nobody could give anybody a right again."""
    if user.role != "administrator" or user.markets or not user.is_active:
        return
    others = User.objects.filter(role="administrator", is_active=True).exclude(pk=user.pk)
    if not any(not other.markets for other in others):
        raise Refused("last_administrator")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
