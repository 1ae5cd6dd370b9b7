"""What is given of each customer, put together when it leaves: contacts from the state, values from the newest run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db.models import QuerySet

from regulars.experiments import TREATED
from regulars.platform.core.api import Reach
from regulars.platform.customers import api as customers
from regulars.platform.engagement.models import Assigned, HandOver, HandOverList
from regulars.platform.engagement.rules.tools import Person
from regulars.platform.engagement.values import Values

_ROWS = 500
SLAB = 10_000  # customers whose values are held at once
Said = dict[int, tuple[str, str]]
# Why a customer is on a list and what to do, in words: pages know the words, and register this (number: reason, step).
_WORDS: list[Callable[[Sequence[int], date | None], Said]] = []


def register_words(words: Callable[[Sequence[int], date | None], Said]) -> None:
    """Say how reasons and steps are put in words; called from the wiring of the pages."""
    _WORDS[:] = [words]


def may_leave(numbers: Sequence[int]) -> list[int]:
    """Those of them who may leave now: not who objected to profiling or took back consent since the list was drawn."""
    granted = customers.consented(numbers, channel="email") - customers.not_profiled()
    return [number for number in numbers if number in granted]


def treated(hand_over: HandOver, *, of_day: HandOverList | None, reach: Reach) -> QuerySet[Assigned]:
    """Recorded rows that leave, of one list or of all that are whole."""
    rows = Assigned.objects.filter(hand_over=hand_over, arm=TREATED, of_list__state=HandOverList.State.READY)
    if of_day is not None:
        rows = rows.filter(of_list=of_day)
    if reach.markets is not None:
        rows = rows.filter(market__in=sorted(reach.markets))
    return rows.order_by("customer")


def people(hand_over: HandOver, numbers: Sequence[int], values: Values, as_of: date | None) -> list[Person]:
    """The customers who may leave and can be reached, in the order of their numbers.

    Why they are on the Today list comes before why they are expected to leave.
    """
    some = may_leave(numbers)
    contacts, keys = customers.contacts(some), customers.key_of(some)
    said = _WORDS[0](some, as_of) if _WORDS else {}
    known = values.of(some)
    found = []
    for number in some:
        contact = contacts.get(number)
        if contact is None or not contact.email:
            continue
        own = dict(known.get(number, {}))
        if number in said:
            own["reason"], own["step"] = said[number]
        found.append(
            Person(
                key=keys.get(number, ""), email=contact.email, name=contact.name, phone=contact.phone,
                list_name=hand_over.name, currency=values.currency, **own,
            )
        )  # fmt: skip
    return found


def slabs(rows: QuerySet[Assigned]) -> Iterator[list[int]]:
    """The numbers of recorded rows, some thousand at a time."""
    last = 0
    while numbers := list(rows.filter(customer__gt=last).values_list("customer", flat=True)[:SLAB]):
        yield numbers
        last = numbers[-1]


def in_pieces(
    hand_over: HandOver, numbers: Sequence[int], values: Values, as_of: date | None
) -> Iterator[list[Person]]:
    """One slab's customers, some hundreds at a time."""
    for start in range(0, len(numbers), _ROWS):
        yield people(hand_over, numbers[start : start + _ROWS], values, as_of)
