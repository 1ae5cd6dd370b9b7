"""Reads of the snapshot that is shown: one or two queries a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from regulars.kernel.periods import Grain
from regulars.metrics import FIGURES
from regulars.metrics.figures import Row
from regulars.platform.core.api import Job, Reach
from regulars.platform.insights.models import Piece, Snapshot
from regulars.platform.insights.pieces import Span, cohort_key, figure_key
from regulars.platform.insights.runs_views import with_runs

FigureRow = Row
# The snapshot that the request in hand reads: once it has seen one, it stays with it.
_HELD: ContextVar[dict[str, int] | None] = ContextVar("snapshot", default=None)


@dataclass(frozen=True)
class SnapshotInfo:
    """What the pages show now. `empty`: there are no orders, so nothing else is known.

    `markets`: home markets with their customers, most first; `cohort_markets`: those with triangles of their own.
    `first`, `last`: days that figures are about. `definitions`: the settings as TOML, window and currency settled;
    `digest`: of the settings as they were put in force.
    """

    number: int
    lake_version: int
    digest: str
    definitions: str
    computed_at: datetime
    as_of: date | None
    empty: bool
    currency: str
    window_days: int
    window_was_set: bool
    contract: bool
    markets: tuple[tuple[str, int], ...]
    cohort_markets: tuple[str, ...]
    customers: int
    first: date | None
    last: date | None

    def codes(self, reach: Reach) -> tuple[str, ...]:
        """The markets that somebody may see, most customers first."""
        return tuple(code for code, _ in self.markets if reach.allows(code))


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Everything read inside is of one snapshot, also where a newer one comes to be shown meanwhile."""
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def shown() -> Snapshot | None:
    """The snapshot to read: the one that this request has begun with, else the current one."""
    held = _HELD.get()
    found = with_runs().filter(pk=held["number"]).first() if held else None
    found = found or with_runs().filter(current=True).first()
    if held is not None and found is not None:
        held["number"] = found.pk
    return found


def _which() -> dict[str, Any]:
    held = _HELD.get()
    return {"snapshot": held["number"]} if held else {"snapshot__current": True}


def current() -> SnapshotInfo | None:
    """What is shown now; None where nothing was computed yet."""
    found = shown()
    return None if found is None else info(found)


def info(found: Snapshot) -> SnapshotInfo:
    """What pages need to know of a snapshot."""
    state = found.state
    return SnapshotInfo(
        number=found.pk,
        lake_version=found.lake_version,
        digest=found.definitions,
        definitions=state["definitions"],
        computed_at=found.ready_at or found.begun_at,
        as_of=found.as_of,
        empty=bool(state.get("empty")),
        currency=state.get("currency") or "",
        window_days=state.get("window_days") or 0,
        window_was_set=bool(state.get("window_was_set")),
        contract=bool(state.get("contract")),
        markets=tuple((code, n) for code, n in state["markets"]),
        cohort_markets=tuple(state.get("cohort_markets", ())),
        customers=state.get("customers", 0),
        first=_day(state.get("first")),
        last=_day(state.get("last")),
    )


def computing() -> Job | None:
    """The job that computes or is going to, else the last one if it failed; None where all is well."""
    last = (
        Job.objects.filter(kind="insights.compute").exclude(state=Job.State.CANCELLED).order_by("-pk").first()
    )
    return last if last is not None and last.state != Job.State.DONE else None


def versions_read() -> set[int]:
    """The lake's versions that pages may still ask."""
    return set(Snapshot.objects.values_list("lake_version", flat=True))


def piece(key: str) -> dict[str, Any] | None:
    """One piece of the current snapshot: `findings`, `rfm`, `window`, `whatif`, `bridge`, `quality`, `concentration`."""
    return pieces([key]).get(key)


def pieces(keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Several pieces of the current snapshot in one query; those that are not there are left out."""
    found = Piece.objects.filter(**_which(), key__in=list(keys))
    return dict(found.values_list("key", "body"))


def figure_rows(slug: str, span: Span, market: str | None = None) -> list[FigureRow]:
    """A figure's rows by period, oldest first; `market` None: the whole. Empty where nothing is known."""
    return figures_rows([slug], span, market)[slug]


def figures_rows(
    slugs: Iterable[str], span: Span, market: str | None = None, *, only: date | None = None
) -> dict[str, list[FigureRow]]:
    """Several figures' rows, in one query. `only`: those of the period that starts on this day."""
    keys = {slug: figure_key(span, market, slug) for slug in slugs}
    rows = _rows(list(keys.values()), only)
    return {
        slug: [_row(slug, market, plain, meta) for plain, meta in rows.get(key, ())]
        for slug, key in keys.items()
    }


def by_market(slug: str, span: Span, markets: Iterable[str]) -> dict[str, list[FigureRow]]:
    """A figure's rows of each of these markets, in one query; markets without the figure are left out."""
    keys = {market: figure_key(span, market, slug) for market in markets}
    rows = _rows(list(keys.values()))
    return {
        market: [_row(slug, market, plain, meta) for plain, meta in rows[key]]
        for market, key in keys.items()
        if key in rows
    }


def cohort_piece(grain: Grain, market: str | None, measure: str) -> dict[str, Any] | None:
    """A triangle: `cohorts` (key, start, end, size, already_there, small), `cells` ([cohort, offset, value, numerator,
    denominator, complete, small]), `average` ([offset, value, low, high, customers, cohorts]), `unit`, `currency`."""
    return piece(cohort_key(grain, market, measure))


_Meta = tuple[str | None, int, str, int]


def _rows(keys: list[str], only: date | None = None) -> dict[str, list[tuple[list[Any], _Meta]]]:
    found = Piece.objects.filter(**_which(), key__in=keys).values_list(
        "key", "body", "snapshot__state__currency", "snapshot__state__window_days", "snapshot__definitions",
        "snapshot__lake_version",
    )  # fmt: skip
    start = None if only is None else only.isoformat()
    return {
        key: [
            (plain, (currency, window, digest, version))
            for plain in body["rows"]
            if start is None or plain[0] == start
        ]
        for key, body, currency, window, digest, version in found
    }


def _row(slug: str, market: str | None, plain: list[Any], meta: _Meta) -> Row:
    start, end, value, numerator, denominator, low, high, complete, additive, remark, own = plain
    figure, (currency, window, digest, version) = FIGURES[slug], meta
    places = (("market", market),) if market is not None else ()
    return Row(
        metric=slug,
        period_start=date.fromisoformat(start),
        period_end=date.fromisoformat(end),
        dimensions=(*places, *own.items()),
        value=_decimal(value),
        numerator=_decimal(numerator),
        denominator=_decimal(denominator),
        unit=figure.unit,
        currency=currency if figure.unit == "money" else None,
        low=_decimal(low),
        high=_decimal(high),
        complete=complete,
        window_days=window,
        definitions=digest,
        lake_version=version,
        additive=additive,
        version=figure.version,
        remark=remark,
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
