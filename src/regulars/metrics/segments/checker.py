"""Whether a rule's words fit the columns that there are: names, operators and values by type. Errors point at the word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from regulars.kernel.errors import RuleError
from regulars.kernel.money import LARGEST
from regulars.metrics.segments.ast import (
    Ago,
    And,
    Between,
    Compare,
    Condition,
    Day,
    Flag,
    Last,
    Missing,
    Node,
    Not,
    Number,
    Or,
    Place,
    Rule,
    Subject,
    Value,
    When,
    Word,
)
from regulars.metrics.segments.columns import ALLOWED, Registry, RuleColumn
from regulars.metrics.segments.events import EVENTS, FILTERS

YES = ("yes", "true")
NO = ("no", "false")
_EXPECTED = {
    "whole": "a whole number, like 3",
    "number": "a number, like 2.5",
    "share": "a share, like 20 % or 0.2",
    "money": "an amount, like 200 EUR",
    "day": "a day, like 2026-01-31",
    "text": "a text, like DE or 'North West'",
    "flag": "yes or no",
}


def check(rule: Rule, registry: Registry, *, currency: str | None = None) -> None:
    """Raise RuleError at the first word that does not fit. `currency`: in which amounts are; None: not known."""
    _Checker(rule.text, registry.columns, currency).node(rule.node)


def conditions(node: Node) -> Iterable[Condition]:
    """All conditions of a tree, from left to right, without those within events."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from conditions(part)
    elif isinstance(node, Not):
        yield from conditions(node.part)
    else:
        yield node


class _Checker:
    def __init__(self, text: str, columns: Mapping[str, RuleColumn], currency: str | None) -> None:
        self.text, self.columns, self.currency = text, columns, currency

    def error(self, what: str, place: Place, do: str = "") -> RuleError:
        return RuleError(what, text=self.text, at=place.at, length=place.length, do=do)

    def node(self, node: Node) -> None:
        for condition in conditions(node):
            self.condition(condition, self.subject(condition.subject))

    def subject(self, subject: Subject) -> RuleColumn:
        if subject.filters is None:
            return self.named(subject, self.columns, "column")
        column = self.named(subject, EVENTS, "event")
        for part in subject.filters:
            if isinstance(part, Last):
                continue
            if part.subject.filters is not None:
                raise self.error("Events cannot stand within events.", part.subject.place)
            self.condition(part, self.named(part.subject, FILTERS, "filter"))
        return column

    def named(self, subject: Subject, known: Mapping[str, RuleColumn], kind: str) -> RuleColumn:
        if subject.name in known:
            return known[subject.name]
        near = difflib.get_close_matches(subject.name, known, n=1, cutoff=0.6)
        do = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(sorted(known))}."
        raise self.error(f"There is no {kind} '{subject.name}'.", subject.place, do)

    def condition(self, node: Condition, column: RuleColumn) -> None:
        if isinstance(node, Missing):
            return
        if isinstance(node, Flag):
            self.flag(node, column)
        elif isinstance(node, When):
            self.operator(column, node.side, node.subject.place)
            self.reachable(node.day)
        elif isinstance(node, Compare):
            self.operator(column, node.op, node.subject.place)
            self.value(column, node.value)
        elif isinstance(node, Between):
            self.operator(column, "between", node.subject.place)
            self.value(column, node.low)
            self.value(column, node.high)
        else:
            self.operator(column, "in", node.subject.place)
            for value in node.values:
                self.value(column, value)

    def flag(self, node: Flag, column: RuleColumn) -> None:
        if column.type != "flag":
            do = f"Compare it: {column.name} {' or '.join(ALLOWED[column.type][:2])} ..., or: is missing."
            raise self.error(
                f"'{column.name}' is no yes/no column and needs a comparison.", node.subject.place, do
            )

    def operator(self, column: RuleColumn, sign: str, place: Place) -> None:
        allowed = ALLOWED[column.type]
        if sign not in allowed:
            do = f"It takes: {', '.join(allowed)}, is missing."
            if column.type == "day" and sign in ("<", "<=", ">", ">="):
                do = f"Write '{'before' if '<' in sign else 'after'}'. " + do
            raise self.error(f"'{column.name}' does not take '{sign}'.", place, do)

    def reachable(self, day: Day | Ago) -> None:
        if isinstance(day, Ago) and day.days > (date.max - date.min).days // 2:
            raise self.error("That is too long ago.", day.place)

    def value(self, column: RuleColumn, value: Value) -> None:
        kind = column.type
        if kind == "text":
            self.text_value(column, value)
        elif kind == "day":
            self.require(isinstance(value, Day), column, value)
        elif kind == "flag":
            self.require(isinstance(value, Word) and value.text.lower() in (*YES, *NO), column, value)
        else:
            self.require(isinstance(value, Number), column, value)
            if isinstance(value, Number):
                self.number(column, value)

    def require(self, fits: bool, column: RuleColumn, value: Value) -> None:
        if not fits:
            raise self.error(f"'{column.name}' is compared with {_EXPECTED[column.type]}.", value.place)

    def text_value(self, column: RuleColumn, value: Value) -> None:
        if isinstance(value, Number | Day):
            shown = self.text[value.place.at : value.place.at + value.place.length]
            raise self.error(f"'{column.name}' is a text.", value.place, f"Write it in quotes: '{shown}'")
        if column.one_of and value.text.lower() not in column.one_of:
            near = difflib.get_close_matches(value.text.lower(), column.one_of, n=1, cutoff=0.5)
            do = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(column.one_of)}."
            raise self.error(f"'{column.name}' is never '{value.text}'.", value.place, do)

    def number(self, column: RuleColumn, value: Number) -> None:
        if abs(value.value) > LARGEST:
            raise self.error("That number is too large.", value.place)
        if value.percent and column.type != "share":
            raise self.error(f"'{column.name}' is no share.", value.place, "Leave out the %.")
        if column.type == "whole" and value.value != value.value.to_integral_value():
            raise self.error(f"'{column.name}' is compared with {_EXPECTED['whole']}.", value.place)
        if value.value != round(value.value, 4) and column.type == "money":
            raise self.error("Amounts have at most four decimals.", value.place)
        if value.currency is not None:
            self.money(column, value)

    def money(self, column: RuleColumn, value: Number) -> None:
        if column.type != "money":
            raise self.error(
                f"'{column.name}' is no amount of money.", value.place, f"Leave out {value.currency}."
            )
        if self.currency is not None and value.currency != self.currency:
            do = f"Write the amount in {self.currency}."
            raise self.error(
                f"Amounts are in {self.currency} here, not in {value.currency}.", value.place, do
            )


def decimal_of(value: Number) -> Decimal:
    """The number that is meant: 20 % is 0.2."""
    return value.value / 100 if value.percent else value.value
