"""The parts of the report that the snapshot holds, as the library's own answers: one query each.

None where the snapshot does not have the part: it is empty, or the market has too few customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.kernel.plain import from_plain
from regulars.metrics import Bridge, CutPoints, Quality, RfmCell, RfmGroup, WhatIf, WindowProposal
from regulars.metrics.rfm_scores import GROUPS
from regulars.platform.insights.pieces_report import part_key
from regulars.platform.insights.queries import piece
from regulars.report.content import Concentration


@dataclass(frozen=True)
class Told:
    """What stands out: `says`, `evidence`, `how` its `worth` was reckoned, `kind`; of the days [start, end)."""

    findings: tuple[dict[str, Any], ...]
    start: date
    end: date


@dataclass(frozen=True)
class Rhythm:
    """The proposed window with its curve, and what shorter histories propose."""

    proposal: WindowProposal
    by_history: tuple[WindowProposal, ...]


@dataclass(frozen=True)
class Best:
    """What the best customers brought in [start, end)."""

    parts: tuple[Concentration, ...]
    start: date
    end: date


@dataclass(frozen=True)
class Groups:
    """RFM's groups, best first, also the empty ones. `cells`, `cuts`: of the whole; empty and None for a market, whose
    customers are scored among all."""

    groups: tuple[RfmGroup, ...]
    customers: int
    cells: tuple[RfmCell, ...]
    cuts: CutPoints | None
    as_of: date | None


def findings(language: str, market: str | None = None) -> Told | None:
    """What stands out, in a language of the report (English for another)."""
    found = piece(part_key("findings", market))
    if found is None:
        return None
    start, end = (date.fromisoformat(day) for day in found["period"])
    return Told(tuple(found["told"].get(language) or found["told"]["en"]), start, end)


def rhythm(market: str | None = None) -> Rhythm | None:
    """How long customers take to order again."""
    found = piece(part_key("window", market))
    if found is None:
        return None
    shorter = tuple(from_plain(WindowProposal, one) for one in found["by_history"])
    return Rhythm(from_plain(WindowProposal, found["proposal"]), shorter)


def whatif(market: str | None = None) -> WhatIf | None:
    """What more retention would be worth."""
    found = piece(part_key("whatif", market))
    return None if found is None else from_plain(WhatIf, found)


def best_customers(market: str | None = None) -> Best | None:
    """How much the best customers bring."""
    found = piece(part_key("concentration", market))
    if found is None or "period" not in found:
        return None
    start, end = (date.fromisoformat(day) for day in found["period"])
    return Best(tuple(from_plain(Concentration, one) for one in found["parts"]), start, end)


def bridge() -> Bridge | None:
    """From the files' total to the revenue used, over all markets."""
    found = piece(part_key("bridge"))
    return None if found is None else from_plain(Bridge, found)


def quality() -> Quality | None:
    """The checks of the data, over all markets."""
    found = piece(part_key("quality"))
    return None if found is None else from_plain(Quality, found)


def groups(market: str | None = None) -> Groups | None:
    """The groups of all customers, or of those whose home a market is; scored among all in both."""
    found = piece(part_key("rfm"))
    if found is None or "cuts" not in found:
        return None
    as_of = date.fromisoformat(found["as_of"])
    if market is not None:
        rows = {row[1]: row[2:] for row in found["markets"] if row[0] == market}
        return Groups(_of_rows(rows), sum(row[0] for row in rows.values()), (), None, as_of)
    return Groups(
        tuple(from_plain(RfmGroup, one) for one in found["groups"]),
        found["customers"],
        tuple(from_plain(RfmCell, one) for one in found["cells"]),
        from_plain(CutPoints, found["cuts"]),
        as_of,
    )


def _of_rows(rows: dict[str, list[Any]]) -> tuple[RfmGroup, ...]:
    """The groups of a market from `customers, revenue, orders, days since the last order` by group."""
    everybody = sum(row[0] for row in rows.values())
    everything = sum((Decimal(row[1]) for row in rows.values()), Decimal(0))
    found = []
    for slug, name in GROUPS:
        n, text, orders, days = rows.get(slug, (0, "0", 0, 0))
        revenue = Decimal(text)
        found.append(
            RfmGroup(
                slug, name, n, _quotient(n, everybody), orders, revenue, _quotient(revenue, everything), None,
                _quotient(days, n), _quotient(orders, n),
            )
        )  # fmt: skip
    return tuple(found)


def _quotient(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None
