"""Reads of hand-overs, as pages show them; only those whose markets the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import pyarrow as pa
from django.db.models import Count, Q, QuerySet, Sum

from regulars.experiments import Effect, RetentionReturn, retention_return
from regulars.platform.core.api import User
from regulars.platform.engagement.effects import effect_from
from regulars.platform.engagement.models import HandOver, HandOverList, Measured, Message
from regulars.platform.engagement.operations import may_see
from regulars.platform.engagement.people import in_pieces, slabs, treated
from regulars.platform.engagement.rules.tools import cells, header
from regulars.platform.engagement.values import Values
from regulars.platform.insights import api as insights


@dataclass(frozen=True)
class ListInfo:
    """The customers of one day. `ready` False: being drawn. Parts of a webhook: `parts`, `sent`, `failed`."""

    number: int
    day: date
    ready: bool
    counts: dict[str, int]
    parts: int
    sent: int
    failed: int
    reached: int
    last_attempt: dict[str, Any] | None


@dataclass(frozen=True)
class MeasuredInfo:
    """What it added as of a day. `effects`, `paths`: by outcome; `counts` by arm as measured, `erased` since by arm."""

    as_of: date
    at: datetime
    effects: dict[str, Effect]
    paths: dict[str, list[dict[str, Any]]]
    counts: dict[str, int]
    erased: dict[str, int]
    mismatch: bool
    check_p: float
    expected: dict[str, float]
    horizon: int
    currency: str


@dataclass(frozen=True)
class HandOverInfo:
    """A hand-over. `share`, 0 to 1, is held out; `treated`, `held_out`: recorded so far; `answer` of customers kept, if measured."""

    number: int
    name: str
    by: str
    source: str
    segment: int | None
    rule: str
    reason: str
    markets: tuple[str, ...] | None
    tool: str
    webhook: int | None
    every: str
    share: float
    points: float
    horizon: int
    cost: Decimal | None
    currency: str
    state: str
    looked: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    treated: int
    held_out: int
    lists: tuple[ListInfo, ...]
    measured: MeasuredInfo | None

    @property
    def answer(self) -> str:
        kept = self.measured.effects.get("kept") if self.measured else None
        return kept.answer if kept else ""

    @property
    def returned(self) -> RetentionReturn | None:
        """The return (K19); None while it is too early, or no cost is known."""
        kept = self.measured.effects.get("kept") if self.measured else None
        if self.measured is None or kept is None or self.cost is None:
            return None
        return retention_return(float(self.cost), kept, self.measured.effects.get("margin"))


def hand_overs(*, user: User) -> list[HandOverInfo]:
    """All of them, the newest first: three queries, however many there are."""
    rows = [row for row in _rows().order_by("-pk")[:500] if may_see(user, row)]
    return [_info(row, ()) for row in rows]


def hand_over(*, user: User, number: int) -> HandOverInfo | None:
    """One with its lists; None where there is none that the user may see."""
    row = _rows().filter(pk=number).first()
    if row is None or not may_see(user, row):
        return None
    lists = row.lists.order_by("-day").annotate(
        parts=Count("messages"),
        sent=Count("messages", filter=Q(messages__state=Message.State.SENT)),
        failed=Count("messages", filter=Q(messages__state=Message.State.FAILED)),
        reached=Sum("messages__sent"),
    )[:400]
    last = (
        Message.objects.filter(of_list__hand_over=row)
        .exclude(attempts=[])
        .order_by("-of_list__day", "-part")
        .first()
    )
    attempt = {last.of_list_id: last.attempts[-1]} if last else {}
    return _info(row, tuple(_list(one, attempt) for one in lists))


@dataclass(frozen=True)
class Leaves:
    """A file: its first line, its rows in pieces, and how many customers were recorded for it."""

    header: list[str]
    rows: Iterator[list[str]]
    recorded: int


def file_of(*, user: User, number: int, of_day: int | None = None) -> Leaves | None:
    """The customers of one list, or of all, in the tool's columns, made from the record when it is asked for and stored nowhere.

    Who objected or took back consent since is left out. None where there is no such list, or not for this user. Raises NothingYet, TooSlow.
    """
    row = HandOver.objects.filter(pk=number).exclude(state=HandOver.State.DRAFT).first()
    if row is None or not may_see(user, row):
        return None
    one = None
    if of_day is not None:
        one = row.lists.filter(pk=of_day, state=HandOverList.State.READY).first()
        if one is None:
            return None
    rows = treated(row, of_day=one, reach=user.reach)
    reading = slabs(rows)
    # The first slab is read before anything is sent: what hinders it is said on a page, not in half a file.
    begun = _read(next(reading, []))
    return Leaves(header(row.tool), _cells(row, begun, reading), rows.count())


_Slab = tuple[list[int], Values, date]


def _read(numbers: list[int]) -> _Slab:
    with insights.asking(seconds=30) as analysis:
        return numbers, Values.read(analysis, pa.array(numbers, pa.int64())), analysis.as_of


def _cells(row: HandOver, begun: _Slab, more: Iterator[list[int]]) -> Iterator[list[str]]:
    for numbers, values, as_of in chain([begun], map(_read, more)):
        for piece in in_pieces(row, numbers, values, as_of):
            for person in piece:
                yield cells(row.tool, person)


def _rows() -> QuerySet[HandOver]:
    """Hand-overs with how many of each arm are recorded."""
    arms = {
        arm: Count("assigned", filter=Q(assigned__arm=arm, assigned__of_list__state=HandOverList.State.READY))
        for arm in ("treated", "held_out")
    }
    return HandOver.objects.select_related("by", "measured").annotate(
        **{f"now_{name}": count for name, count in arms.items()}
    )


def _info(row: Any, lists: tuple[ListInfo, ...]) -> HandOverInfo:
    now = {"treated": row.now_treated, "held_out": row.now_held_out}
    return HandOverInfo(
        number=row.pk, name=row.name, by=str(row.by or ""), source=row.source, segment=row.segment, rule=row.rule,
        reason=row.reason, markets=None if row.markets is None else tuple(row.markets), tool=row.tool, webhook=row.webhook,
        every=row.every, share=float(row.share), points=float(row.points), horizon=row.horizon, cost=row.cost,
        currency=row.currency, state=row.state, looked=row.looked, created_at=row.created_at, started_at=row.started_at,
        stopped_at=row.stopped_at, treated=now["treated"], held_out=now["held_out"], lists=lists,
        measured=_measured(getattr(row, "measured", None), lists, now),
    )  # fmt: skip


def _list(row: Any, attempt: dict[int, dict[str, Any]]) -> ListInfo:
    return ListInfo(
        row.pk, row.day, row.state == HandOverList.State.READY, row.counts, row.parts, row.sent, row.failed,
        row.reached or 0, attempt.get(row.pk),
    )  # fmt: skip


def _measured(row: Measured | None, lists: tuple[ListInfo, ...], now: dict[str, int]) -> MeasuredInfo | None:
    if row is None:
        return None
    state = row.state
    was = {arm: sum(one.counts.get(arm, 0) for one in lists if one.ready) for arm in now}
    outcomes = state["outcomes"]
    return MeasuredInfo(
        as_of=row.as_of, at=row.at, effects={name: effect_from(one["latest"]) for name, one in outcomes.items()},
        paths={name: one["path"] for name, one in outcomes.items()}, counts=state["counts"],
        erased={arm: max(was[arm] - now[arm], 0) for arm in now}, mismatch=state["check"]["mismatch"],
        check_p=state["check"]["p"], expected=state["check"]["expected"], horizon=state["horizon"],
        currency=state["currency"],
    )  # fmt: skip
