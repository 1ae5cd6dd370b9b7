"""Who may do what: six roles, each a set of rights. A page names the right that it needs, never a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Right = Literal[
    "figures.see",         # figures, charts, markets, goals, alerts
    "people.see",          # who is behind a figure: customer numbers, orders, segments' members
    "contacts.see",        # their names, e-mail addresses and telephone numbers
    "people.download",     # lists of customers without contacts
    "contacts.download",   # lists of customers with contacts
    "segments.change",
    "goals.change",        # goals, alerts, scheduled reports
    "worklist.change",     # mark done, assign, note
    "data.see",            # imports, tables, freshness
    "data.import",
    "settings.change",     # definitions, markets, currency
    "users.manage",
    "audit.see",
    "person.export",       # everything about one person, readable
    "person.erase",        # erase, or stop profiling
]  # fmt: skip
Role = Literal["administrator", "manager", "marketing", "service", "analyst", "reader"]

RIGHTS: tuple[Right, ...] = Right.__args__  # type: ignore[attr-defined]
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]


def _rights(*more: Right, on: frozenset[Right] = frozenset()) -> frozenset[Right]:
    return on.union(more)


_READER = _rights("figures.see")
_ANALYST = _rights("people.see", "people.download", "segments.change", "goals.change", "data.see", on=_READER)
_SERVICE = _rights("people.see", "contacts.see", "worklist.change", "person.export", on=_READER)
_MARKETING = _rights("contacts.see", "contacts.download", "worklist.change", on=_ANALYST)
_MANAGER = _rights(
    "data.import", "settings.change", "audit.see", "person.export", "person.erase", on=_MARKETING
)

GRANTS: dict[Role, frozenset[Right]] = {
    "reader": _READER,
    "analyst": _ANALYST,
    "service": _SERVICE,
    "marketing": _MARKETING,
    "manager": _MANAGER,
    "administrator": frozenset(RIGHTS),
}


def may(role: str, right: Right) -> bool:
    """Whether a role has a right; an unknown role has none."""
    return right in GRANTS.get(role, frozenset())  # type: ignore[call-overload]


@dataclass(frozen=True)
class Reach:
    """The markets that a user may see; None: all of them."""

    markets: frozenset[str] | None = None

    def allows(self, market: str | None) -> bool:
        """Whether a market may be seen; the total over all markets (None) only by those without limits."""
        return self.markets is None or (market is not None and market in self.markets)
