"""A person as the customers' context knows one: who is meant, where their facts and identifiers stand, what is erased."""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.lake import Lake
from regulars.lake.engines import DuckEngine
from regulars.lake.engines.duck import quoted
from regulars.platform.customers import models
from regulars.platform.customers.adoption import ADOPTED, adopt
from regulars.platform.customers.bulk import chunked
from regulars.platform.customers.queries import current, not_profiled, number_of, numbers
from regulars.platform.customers.rules import digits, kept
from regulars.platform.privacy import api as privacy
from regulars.platform.privacy.api import Person, Place, Rows
from regulars.sources.identity.resolver import LocalResolver

_LINKS = ("customer", "into", "referred_by")


def to_leave_out() -> set[int]:
    """The numbers of whom nothing may be written any more: they objected to profiling, or are being erased at this moment.

    For jobs that have read the facts of before. Two queries.
    """
    return not_profiled() | privacy.being_erased()


def person(text: str) -> Person | None:
    """The one whom a text means: an e-mail address, a telephone number, a key, a number or a shop's id. None where it is
    nobody, or more than one."""
    wanted = text.replace("\x00", "").strip()
    found = {current(number) for number in _meant(wanted)}
    return person_of(numbers(found.pop())) if len(found) == 1 else None


def person_of(every: tuple[int, ...]) -> Person:
    """The person with these numbers, as far as they are still known."""
    identifiers = set(
        models.Identifier.objects.filter(customer__in=every).values_list("identifier", flat=True)
    )
    texts: set[str] = set()
    for row in models.Contact.objects.filter(pk__in=every):
        texts |= {row.name, row.email, row.phone, digits(row.phone)}
        if row.email:
            identifiers.add(f"email::{row.email}")
    keys = models.Customer.objects.filter(pk__in=every).values_list("key", flat=True)
    return Person(tuple(every), tuple(sorted(identifiers)), tuple(sorted({*texts, *keys} - {""})))


def _meant(text: str) -> list[int]:
    if (by_key := number_of(text)) is not None:
        return [by_key]
    sources = models.Source.objects.values_list("name", flat=True)
    identifiers = [kept(f"id:{source}:{text}") for source in sources] + [f"email::{text.lower()}"]
    known = models.Identifier.objects.filter(identifier__in=identifiers)
    found = list(known.values_list("customer_id", flat=True)[:50])
    contacts = Q(email=text.lower())
    number = digits(text)
    if len(number) > 5 and number in (text.lstrip("+"), digits(text)) and "@" not in text:
        contacts |= Q(folded__endswith=f"\n{number}") | Q(phone=text)
    found += models.Contact.objects.filter(contacts).values_list("customer_id", flat=True)[:50]
    bare = text.removeprefix("#")
    if not found and bare.isascii() and bare.isdigit() and len(bare) <= 18:
        found = list(
            models.Customer.objects.filter(pk=int(bare), erased_at=None).values_list("number", flat=True)
        )
    return found


def register() -> None:
    """The places that this context knows: the lake, identifiers and contacts."""
    privacy.register_finder(person_of)
    privacy.register_return(returned)
    privacy.register(
        Place("lake", _("Facts in the lake, and its older versions"), facts, export_facts, erase_facts,
              _("Orders and payments stay as sums of the shop, without saying whose they were."))
    )  # fmt: skip
    privacy.register(
        Place(privacy.IDENTITY, _("Identifiers, contact, marketing consent and notes"), known, export_known, forget,
              _("The number stays, so that it is not given twice; the digests of the identifiers keep old facts out."))
    )  # fmt: skip


def returned() -> list[tuple[int, list[int]]]:
    """Who is known although they were erased, with a number from before: a restored back-up brought them."""
    marks = {row["digest"]: (row["person"], row["until"]) for row in privacy.marks().to_pylist()}
    found: dict[int, set[int]] = defaultdict(set)
    if marks:
        rows = models.Identifier.objects.values_list("identifier", "customer_id", "customer__created_at")
        for identifier, number, created in rows.iterator(chunk_size=20_000):
            mark = marks.get(privacy.digest(identifier))
            if mark is not None and created.replace(tzinfo=None) <= mark[1]:
                found[mark[0]].add(number)
    return [(tombstone, sorted(numbers)) for tombstone, numbers in found.items()]


def facts(person: Person) -> int:
    return sum(len(rows) for rows in export_facts(person).values())


def export_facts(person: Person) -> dict[str, Rows]:
    """The rows of the newest version, by table."""
    if not Lake.is_lake(settings.SITE.lake) or not person.numbers:
        return {}
    found: dict[str, Rows] = {}
    lake = Lake.open(settings.SITE.lake)
    with closing(DuckEngine()) as engine:
        lake.bind(engine)
        among = "(" + ", ".join(map(str, person.numbers)) + ")"
        for name, table in lake.tables.items():
            links = [column for column in _LINKS if column in table.names]
            if links:
                which = " OR ".join(
                    f"{column if column != 'into' else quoted(column)} IN {among}" for column in links
                )
                rows = (
                    engine.con.sql(f"SELECT * FROM {quoted(name)} WHERE {which}").to_arrow_table().to_pylist()
                )
                if rows:
                    found[name] = rows
    return found


def erase_facts(person: Person) -> int:
    """From the newest version; all older ones are removed with it. An old file of identifiers goes as a whole."""
    _drop_local_files()
    if not Lake.is_lake(settings.SITE.lake):
        return 0
    count = facts(person)
    Lake.open(settings.SITE.lake).erase(person.numbers)
    return count


def _drop_local_files() -> None:
    """Identifiers beside the lake are in the state by now."""
    path = LocalResolver.beside(settings.SITE.lake).path
    if path.exists():
        adopt(settings.SITE.lake)
    Path(path.with_name(path.name + ADOPTED)).unlink(missing_ok=True)


def known(person: Person) -> int:
    return sum(len(rows) for rows in export_known(person).values())


def export_known(person: Person) -> dict[str, Rows]:
    """What is known of these customers, as rows to hand over."""
    every = person.numbers
    return {
        "contact": [
            dict(row)
            for row in models.Contact.objects.filter(pk__in=every).values(
                "name", "email", "phone", "updated_at"
            )
        ],
        "identifiers": [
            dict(row) for row in models.Identifier.objects.filter(customer__in=every).values("identifier")
        ],
        "consent": [
            dict(row)
            for row in models.Consent.objects.filter(customer__in=every).values(
                "purpose", "channel", "status", "at", "source", "recorded_at"
            )
        ],
        "notes": [
            dict(row) for row in models.Note.objects.filter(customer__in=every).values("text", "who", "at")
        ],
        "merged": [
            dict(row)
            for row in models.Alias.objects.filter(Q(pk__in=every) | Q(into__in=every)).values("at", "reason")
        ],
    }


def forget(person: Person) -> int:
    """Delete who somebody is; their numbers stay, as those of nobody."""
    every, count = person.numbers, known(person)
    for some in chunked(list(every), 500):
        with transaction.atomic():
            models.Note.objects.filter(customer__in=some).delete()
            models.Contact.objects.filter(pk__in=some).delete()
            models.Consent.objects.filter(customer__in=some).delete()
            models.Identifier.objects.filter(customer__in=some).delete()
            models.Alias.objects.filter(Q(pk__in=some) | Q(into__in=some)).delete()
            models.Customer.objects.filter(pk__in=some, erased_at=None).update(
                erased_at=timezone.now(), no_profiling=True
            )
    return count
