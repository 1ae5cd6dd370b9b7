"""Reads of personas: the portraits of the run that is shown, with sizes of the markets that the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach
from regulars.platform.insights import runs
from regulars.platform.insights.look_up import rows_of
from regulars.platform.insights.models import Persona, Run
from regulars.platform.insights.personas_find import GROUPS

_OF_PLACES = ("market", "country")


@dataclass(frozen=True)
class Trait:
    """How the customers of a persona stand against all others: `middle` and `rest` (shares: means, else medians), the
    standardised `effect` with its 95 % interval. `kind`: days, count, money, share; `of`: a category's or channel's name."""

    name: str
    of: str | None
    kind: str
    known: int
    middle: float
    rest: float
    effect: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """One value that differs beyond chance: shares (0..1) in the persona and among all others, `low` and `high` of their
    difference. `facet`: category, product, channel, month, weekday, market, country, response."""

    facet: str
    value: str
    share: float
    rest: float
    lift: float | None
    low: float
    high: float


@dataclass(frozen=True)
class PersonaInfo:
    """One persona as pages show it. `customers`, `revenue` (so far, after refunds) and shares (0..1, None where nothing is known)
    are of the reader's markets; `stability` (0..1) and what it is like are of the whole. `given`: people named it; else `parts`
    say how it is called, and `place` tells it from others called alike. `parts_now`: what it would be called today."""

    number: int
    name: str
    given: bool
    parts: tuple[tuple[str, str | None], ...]
    place: int
    parts_now: tuple[tuple[str, str | None], ...]
    note: str
    first_day: date
    changed_at: datetime
    customers: int
    share: float | None
    revenue: Decimal
    revenue_share: float | None
    stability: float
    traits: tuple[Trait, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Personas:
    """What was found. `kind`: groups (separate), slices (no boundaries, but the same cut each time), none; `reason` says why it is no
    better. `found_on`: the day on which they were looked for last; `moved`: customers in another persona than the run before."""

    kind: str
    reason: str
    as_of: date
    found_on: date
    currency: str
    customers: int
    moved: int
    rows: tuple[PersonaInfo, ...]


def personas(*, reach: Reach) -> Personas | None:
    """All personas, most customers first; None where they were never looked for. Two queries."""
    run = runs.current(Run.Sort.GROUPS)
    if run is None or "portraits" not in run.state:
        return None
    state = run.state
    named = {
        row.pk: row for row in Persona.objects.filter(pk__in=[one["persona"] for one in state["portraits"]])
    }
    rows = [
        _info(named[one["persona"]], one, state["markets"].get(str(one["persona"]), {}), reach)
        for one in state["portraits"]
        if one["persona"] in named
    ]
    rows = _with_shares(sorted(rows, key=lambda row: (-row.customers, row.number)))
    return Personas(
        kind=state["kind"], reason=state["reason"], as_of=run.as_of, found_on=date.fromisoformat(state["found_on"]),
        currency=run.currency, customers=sum(row.customers for row in rows) if rows else state["customers"],
        moved=state["moved"], rows=tuple(rows),
    )  # fmt: skip


def names() -> dict[int, str]:
    """The name of each persona that there is or was, by number."""
    return dict(Persona.objects.order_by("name").values_list("pk", "name"))


def name_of(number: int) -> PersonaInfo | None:
    """A persona's name without its portrait, for pages about something else."""
    row = Persona.objects.filter(pk=number).first()
    return None if row is None else _info(row, {}, {}, Reach())


def persona_of(customer: int, analysis: Analysis) -> int | None:
    """The number of a customer's persona; None for who is in none."""
    rows = rows_of(analysis, GROUPS.name, ("persona",), [customer])
    return rows[0]["persona"] if rows else None


def _with_shares(rows: list[PersonaInfo]) -> list[PersonaInfo]:
    customers, revenue = sum(row.customers for row in rows), sum(row.revenue for row in rows)
    return [
        replace(
            row,
            share=row.customers / customers if customers else None,
            revenue_share=float(row.revenue / revenue) if revenue > 0 else None,
        )
        for row in rows
    ]


def _info(row: Persona, one: dict[str, Any], markets: dict[str, list[Any]], reach: Reach) -> PersonaInfo:
    seen = [sums for market, sums in markets.items() if reach.allows(market or None)]
    limited = reach.markets is not None
    return PersonaInfo(
        number=row.pk,
        name=row.name,
        given=row.given,
        parts=_parts(row.parts),
        place=row.place,
        parts_now=_parts(one.get("parts", ())),
        note=row.note,
        first_day=row.first_day,
        changed_at=row.changed_at,
        customers=sum(count for count, _ in seen),
        share=None,
        revenue=sum((Decimal(amount) for _, amount in seen), Decimal(0)),
        revenue_share=None,
        stability=one.get("stability", 0.0),
        traits=tuple(_trait(trait) for trait in one.get("traits", ())),
        differences=tuple(
            Difference(**{name: value for name, value in difference.items() if name != "customers"})
            for difference in one.get("differences", ())
            if not (limited and difference["facet"] in _OF_PLACES)
        ),
    )


def _trait(one: dict[str, Any]) -> Trait:
    return Trait(**{("middle" if name == "median" else name): value for name, value in one.items()})


def _parts(parts: Iterable[Any]) -> tuple[tuple[str, str | None], ...]:
    return tuple((key, of) for key, of in parts)
