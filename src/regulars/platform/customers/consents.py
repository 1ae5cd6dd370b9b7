"""Marketing consent as customers keep it: what imports state, what people write down, who may be written to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, record
from regulars.platform.customers.bulk import Row, chunked, in_chunks, insert
from regulars.platform.customers.consent_rules import GRANTED, Statement, in_force, strictest
from regulars.platform.customers.models import Alias, Consent
from regulars.sources.identity.consents import CHANNELS, STATUSES

LONGEST_SOURCE = 150
_LOOK_UP = 500
_FEW = 20_000  # customers who are looked up; for more of them all statements are read
_BATCH = 50_000
_FIELDS = ("customer", "purpose", "channel", "status", "at", "source", "by_hand", "recorded_at")
_STATEMENT = ("status", "at", "recorded_at", "source", "by_hand")


def consents_of(numbers: Collection[int]) -> dict[str, Statement]:
    """What a person with these numbers agreed to, by channel; of several statements the strictest counts."""
    found: dict[str, list[Statement]] = {}
    rows = Consent.objects.filter(customer__in=numbers).order_by("channel", "customer")
    for channel, *values in rows.values_list("channel", *_STATEMENT):
        found.setdefault(channel, []).append(Statement(*values))
    return {channel: one for channel, some in found.items() if (one := strictest(some)) is not None}


def consent_table(channel: str = "email") -> pa.Table:
    """(customer, status): a row of each person of whom a statement is known: 'granted', 'denied' or 'revoked'.

    Merged customers count under the number that they are read as; where they said different things, the strictest counts.
    Memory: 9 bytes a customer while it is read, 16 in the table.
    """
    into = dict(Alias.objects.values_list("customer_id", "into_id"))
    places = {status: place for place, status in enumerate(STATUSES)}
    numbers, strict = [pa.array([], pa.int64())], [pa.array([], pa.int8())]
    rows = Consent.objects.filter(channel=channel).values_list("customer_id", "status")
    reading = rows.iterator(chunk_size=_BATCH)
    while batch := list(islice(reading, _BATCH)):
        read = (into.get(number, number) for number, _ in batch) if into else (number for number, _ in batch)
        numbers.append(pa.array(read, pa.int64(), size=len(batch)))
        strict.append(pa.array((places[status] for _, status in batch), pa.int8(), size=len(batch)))
    found = pa.table({"customer": pa.chunked_array(numbers), "strict": pa.chunked_array(strict)})
    if into:
        summed = found.group_by("customer").aggregate([("strict", "max")])
        found = pa.table({"customer": summed["customer"], "strict": summed["strict_max"]})
    status = pc.take(pa.array(STATUSES), found["strict"].combine_chunks())
    return pa.table({"customer": found["customer"].combine_chunks(), "status": status})


def consented(numbers: Collection[int], *, channel: str = "email") -> set[int]:
    """Those of these customers who have granted marketing consent, under all of their numbers.

    Somebody who was merged since may be asked for under the number of before: the whole person must have granted.
    """
    if len(numbers) > _FEW:
        into = dict(Alias.objects.values_list("customer_id", "into_id"))
        table = consent_table(channel)
        granted = set(table.filter(pc.equal(table["status"], GRANTED))["customer"].to_pylist())
        return {number for number in numbers if into.get(number, number) in granted}
    person = {number: number for number in numbers}
    for some in chunked(list(person), _LOOK_UP):
        person.update(Alias.objects.filter(pk__in=some).values_list("customer_id", "into_id"))
    asked = {one: one for one in person.values()}
    for some in chunked(list(asked), _LOOK_UP):
        asked.update(Alias.objects.filter(into__in=some).values_list("customer_id", "into_id"))
    said: dict[int, set[str]] = {}
    for some in chunked(list(asked), _LOOK_UP):
        rows = Consent.objects.filter(customer__in=some, channel=channel)
        for number, status in rows.values_list("customer_id", "status"):
            said.setdefault(asked[number], set()).add(status)
    return {number for number, one in person.items() if said.get(one) == {GRANTED}}


def write_down(*, numbers: Sequence[int], channel: str, status: str, by: User) -> None:
    """Record by hand what a person said just now: 'granted' or 'revoked', under all their numbers.

    Raises InputError for another status or a channel that is not known.
    """
    if status not in (GRANTED, "revoked") or channel not in CHANNELS:
        raise InputError(
            "This cannot be recorded.", do=f"Record granted or revoked, of one of {', '.join(CHANNELS)}."
        )
    now = timezone.now()
    with transaction.atomic():
        insert(
            Consent,
            _FIELDS,
            [
                (number, Consent.MARKETING, channel, status, now, str(by)[:LONGEST_SOURCE], True, now)
                for number in numbers
            ],
            update=_FIELDS[3:],
            key=3,
        )
        record(
            user=by, action="customer.consent", customer=numbers[0], purpose=Consent.MARKETING, channel=channel, status=status
        )  # fmt: skip


def remember(batches: Iterable[Sequence[Row]], *, before: int, alive: Callable[[], None]) -> None:
    """Take in rows as `sources.identity.consents.agreed` makes them, in sets; what is in force already stays untouched.

    `before`: nothing is known of customers with a higher number.
    """
    now = timezone.now()

    def write(rows: Sequence[Row]) -> None:
        alive()
        # What somebody wrote down since this import began, even between reading and writing, stays.
        insert(Consent, _FIELDS, rows, update=_FIELDS[3:], key=3, unless_later="recorded_at")

    for rows in batches:
        in_chunks(rows, write, prepare=partial(_changed, before=before, now=now))


def _changed(rows: Sequence[Row], *, before: int, now: datetime) -> Sequence[Row]:
    """Those rows that take the place of what is known, as they are stored."""
    known: dict[tuple[int, str], Row] = {}
    for some in chunked(sorted({row[0] for row in rows if row[0] <= before}), _LOOK_UP):
        found = Consent.objects.filter(customer__in=some).values_list("customer_id", "channel", *_STATEMENT)
        known.update(((number, channel), tuple(values)) for number, channel, *values in found)
    changed = []
    for number, channel, status, moment, source, undated, undated_source in rows:
        was = known.get((number, channel))
        at = moment and moment.replace(tzinfo=UTC)
        if undated is None and (was is None or was[:2] == (status, at)):
            # What nearly all rows are, and the rule need not be asked: nothing is known yet, or the same.
            if was is None:
                changed.append(
                    (number, Consent.MARKETING, channel, status, at, source[:LONGEST_SOURCE], False, now)
                )
            continue
        old = counts = None if was is None else Statement(*was)
        if status is not None:
            counts = in_force(counts, Statement(status, at, now, source))
        if undated is not None:
            counts = in_force(counts, Statement(undated, None, now, undated_source))
        if counts is not None and counts is not old:
            changed.append(_row(number, channel, counts))
    return changed


def _row(number: int, channel: str, one: Statement) -> Row:
    return (number, Consent.MARKETING, channel, one.status, one.at, one.source[:LONGEST_SOURCE], one.by_hand, one.recorded)  # fmt: skip
