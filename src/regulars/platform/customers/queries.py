"""Reading customers: numbers and keys, contacts, aliases, who must not be profiled."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
from django.db.models import Q

from regulars.platform.customers import models
from regulars.platform.customers.bulk import chunked

_LOOK_UP = 500


@dataclass(frozen=True)
class Contact:
    """How a customer is reached; empty texts where it is not known."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Known:
    """A customer as the state knows one. `number` is the one to read facts under; `numbers` all of the person."""

    number: int
    key: str
    numbers: tuple[int, ...]
    no_profiling: bool
    erased_at: datetime | None


@dataclass(frozen=True)
class Note:
    """A note about a customer. `mine`: the reader wrote it, and may change it."""

    number: int
    text: str
    who: str
    at: datetime
    edited_at: datetime | None
    mine: bool


def contacts(numbers: Collection[int]) -> dict[int, Contact]:
    """Contacts by customer number; customers without any are left out. A merged customer's count for the one it is."""
    found: dict[int, Contact] = {}
    for some in chunked(list(numbers), _LOOK_UP):
        wanted = set(some)
        rows = models.Contact.objects.filter(Q(pk__in=some) | Q(customer__alias__into__in=some)).values_list(
            "customer_id", "customer__alias__into", "name", "email", "phone"
        )
        for number, into, *values in rows:
            if number in wanted:
                found[number] = Contact(*values)
            elif into in wanted:
                found.setdefault(into, Contact(*values))
    return found


def current(number: int) -> int:
    """The number under which this customer is read: itself, unless merged into another."""
    return int(models.Alias.objects.filter(pk=number).values_list("into", flat=True).first() or number)


def numbers(number: int) -> tuple[int, ...]:
    """All numbers of the person who has this one, that to be read under first."""
    first = current(number)
    merged = models.Alias.objects.filter(into=first).order_by("pk").values_list("pk", flat=True)
    return (first, *merged)


def key_of(numbers: Collection[int]) -> dict[int, str]:
    """The keys, for addresses, of customer numbers."""
    return {
        number: key
        for some in chunked(list(numbers), _LOOK_UP)
        for number, key in models.Customer.objects.filter(pk__in=some).values_list("number", "key")
    }


def number_of(key: str) -> int | None:
    """The number of the customer with this key; None where there is none."""
    return models.Customer.objects.filter(key=key).values_list("number", flat=True).first()


def by_key(key: str) -> Known | None:
    """The customer with this key; of one who was merged, the one it counts as."""
    number = number_of(key)
    return None if number is None else by_number(number)


def by_number(number: int) -> Known | None:
    """The customer with this number; of one who was merged, the one it counts as."""
    every = numbers(number)
    row = models.Customer.objects.filter(pk=every[0]).first()
    if row is None:
        return None
    return Known(row.number, row.key, every, row.no_profiling, row.erased_at)


def not_profiled() -> set[int]:
    """The numbers of those who objected to profiling."""
    return set(models.Customer.objects.filter(no_profiling=True).values_list("number", flat=True))


def profiling_table() -> pa.Table:
    """(customer, profiled): a row, with False, of each who objected; everybody else is profiled and has none."""
    found = sorted(not_profiled())
    return pa.table(
        {"customer": pa.array(found, pa.int64()), "profiled": pa.array([False] * len(found), pa.bool_())}
    )


def notes(numbers: Collection[int], *, reader: int) -> list[Note]:
    """The newest hundred notes about a person, for the user with the number `reader`."""
    rows = models.Note.objects.filter(customer__in=numbers).order_by("-at", "-pk")[:100]
    return [Note(row.pk, row.text, row.who, row.at, row.edited_at, row.by_id == reader) for row in rows]
