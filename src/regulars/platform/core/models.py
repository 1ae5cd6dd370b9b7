"""The tables of core. Other contexts come in through `api.py`."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from regulars.platform.core.masked import unmasked
from regulars.platform.core.rules.roles import ROLES, Reach, Right, may


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail address, however it is written."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def make(self, *, email: str, password: str | None, **fields: Any) -> User:
        """A new user; None as password: nobody can sign in with one until it is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff."""

    email = models.EmailField(max_length=254, unique=True)  # in small letters
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES])
    # Empty: all markets.
    markets = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(
        max_length=5, default="auto", choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")]
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    must_change_password = models.BooleanField(default=False)
    # Whether a confirmed device is there; kept here so that no page has to ask for it.
    second_factor = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="address_in_small_letters"),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="known_role"),
        ]

    def may(self, right: Right) -> bool:
        """Whether this user has a right."""
        return self.is_active and may(self.role, right)

    @property
    def reach(self) -> Reach:
        return Reach(frozenset(self.markets) if self.markets else None)

    def __str__(self) -> str:
        return self.name or self.email


class Invitation(models.Model):
    """Somebody was asked to join; the token itself is only in the mail."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20)
    markets = models.JSONField(default=list, blank=True)
    language = models.CharField(max_length=10, default="en")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Authenticator(TOTPDevice):  # type: ignore[misc]
    """A user's authenticator app. `key` is its secret as `masked` keeps it."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        return unmasked(self.key)


class RecoveryCode(models.Model):
    """One use in place of the second factor; the code itself was shown once and is not kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code_hash"], name="one_code_once")]


class Session(AbstractBaseSession):
    """A browser that is signed in; its user sees it in a list and may end it."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, db_index=True)
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    agent = models.CharField(max_length=200, default="")

    class Meta:
        db_table = "core_session"


class AuditEntry(models.Model):
    """Who saw or did what. Rows are only added; erasing a person masks what names them."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    who = models.CharField(max_length=150)  # the user's name then, or what part of the program it was
    action = models.CharField(max_length=60, db_index=True)
    object = models.CharField(max_length=120, default="")
    customer = models.BigIntegerField(null=True, db_index=True)
    details = models.JSONField(default=dict)
    request = models.CharField(max_length=32, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "at"])]


class Setting(models.Model):
    """One setting of the site that people change on a page."""

    name = models.CharField(max_length=80, primary_key=True)
    value = models.JSONField()


class Job(models.Model):
    """Work that a page waits for, or that nobody waits for. The lease says that a living worker has it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    # At most one job of a kind and key waits: asking twice gives the same job.
    key = models.CharField(max_length=120, default="")
    lane = models.CharField(max_length=10, default="quick")
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=64, default="")
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=timezone.now)
    step = models.CharField(max_length=200, default="")
    share = models.FloatField(null=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    request = models.CharField(max_length=32, default="")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state="waiting") & ~Q(key=""),
                name="one_waiting_job_a_key",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "leased_until"]),
            models.Index(fields=["kind", "-created_at"]),
        ]


class Schedule(models.Model):
    """When a job that comes again is due next."""

    name = models.CharField(max_length=120, primary_key=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)


class Mail(models.Model):
    """One mail to a member of staff. It exists before it is handed to the server, once for its cause."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    cause = models.CharField(max_length=160, unique=True)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(default="")
    # The text holds a link that lets somebody in: it is deleted once it was sent, or after a day.
    confidential = models.BooleanField(default=False)
    attachments = models.JSONField(default=list)  # file names below the site's reports folder
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    error = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
