"""Finding customers by what people type: an address, a part of a name or a telephone number, an id of a shop."""

from __future__ import annotations

from dataclasses import dataclass, replace

from regulars.platform.customers import models
from regulars.platform.customers.queries import key_of
from regulars.platform.customers.rules import digits, fold, kept

_SHORTEST = 2
_PHONE_SIGNS = set("0123456789+-/(). ")
_PHONE_DIGITS = 4
_MARKED = 6  # times the limit are looked at, so that the best come first


@dataclass(frozen=True)
class Found:
    """A customer that was found. Name and address are empty where the reader may not see contacts."""

    number: int
    key: str
    name: str = ""
    email: str = ""
    phone: str = ""


def search(text: str, *, limit: int = 8, may_see_contacts: bool) -> list[Found]:
    """Customers whom the text may mean, best first: an exact id or address, then beginnings, then parts.

    Those who may not see contacts find by number and id alone: else a search would tell what it must not show.
    """
    wanted = text.replace("\x00", "").strip()[:200]
    if not wanted:
        return []
    exact = _exactly(wanted, may_see_contacts)
    rows = _containing(wanted, limit * _MARKED) if may_see_contacts else []
    if may_see_contacts:
        known = {row.customer_id for row in rows}
        rows += list(
            models.Contact.objects.filter(pk__in=[number for number in exact if number not in known])
        )
    by_number = {row.customer_id: Found(row.customer_id, "", row.name, row.email, row.phone) for row in rows}
    ranked = sorted(by_number.values(), key=lambda one: _rank(one, wanted))
    ordered = [by_number.get(number, Found(number, "")) for number in exact]
    ordered += [one for one in ranked if one.number not in set(exact)]
    return _current(ordered)[:limit]


def _exactly(text: str, may_see_contacts: bool) -> list[int]:
    """Numbers of customers whose number, id, address or telephone number this is."""
    sources = models.Source.objects.values_list("name", flat=True)
    identifiers = [kept(f"id:{source}:{text}") for source in sources]
    if may_see_contacts:
        identifiers += [kept(f"email::{text.lower()}"), f"phone::+{digits(text)}"]
    found = list(
        models.Identifier.objects.filter(identifier__in=identifiers)
        .order_by("pk")
        .values_list("customer_id", flat=True)[:20]
    )
    if may_see_contacts and "@" in text:
        found += models.Contact.objects.filter(email=text.lower()).values_list("customer_id", flat=True)[:20]
    bare = text.removeprefix("#")
    if bare.isascii() and bare.isdigit() and len(bare) <= 18:
        found += models.Customer.objects.filter(pk=int(bare), erased_at=None).values_list("number", flat=True)
    return list(dict.fromkeys(found))


def _containing(text: str, limit: int) -> list[models.Contact]:
    """Contacts that hold every word of the text, or its digits where it looks like a telephone number."""
    rows = models.Contact.objects.all()
    if set(text) <= _PHONE_SIGNS:
        number = digits(text).lstrip("0")
        if len(number) < _PHONE_DIGITS:
            return []
        return list(rows.filter(folded__contains=number)[:limit])
    words = fold(text).split()
    if max(map(len, words), default=0) < _SHORTEST:
        return []
    for word in words[:6]:
        rows = rows.filter(folded__contains=word)
    return list(rows[:limit])


def _rank(one: Found, text: str) -> tuple[bool, bool, str, int]:
    wanted, name = fold(text), fold(one.name)
    begins = one.email.startswith(text.lower()) or name.startswith(wanted)
    word = any(part.startswith(wanted) for part in name.split())
    return (not begins, not word, name, one.number)


def _current(found: list[Found]) -> list[Found]:
    """Each person once, under the number to be read, with the key for the address."""
    into = dict(models.Alias.objects.filter(pk__in=[one.number for one in found]).values_list("pk", "into"))
    people: dict[int, Found] = {}
    for one in found:
        number = into.get(one.number, one.number)
        people.setdefault(number, replace(one, number=number))
    keys = key_of(people)
    return [replace(one, key=keys[number]) for number, one in people.items() if number in keys]
