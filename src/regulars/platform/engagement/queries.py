"""Reads of hand-overs, as pages show them; only those whose markets the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import pyarrow as pa
from django.db.models import Count, Q, Sum

from regulars.experiments import HELD_OUT, TREATED, Effect, RetentionReturn, retention_return
from regulars.platform.core.api import User
from regulars.platform.engagement.effects import effect_from
from regulars.platform.engagement.models import HandOver, HandOverList, Message
from regulars.platform.engagement.operations import may_see
from regulars.platform.engagement.people import in_pieces, slabs, treated
from regulars.platform.engagement.rules.tools import cells, header
from regulars.platform.engagement.values import Values
from regulars.platform.insights import api as insights

_MOST_LISTS = 400


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
    """A hand-over. `share`, 0 to 1, is held out; `treated`, `held_out`: recorded so far, who was erased since included; `answer`:
    of customers kept, empty before it is measured. `lists` and `measured` are there where one hand-over is asked for."""

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
    answer: str
    measured: MeasuredInfo | None

    @property
    def returned(self) -> RetentionReturn | None:
        """The return (K19); None while it is too early, or no cost is known."""
        kept = self.measured.effects.get("kept") if self.measured else None
        if self.measured is None or kept is None or self.cost is None:
            return None
        return retention_return(float(self.cost), kept, self.measured.effects.get("margin"))


def hand_overs(*, user: User) -> list[HandOverInfo]:
    """The newest 500: two queries, however many there are."""
    rows = HandOver.objects.select_related("by", "measured").defer("looked", "measured__state")
    found = rows.prefetch_related("lists").order_by("-pk")[:500]
    return [_info(row, list(row.lists.all())) for row in found if may_see(user, row)]


def hand_over(*, user: User, number: int) -> HandOverInfo | None:
    """One with its lists; None where there is none that the user may see."""
    row = HandOver.objects.select_related("by", "measured").filter(pk=number).first()
    if row is None or not may_see(user, row):
        return None
    days = list(
        row.lists.order_by("-day").annotate(
            parts=Count("messages"),
            sent=Count("messages", filter=Q(messages__state=Message.State.SENT)),
            failed=Count("messages", filter=Q(messages__state=Message.State.FAILED)),
            reached=Sum("messages__sent"),
        )
    )
    tried = (
        Message.objects.filter(of_list__hand_over=row).exclude(attempts=[])
        if row.webhook
        else Message.objects.none()
    )
    last = tried.order_by("-of_list__day", "-part").first()
    attempt = {last.of_list_id: last.attempts[-1]} if last else {}
    found = _info(row, days)
    lists = tuple(_list(one, attempt) for one in days[:_MOST_LISTS])
    return replace(found, lists=lists, looked=row.looked, measured=_measured(row, found))


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


def _info(row: HandOver, days: Sequence[HandOverList]) -> HandOverInfo:
    drawn = [day.counts for day in days if day.state == HandOverList.State.READY]
    measured = getattr(row, "measured", None)
    return HandOverInfo(
        number=row.pk, name=row.name, by=str(row.by or ""), source=row.source, segment=row.segment, rule=row.rule,
        reason=row.reason, markets=None if row.markets is None else tuple(row.markets), tool=row.tool, webhook=row.webhook,
        every=row.every, share=float(row.share), points=float(row.points), horizon=row.horizon, cost=row.cost,
        currency=row.currency, state=row.state, looked={}, created_at=row.created_at, started_at=row.started_at,
        stopped_at=row.stopped_at, treated=sum(counts.get(TREATED, 0) for counts in drawn),
        held_out=sum(counts.get(HELD_OUT, 0) for counts in drawn), lists=(),
        answer=measured.answer if measured else "", measured=None,
    )  # fmt: skip


def _list(row: Any, attempt: dict[int, dict[str, Any]]) -> ListInfo:
    return ListInfo(
        row.pk, row.day, row.state == HandOverList.State.READY, row.counts, row.parts, row.sent, row.failed,
        row.reached or 0, attempt.get(row.pk),
    )  # fmt: skip


def _measured(row: HandOver, found: HandOverInfo) -> MeasuredInfo | None:
    measured = getattr(row, "measured", None)
    if measured is None:
        return None
    state = measured.state
    ready = row.assigned_set.filter(of_list__state=HandOverList.State.READY)
    now = dict(ready.values_list("arm").annotate(n=Count("pk")))
    was = {TREATED: found.treated, HELD_OUT: found.held_out}
    outcomes = state["outcomes"]
    return MeasuredInfo(
        as_of=measured.as_of, at=measured.at, effects={name: effect_from(one["latest"]) for name, one in outcomes.items()},
        paths={name: one["path"] for name, one in outcomes.items()}, counts=state["counts"],
        erased={arm: max(was[arm] - now.get(arm, 0), 0) for arm in was}, mismatch=state["check"]["mismatch"],
        check_p=state["check"]["p"], expected=state["check"]["expected"], horizon=state["horizon"],
        currency=state["currency"],
    )  # fmt: skip
