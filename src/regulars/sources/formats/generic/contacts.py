"""A list of people that nobody described, known by a column that says who takes marketing and by having no amounts."""

from __future__ import annotations

from regulars.sources.formats.generic.columns import Found
from regulars.sources.loading.options import LoadOptions
from regulars.sources.mapping.model import Feed, FileRule, Mapping, Value

_PERSON = ("customer_id", "email", "phone")
_PLAIN = (*_PERSON, "name", "country", "consent_email", "consent_at")
_OF_ORDERS = ("order_id", "total", "subtotal", "goods", "amount", "price", "quantity", "refunded")


def contacts(found: Found, options: LoadOptions) -> Mapping | None:
    """The mapping of a list of people with their consent; None where the file is something else."""
    if "consent_email" not in found or not any(name in found for name in _PERSON):
        return None
    if any(name in found and found.ranks.get(name, 0) < _GUESSED.get(name, 99) for name in _OF_ORDERS):
        return None
    columns = tuple((name, Value("column", (found.columns[name],))) for name in _PLAIN if name in found)
    used = {value.parts[0] for _, value in columns}
    how = tuple((column, why) for column, why in found.how.items() if column in used)
    return Mapping(
        "generic contacts", (FileRule("file"),), (Feed("customers", "file", columns),), day_first=options.day_first, found=how,
    )  # fmt: skip


# From this rank on, a name is as good as none: a bare 'id' or 'number' need not be an order's.
_GUESSED = {"order_id": 10}
