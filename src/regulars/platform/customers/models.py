"""The tables of customers. Other contexts come in through `api.py`."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from regulars.platform.core.api import User

_KEY_BYTES, _SHARED_BYTES = 12, 2  # 12 bytes are 16 letters


def new_key() -> str:
    """A text that says nothing of the customer and cannot be guessed: for addresses."""
    return secrets.token_urlsafe(_KEY_BYTES)


def new_keys(count: int) -> list[str]:
    """So many keys for customers who are stored together.

    They begin alike, so that they stand together in the index, whose pages are else all written anew with every few
    rows; 80 bits of each are its own.
    """
    shared, each = secrets.token_bytes(_SHARED_BYTES), _KEY_BYTES - _SHARED_BYTES
    drawn = secrets.token_bytes(each * count)
    return [urlsafe_b64encode(shared + drawn[at : at + each]).decode() for at in range(0, len(drawn), each)]


class Customer(models.Model):
    """A customer number. The row stays when the person is erased, so that no number is given twice."""

    number = models.BigIntegerField(primary_key=True)
    key = models.CharField(max_length=22, default=new_key)
    no_profiling = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="one_customer_a_key"),
            models.CheckConstraint(condition=Q(number__gt=0), name="numbers_from_one"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["number"], condition=Q(no_profiling=True), name="customers_not_profiled"),
        ]


class Identifier(models.Model):
    """What a source calls a customer: `id:source:value`, `email::value`, `phone::value`, as in sources/identity."""

    identifier = models.TextField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["identifier"], name="one_customer_an_identifier"),
        ]


class Source(models.Model):
    """A source that gives its customers ids; there are few, and a search tries each."""

    name = models.CharField(max_length=60, primary_key=True)


class Contact(models.Model):
    """How a customer is reached. `folded` holds all of it as the search reads it."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, primary_key=True)
    name = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")
    folded = models.TextField(default="")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["email"], name="customers_contact_email")]


class Alias(models.Model):
    """`customer` is to be read as `into`. Aliases are flat: `into` is never an alias itself."""

    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="alias"
    )
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(customer=F("into")), name="alias_of_another"),
        ]


class Consent(models.Model):
    """What a customer agreed to for a purpose and a channel: the statement in force, see consent_rules.py."""

    MARKETING = "marketing"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)  # the key begins with it
    purpose = models.CharField(max_length=20, default=MARKETING)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=10)
    at = models.DateTimeField(null=True)  # when it was said; null: the source does not tell
    source = models.CharField(max_length=150)  # the shop or system, or who wrote it down
    by_hand = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose", "channel"], name="one_consent_a_purpose_and_channel"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["granted", "denied", "revoked"]), name="consent_is_yes_or_no"
            ),
        ]


class Note(models.Model):
    """What somebody wrote about a customer."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    text = models.TextField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    who = models.CharField(max_length=150)  # the author's name then
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)


class Lease(models.Model):
    """Who gives out numbers now. One at a time, however many imports run."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=160, default="")
    until = models.DateTimeField(default=timezone.now)
