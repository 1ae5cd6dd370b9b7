"""Which column is what: each field takes the column that its name and content fit best."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from regulars.sources.field_words import BY_ITS_CONTENT, BY_ITS_NAME
from regulars.sources.formats.generic.profile import Profile
from regulars.sources.formats.generic.vocabulary import rank, taken_apart
from regulars.sources.reading.raw import RawTable

# Who chooses first. A column serves one field.
_ORDER = (
    "consent_email", "consent_at", "at", "clock", "email", "order_id", "customer_id", "currency", "payment_state", "fulfilment_state", "status", "kind",
    "payment_method", "country", "billing_country", "quantity", "amount", "total", "subtotal", "goods", "tax",
    "shipping", "discount", "refunded", "refunded_at", "cancelled_at", "cancelled", "test", "price", "unit_cost",
    "cost", "profit", "product", "product_name", "category", "units", "channel", "phone", "name", "external_id",
)  # fmt: skip
_MONEY = (
    "total",
    "subtotal",
    "goods",
    "tax",
    "shipping",
    "refunded",
    "amount",
    "price",
    "unit_cost",
    "cost",
    "profit",
)


_OF_LINE = ("product", "product_name", "category", "quantity", "price", "amount", "unit_cost")
NUMBERS_INSIDE = ("quantity", "price", "amount", "unit_cost", "discount", "tax")
_OWN = ("id", "key", "no", "nr", "num", "number", "ref", "cost")  # of the line itself, not of what was bought


@dataclass
class Found:
    """Field to column; `how` a column was found; what names said about currency and cents."""

    columns: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # column to currency code in its name
    cents: set[str] = field(default_factory=set)
    ranks: dict[str, int] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def get(self, name: str) -> str | None:
        """The column of a field, if one was found."""
        return self.columns.get(name)

    def take(self, name: str, column: str, how: str) -> None:
        """Let a column be a field."""
        self.columns[name], self.how[column] = column, how

    def drop(self, name: str) -> str | None:
        """Forget a field; the column that it had."""
        column = self.columns.pop(name, None)
        if column is not None and column not in self.columns.values():
            self.how.pop(column, None)
        return column


def find_columns(raw: RawTable, profiles: dict[str, Profile], inside: frozenset[str] = frozenset()) -> Found:
    """What names and contents say; the contents decide whether a name is believed.

    `inside`: columns that came out of a list of lines, so that they can only be fields of a line.
    """
    words = {c.name: taken_apart(c.original) for c in raw.columns}
    found = Found(
        codes={c: code for c, (_, code, _) in words.items() if code},
        cents={c for c, (_, _, cents) in words.items() if cents},
    )
    for name in _ORDER:
        candidates = []
        for place, column in enumerate(raw.names):
            level = (level_inside if column in inside else rank)(name, words[column][0])
            if level is None or column in found.columns.values() or not fits(name, profiles[column]):
                continue
            if column in inside and name in NUMBERS_INSIDE and profiles[column].number < 1:
                continue
            # Fuller columns first where names are alike, then the first in the file.
            outside = name in _OF_LINE and column not in inside
            candidates.append((outside, level, -min(profiles[column].filled, 50) // 10, place, column))
        if candidates:
            found.take(name, min(candidates)[4], BY_ITS_NAME)
            found.ranks[name] = min(candidates)[1]
    _by_content(found, {column: seen for column, seen in profiles.items() if column not in inside})
    return found


def level_inside(name: str, words: str) -> int | None:
    """How well a key of an order's line names a field: `name` is the product's there, `total` the line's."""
    if name not in (*_OF_LINE, "discount", "tax"):
        return None
    own = rank(name, words)
    whole = rank(name, f"item {words}") if words not in _OWN else None
    return min((level for level in (own, whole) if level is not None), default=None)


def fits(name: str, profile: Profile) -> bool:
    """Whether what stands in a column can be this field at all."""
    if profile.empty:
        return False
    if name in _MONEY:
        return profile.number >= 0.7 and profile.time < 0.7
    return _FITS.get(name, _anything)(profile)


def _anything(_: Profile) -> bool:
    return True


def _words(p: Profile) -> bool:
    return p.number < 0.5 and p.time < 0.5 and p.email < 0.5


_FITS: dict[str, Callable[[Profile], bool]] = {
    "at": lambda p: p.time >= 0.6 or p.stamp >= 0.9,
    "refunded_at": lambda p: p.time >= 0.6 or p.stamp >= 0.9,
    "cancelled_at": lambda p: p.time >= 0.6 or p.stamp >= 0.9,
    "clock": lambda p: p.hour >= 0.95,
    "email": lambda p: p.email >= 0.5,
    "order_id": lambda p: (p.time < 0.9 and p.email < 0.5 and p.distinct > 1) or p.filled == 1,
    "customer_id": lambda p: p.time < 0.9,
    "currency": lambda p: p.currency >= 0.8,
    "country": lambda p: p.country >= 0.5,
    "billing_country": lambda p: p.country >= 0.5,
    "status": _words,
    "payment_state": _words,
    "fulfilment_state": _words,
    "kind": lambda p: _words(p) and p.distinct <= 40,
    "payment_method": _words,
    "channel": _words,
    "quantity": lambda p: p.number >= 0.9 and not p.share and p.time < 0.7,
    "units": lambda p: p.number >= 0.9 and not p.share and p.time < 0.7,
    "discount": lambda p: p.number >= 0.7,
    "cancelled": lambda p: p.flag >= 0.8,
    "test": lambda p: p.flag >= 0.8,
    "consent_email": lambda p: p.time < 0.5 and p.email < 0.5 and p.distinct <= 40,
    "consent_at": lambda p: p.time >= 0.6 or p.stamp >= 0.9,
    "category": lambda p: p.number < 0.9 and p.time < 0.5,
    "name": lambda p: p.number < 0.5 and p.email < 0.5,
}


def _by_content(found: Found, profiles: dict[str, Profile]) -> None:
    """Fill what names did not say, where exactly one column looks like it."""
    rules: tuple[tuple[str, Callable[[Profile], bool]], ...] = (
        ("email", lambda p: p.email >= 0.8),
        ("at", lambda p: p.time >= 0.9),
        ("currency", lambda p: p.currency >= 0.95 and p.distinct <= 40),
    )
    for name, fitting in rules:
        free = [c for c, p in profiles.items() if c not in found.columns.values() and not p.empty]
        alike = [c for c in free if fitting(profiles[c])]
        if name not in found and len(alike) == 1:
            found.take(name, alike[0], BY_ITS_CONTENT)
    customer = found.get("customer_id")
    if customer is not None and "email" not in found and profiles[customer].email >= 0.8:
        found.take("email", customer, found.how[customer])
        del found.columns["customer_id"]
