"""A rule as a tree. Places in the text are kept for errors and do not count when trees are compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Op = Literal["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True)
class Place:
    """Where in the text something stands."""

    at: int
    length: int


_PLACE = field(default=Place(0, 1), compare=False, repr=False)


@dataclass(frozen=True)
class Word:
    """A text, with or without quotes (quotes make no difference to what it means)."""

    text: str
    place: Place = _PLACE


@dataclass(frozen=True)
class Number:
    """A number as written; `percent`: followed by %; `currency`: the ISO code after it."""

    value: Decimal
    currency: str | None = None
    percent: bool = False
    place: Place = _PLACE


@dataclass(frozen=True)
class Day:
    value: date
    place: Place = _PLACE


@dataclass(frozen=True)
class Ago:
    """So many days before the as-of day; only after `before` or `after`."""

    days: int
    place: Place = _PLACE


Value = Word | Number | Day


@dataclass(frozen=True)
class Last:
    """Inside an event's parentheses: the last so many days before the as-of day."""

    days: int
    place: Place = _PLACE


@dataclass(frozen=True)
class Subject:
    """What a condition is about: a column, or with `filters` the events that satisfy all of them."""

    name: str
    filters: tuple[Condition | Last, ...] | None = None
    place: Place = _PLACE


@dataclass(frozen=True)
class Compare:
    subject: Subject
    op: Op
    value: Value


@dataclass(frozen=True)
class In:
    subject: Subject
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True)
class Between:
    """Both ends included."""

    subject: Subject
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True)
class Missing:
    subject: Subject
    negated: bool = False


@dataclass(frozen=True)
class When:
    """Strictly before or after a day."""

    subject: Subject
    side: Literal["before", "after"]
    day: Day | Ago


@dataclass(frozen=True)
class Flag:
    """A yes/no column alone."""

    subject: Subject


Condition = Compare | In | Between | Missing | When | Flag


@dataclass(frozen=True)
class Not:
    part: Node


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...]


Node = Condition | Not | And | Or


@dataclass(frozen=True)
class Rule:
    """A parsed rule with the text that it came from."""

    node: Node
    text: str = field(compare=False)
