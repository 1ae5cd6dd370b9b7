"""A rule in words, for people who read it a year later."""

from __future__ import annotations

from regulars.metrics.segments.ast import (
    Ago,
    And,
    Between,
    Compare,
    Condition,
    Day,
    Flag,
    In,
    Last,
    Missing,
    Node,
    Not,
    Number,
    Or,
    Subject,
    Value,
    When,
)
from regulars.metrics.segments.columns import Registry
from regulars.metrics.segments.events import EVENTS, FILTERS

_SIGNS = {
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
}


def in_words(node: Node, registry: Registry) -> str:
    """The tree as an English sentence without its full stop. The rule must have been checked."""
    if isinstance(node, And):
        return ", and ".join(_part(part, registry) for part in node.parts)
    if isinstance(node, Or):
        return ", or ".join(_part(part, registry) for part in node.parts)
    if isinstance(node, Not):
        return f"it is not so that ({in_words(node.part, registry)})"
    names = {name: column.words for name, column in registry.columns.items()}
    return _condition(node, _subject(node.subject, names))


def _part(node: Node, registry: Registry) -> str:
    words = in_words(node, registry)
    return f"({words})" if isinstance(node, And | Or) else words


def _condition(node: Condition, subject: str) -> str:
    if isinstance(node, Flag):
        return f"{subject}: yes"
    if isinstance(node, Compare):
        return f"{subject} {_SIGNS[node.op]} {_value(node.value)}"
    if isinstance(node, When):
        return f"{subject} is {node.side} {_moment(node.day)}"
    no = "not " if node.negated else ""
    if isinstance(node, Missing):
        return f"{subject} is {'known' if node.negated else 'not known'}"
    if isinstance(node, In):
        return f"{subject} is {no}one of {', '.join(_value(value) for value in node.values)}"
    return _between(node, subject, no)


def _between(node: Between, subject: str, no: str) -> str:
    return f"{subject} is {no}from {_value(node.low)} to {_value(node.high)}"


def _subject(subject: Subject, names: dict[str, str]) -> str:
    if subject.filters is None:
        return names[subject.name]
    filters = {name: column.words for name, column in FILTERS.items()}
    inside = [
        f"in the last {part.days} days"
        if isinstance(part, Last)
        else _condition(part, filters[part.subject.name])
        for part in subject.filters
    ]
    return f"{EVENTS[subject.name].words} ({', '.join(inside)})"


def _moment(day: Day | Ago) -> str:
    return f"{day.days} days before the day looked at" if isinstance(day, Ago) else day.value.isoformat()


def _value(value: Value) -> str:
    if isinstance(value, Number):
        unit = " %" if value.percent else f" {value.currency}" if value.currency else ""
        return f"{value.value:f}{unit}"
    return value.value.isoformat() if isinstance(value, Day) else f"'{value.text}'"
