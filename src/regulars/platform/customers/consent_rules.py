"""Which of two statements about marketing consent is in force. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from regulars.sources.identity.consents import STATUSES

Status = Literal["granted", "denied", "revoked"]
GRANTED: Status = "granted"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Statement:
    """What somebody agreed to. `at`: when they said so, None where nobody knows; `recorded`: when it was learned.

    `source`: the shop or system that said it; of a statement `by_hand`, who wrote it down.
    """

    status: Status
    at: datetime | None
    recorded: datetime
    source: str
    by_hand: bool = False


def in_force(known: Statement | None, said: Statement) -> Statement:
    """`said` where it takes the place of what was `known`, else `known` itself.

    The newest by its date counts, and of two on one day the stricter. A yes without a date (or with one that has not come
    yet) is of no day: any no takes its place, and it takes the place of nothing but another of its kind. A no without a
    date is of the day on which it was learned, and takes the place of a yes only: it cannot be told from an older no that
    is known already. What was written down by hand counts from that minute.
    """
    if known is None:
        return said
    if _is_undated(said):
        return said if said.status != GRANTED and known.status == GRANTED else known
    if known.by_hand or said.by_hand:
        return said if _since(said) > _since(known) else known
    return said if _order(said) > _order(known) else known


def strictest(statements: list[Statement]) -> Statement | None:
    """Of what one person said under several numbers: the strictest, and of several alike the newest."""
    return max(statements, key=lambda one: (STATUSES.index(one.status), _since(one)), default=None)


def _is_undated(one: Statement) -> bool:
    return one.at is None or one.at > one.recorded


def _since(one: Statement) -> datetime:
    """From when on a statement counts."""
    if one.at is not None and one.at <= one.recorded:
        return one.at
    return _LONG_AGO if one.status == GRANTED else one.recorded


def _order(one: Statement) -> tuple[date, int, datetime]:
    since = _since(one)
    return since.date(), STATUSES.index(one.status), since
