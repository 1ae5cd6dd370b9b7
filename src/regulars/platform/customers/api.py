"""The door of customers: what other contexts use."""

from __future__ import annotations

from regulars.platform.customers.addresses import with_address
from regulars.platform.customers.adoption import adopt
from regulars.platform.customers.consent_rules import Statement
from regulars.platform.customers.consents import consent_table, consented, consents_of, write_down
from regulars.platform.customers.operations import LONGEST_NOTE, add_note, change_note, set_profiling
from regulars.platform.customers.people import person, person_of, to_leave_out
from regulars.platform.customers.queries import (
    Contact,
    Known,
    Note,
    by_key,
    by_number,
    contacts,
    current,
    key_of,
    not_profiled,
    notes,
    number_of,
    numbers,
    profiling_table,
)
from regulars.platform.customers.resolver import SiteResolver
from regulars.platform.customers.search import Found, search
from regulars.sources.identity.resolver import Resolver


def resolver() -> Resolver:
    """Knows the site's customers by identifier; for `import_into`."""
    return SiteResolver()


__all__ = [
    "LONGEST_NOTE",
    "Contact",
    "Found",
    "Known",
    "Note",
    "Statement",
    "add_note",
    "adopt",
    "by_key",
    "by_number",
    "change_note",
    "consent_table",
    "consented",
    "consents_of",
    "contacts",
    "current",
    "key_of",
    "not_profiled",
    "notes",
    "number_of",
    "numbers",
    "person",
    "person_of",
    "profiling_table",
    "resolver",
    "search",
    "set_profiling",
    "to_leave_out",
    "with_address",
    "write_down",
]  # fmt: skip
