"""A tree as text again: parsing the text gives the same tree."""

from __future__ import annotations

import re

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
    Rule,
    Subject,
    Value,
    When,
)

_PLAIN = re.compile(r"[^\W\d][\w-]*\Z")
_KEYWORDS = ("and", "or", "not", "in", "between", "is", "missing", "before", "after")


def to_text(rule: Rule) -> str:
    """The rule in one spelling: small keywords, single spaces, quotes where they are needed."""
    return _node(rule.node)


def _node(node: Node) -> str:
    if isinstance(node, Or):
        return " or ".join(_grouped(part, Or) for part in node.parts)
    if isinstance(node, And):
        return " and ".join(_grouped(part, Or, And) for part in node.parts)
    if isinstance(node, Not):
        return "not " + _grouped(node.part, Or, And)
    return _condition(node)


def _grouped(node: Node, *looser: type) -> str:
    return f"({_node(node)})" if isinstance(node, looser) else _node(node)


def _condition(node: Condition) -> str:
    subject = _subject(node.subject)
    if isinstance(node, Flag):
        return subject
    no = "not " if not isinstance(node, Compare | When) and node.negated else ""
    if isinstance(node, Compare):
        return f"{subject} {node.op} {_value(node.value)}"
    if isinstance(node, In):
        return f"{subject} {no}in ({', '.join(_value(value) for value in node.values)})"
    if isinstance(node, Between):
        return f"{subject} {no}between {_value(node.low)} and {_value(node.high)}"
    if isinstance(node, Missing):
        return f"{subject} is {no}missing"
    return f"{subject} {node.side} {_moment(node.day)}"


def _subject(subject: Subject) -> str:
    if subject.filters is None:
        return subject.name
    inside = (
        f"last {part.days} days" if isinstance(part, Last) else _condition(part) for part in subject.filters
    )
    return f"{subject.name}({', '.join(inside)})"


def _moment(day: Day | Ago) -> str:
    return f"{day.days} days ago" if isinstance(day, Ago) else day.value.isoformat()


def _value(value: Value) -> str:
    if isinstance(value, Number):
        unit = " %" if value.percent else f" {value.currency}" if value.currency else ""
        return f"{value.value:f}{unit}"
    if isinstance(value, Day):
        return value.value.isoformat()
    return quoted(value.text)


def quoted(text: str) -> str:
    """A text as a rule needs it: in quotes where it could be read as something else."""
    if _PLAIN.match(text) and text.lower() not in _KEYWORDS:
        return text
    return "'" + text.replace("'", "''") + "'"
